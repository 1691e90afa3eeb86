import { integer, string } from '@oclif/core/flags'
import { startService } from '../services/bootstrap.js'
import { formatAddress, parseAddresses } from '../swarm/networks/addresses.js'
import { BaseCommand } from './common/base.js'
import { metricsFlag } from './flags/metrics-flag.js'

export default class Bootstrap extends BaseCommand {
  static override summary = 'Run the DHT nodes of an isolated network.'
  static override description =
    `Runs DHT nodes that others start from, and prints the --bootstrap flag to give to them. With --host, give the IPv4 address
at which others reach this machine. If it has several, give them all: with two or more, members can tell what their NAT is
like. On 127.0.0.1, only programs on this machine can take part.

Runs until interrupted. docs/deploy/ has a systemd unit and a Dockerfile.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> --host 192.168.1.20 --port 49737',
    '<%= config.bin %> <%= command.id %> --host 192.0.2.1 --host 192.0.2.2 --port 49737 --data-dir /var/lib/swarmchat --metrics 9464',
    '<%= config.bin %> <%= command.id %> --port 49737'
  ]

  static override flags = {
    host: string({
      multiple: true,
      multipleNonGreedy: true,
      description:
        'IPv4 address at which others reach this machine; may be given several times [default: that of the last run, else 127.0.0.1]'
    }),
    port: integer({
      min: 1,
      max: 65535,
      description:
        'UDP port of the first node of each address; the others take the next ports [default: that of the last run]'
    }),
    nodes: integer({
      default: 8,
      min: 1,
      max: 256,
      description: 'how many nodes to run; with fewer than 8 some connections fail'
    }),
    'data-dir': string({
      helpValue: 'DIRECTORY',
      description: 'keep identity, addresses and known nodes in this directory, for the next run'
    }),
    ...metricsFlag,
    bootstrap: string({
      helpValue: 'host:port,...',
      description: 'nodes of the same network on other machines'
    })
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Bootstrap)
    const { bootstrap, host: hosts, metrics, nodes: count, port } = flags
    const others = bootstrap === undefined ? [] : parseAddresses(bootstrap)
    const dataDir = flags['data-dir']
    const nodes = await startService({ hosts, port, count, others, dataDir, metrics })
    this.log(`--bootstrap ${nodes.addresses.map(formatAddress).join()}`)
    process.stderr.write(`${nodes.count} DHT nodes are running; Ctrl-C ends them\n`)
    await this.untilInterrupted()
    await nodes.close()
  }

  protected override isJob(): boolean {
    return false
  }
}
