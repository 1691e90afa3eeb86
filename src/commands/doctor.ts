import { string as stringArg } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { showCheckup } from '../ui/doctor.js'
import { BaseCommand } from './base.js'
import { networkFlags, parseNetworkFlags } from './network-flags.js'
import { parseRelays, relayFlag } from './relay-flags.js'
import { roomNamed } from './room-argument.js'
import { timeoutFlag } from './timeout-flag.js'

export default class Doctor extends BaseCommand {
  static override summary = 'Say whether this machine can talk to others, and if not, why.'

  static override description =
    `Looks at the home directory, the identity, the clock, the local hub, and at every network: does a DHT node answer, and what
is the NAT like. With a room it looks in, without being seen there, and says of everybody found how they are reached, or
why not and what to do.

Exits with 0 where nothing failed, else with 1.`

  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor lobby --network lan',
    `<%= config.bin %> doctor lobby --json | jq -r 'select(.type == "peer") | .text'`
  ]

  static override args = {
    room: stringArg({
      ignoreStdin: true,
      description: 'name of a room to look into; - reads it from the first line of standard input'
    })
  }

  static override flags = {
    json: boolean({ description: 'one JSON object per line' }),
    ...timeoutFlag(10, 'networks get so many seconds to answer, and then the room'),
    ...networkFlags,
    ...relayFlag
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Doctor)
    const { interrupted } = this
    const networks = parseNetworkFlags(flags)
    const relays = parseRelays(flags.relay)
    const room = args.room && (await roomNamed(args.room, interrupted))
    const options = { networks, relays, room, timeout: flags.timeout * 1000, interrupted }
    const healthy = await showCheckup(options, process.stdout, flags.json)
    if (!healthy) process.exitCode = 1
  }
}
