import { string as stringArg } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { showCheckup } from '../ui/doctor.js'
import { BaseCommand } from './common/base.js'
import { networkFlags, parseNetworkFlags } from './flags/network-flags.js'
import { parseRelays, relayFlag } from './flags/relay-flags.js'
import { roomFlags, roomGiven } from './flags/room-flags.js'
import { timeoutFlag } from './flags/timeout-flag.js'

export default class Doctor extends BaseCommand {
  static override summary = 'Check whether this machine can reach others, and if not, why.'

  static override description =
    `Checks the home directory, the identity, the clock, the local hub, and every network: does a DHT node answer, and what is the
NAT like? With a room, it looks into the room without being seen, and says how each member is reached, or why not and what
to do.

Exit code 0: no check failed. 1: at least one did.`

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
    ...timeoutFlag(10, 'seconds for the networks to answer, and again for the room'),
    ...roomFlags,
    ...networkFlags,
    ...relayFlag
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Doctor)
    const { interrupted } = this
    const networks = parseNetworkFlags(flags)
    const relays = parseRelays(flags.relay)
    const room = args.room ? await roomGiven(args.room, flags, interrupted) : undefined
    const options = { networks, relays, room, timeout: flags.timeout * 1000, interrupted }
    const healthy = await showCheckup(options, process.stdout, flags.json)
    if (!healthy) process.exitCode = 1
  }
}
