import { boolean } from '@oclif/core/flags'
import { showCensus } from '../ui/census.js'
import { BaseCommand } from './base.js'
import { networkFlags, parseNetworkFlags } from './network-flags.js'
import { parseRelays, relayFlag } from './relay-flags.js'
import { roomArgument } from './room-argument.js'
import { roomFlags, roomGiven } from './room-flags.js'
import { timeoutFlag } from './timeout-flag.js'

export default class Peers extends BaseCommand {
  static override summary = 'List who is in a room, without joining it.'

  static override description =
    `Looks the room up without announcing anything, and says how sure it is of everybody found:
verified (proved within the last 5 s to be a member), present (members pass on that it is here),
gone (it was here, and answers no more), reachable (there was a connection, but no proof),
announced (the DHT names it; anybody can announce keys that nobody has).
Members are counted from what is verified or present. If not all that is announced was seen, the
last line says about how many there are.`

  static override examples = [
    '<%= config.bin %> peers lobby',
    `<%= config.bin %> peers lobby --json | jq -r 'select(.state == "verified") | .nick'`
  ]

  static override args = roomArgument

  static override flags = {
    json: boolean({ description: 'one JSON object per line' }),
    ...timeoutFlag(10, 'stop after this many seconds and print what was found'),
    ...roomFlags,
    ...networkFlags,
    ...relayFlag
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Peers)
    const networks = parseNetworkFlags(flags)
    const relays = parseRelays(flags.relay)
    const address = await roomGiven(args.room, flags, this.interrupted)
    const options = { timeout: flags.timeout * 1000, interrupted: this.interrupted }
    const io = { output: process.stdout, errors: process.stderr }
    await showCensus({ ...address, networks, relays }, options, io, flags.json)
  }
}
