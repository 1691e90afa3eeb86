import { integer } from '@oclif/core/flags'
import { formatKey } from '../pipe/key.js'
import { runRelay } from '../services/relay.js'
import { BaseCommand } from './common/base.js'
import { keyNameFlag, keyPairNamed } from './flags/key-flags.js'
import { metricsFlag, servingMetrics } from './flags/metrics-flag.js'
import { networkFlags, parseNetworkFlags } from './flags/network-flags.js'

export default class Relay extends BaseCommand {
  static override summary = 'Pass bytes on between peers that cannot reach each other.'
  static override description =
    `Prints a public key that others give with --relay. If the routers of two peers allow no direct connection, they connect
through this relay. What passes is encrypted end to end: the relay cannot read it. Run it on a machine that everybody can
reach: one with an open address, not behind a NAT.

Runs until interrupted.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> --key-name relay',
    '<%= config.bin %> <%= command.id %> --sessions 100 --limit 2000'
  ]

  static override flags = {
    sessions: integer({
      min: 2,
      max: 100_000,
      default: 256,
      description: 'most peers at a time; each relayed connection has two'
    }),
    limit: integer({
      min: 1,
      max: 10_000_000,
      default: 4_000,
      description: 'most kilobytes per second, on average'
    }),
    ...keyNameFlag,
    ...networkFlags,
    ...metricsFlag
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Relay)
    const options = {
      networks: parseNetworkFlags(flags),
      keyPair: keyPairNamed(flags['key-name']),
      limits: {
        sessions: flags.sessions,
        pairingsPerSession: 64,
        bytesPerSecond: flags.limit * 1000
      },
      listening: (key: Uint8Array) => this.log(`--relay ${formatKey(key)}`),
      notice: (line: string) => process.stderr.write(`${line}\n`),
      stopped: this.untilInterrupted()
    }
    await servingMetrics(flags.metrics, onopen => runRelay({ ...options, onopen }))
  }

  protected override isJob(): boolean {
    return false
  }
}
