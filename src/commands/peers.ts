import { string as stringArg } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { showCensus } from '../ui/census.js'
import { BaseCommand } from './base.js'
import { networkFlags, parseNetworkFlags } from './network-flags.js'
import { timeoutFlag } from './timeout-flag.js'

export default class Peers extends BaseCommand {
  static override summary = 'List who is in a room, without joining it.'

  static override description =
    `Looks the room up without announcing anything, and says how sure it is of everybody found:
announced (seen in the DHT; may be gone), reachable (there is a connection), verified (proved to be a member).`

  static override examples = [
    '<%= config.bin %> peers lobby',
    `<%= config.bin %> peers lobby --json | jq -r 'select(.state == "verified") | .nick'`
  ]

  static override args = {
    room: stringArg({
      required: true,
      ignoreStdin: true,
      description: 'name of the room, 1 to 64 characters'
    })
  }

  static override flags = {
    json: boolean({ description: 'one JSON object per line' }),
    ...timeoutFlag(10, 'end after so many seconds with what was found'),
    ...networkFlags
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Peers)
    const room = { name: args.room, networks: parseNetworkFlags(flags) }
    const options = { timeout: flags.timeout * 1000, interrupted: this.interrupted }
    const io = { output: process.stdout, errors: process.stderr }
    await showCensus(room, options, io, flags.json)
  }
}
