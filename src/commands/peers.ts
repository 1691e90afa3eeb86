import { boolean } from '@oclif/core/flags'
import { processIo } from '../ui/chat-io.js'
import { showCensus } from '../ui/peers/census.js'
import { watchCensus } from '../ui/peers/watch.js'
import { BaseCommand } from './common/base.js'
import { networkFlags, parseNetworkFlags } from './flags/network-flags.js'
import { parseRelays, relayFlag } from './flags/relay-flags.js'
import { roomArgument } from './flags/room-argument.js'
import { roomFlags, roomGiven } from './flags/room-flags.js'
import { timeoutFlag } from './flags/timeout-flag.js'

export default class Peers extends BaseCommand {
  static override summary = 'List who is in a room, without joining it.'

  static override description =
    `Looks the room up without announcing anything, and says how sure it is of everybody found:
verified (proved within the last 5 s to be a member), present (members pass on that it is here),
gone (it was here, and answers no more), reachable (there was a connection, but no proof),
announced (the DHT names it; anybody can announce keys that nobody has).
Members are counted from what is verified or present. If not all that is announced was seen, the
last line says about how many there are.
With --watch it goes on until it is interrupted: on a terminal as a live table (q or Ctrl-C ends it),
elsewhere with a new list, or with --json an object, for each change. With --graph everybody who can
be reached is asked for its neighbours.`

  static override examples = [
    '<%= config.bin %> peers lobby',
    '<%= config.bin %> peers lobby --watch',
    '<%= config.bin %> peers lobby --graph',
    `<%= config.bin %> peers lobby --json | jq -r 'select(.state == "verified") | .nick'`
  ]

  static override args = roomArgument

  static override flags = {
    json: boolean({ description: 'one JSON object per line' }),
    watch: boolean({ description: 'go on, and show what changes', exclusive: ['timeout'] }),
    graph: boolean({ description: 'show who is linked to whom', exclusive: ['watch'] }),
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
    const room = { ...address, networks, relays }
    const io = processIo(this.interrupted)
    if (flags.watch) return await watchCensus(room, io, flags.json)
    const { graph, timeout } = flags
    const options = { timeout: timeout * 1000, graph, interrupted: this.interrupted }
    await showCensus(room, options, io, flags.json)
  }

  // Who watches is done when it is interrupted.
  protected override isJob(): boolean {
    return !this.argv.includes('--watch')
  }
}
