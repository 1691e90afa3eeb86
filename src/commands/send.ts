import { string as stringArg } from '@oclif/core/args'
import { integer, string } from '@oclif/core/flags'
import { sendOnce } from '../room/send-once.js'
import { BaseCommand } from './base.js'
import { networkFlags, parseNetworkFlags } from './network-flags.js'
import { parseRelays, relayFlag } from './relay-flags.js'
import { timeoutFlag } from './timeout-flag.js'

export default class Send extends BaseCommand {
  static override summary = 'Say one thing in a room, and wait until somebody has it.'

  static override description =
    `Joins the room, says the text, waits until --wait other members have the message, prints how many do, and leaves.
Exits with 1 where too few got it within --timeout seconds.`

  static override examples = [
    `<%= config.bin %> send lobby 'the build is green'`,
    `<%= config.bin %> send builds "$(git log -1 --oneline)" --wait 3 --timeout 30`
  ]

  static override args = {
    room: stringArg({
      required: true,
      ignoreStdin: true,
      description: 'name of the room, 1 to 64 characters'
    }),
    text: stringArg({ required: true, ignoreStdin: true, description: 'what to say' })
  }

  static override flags = {
    wait: integer({ min: 1, default: 1, description: 'wait until so many members have it' }),
    ...timeoutFlag(15, 'give up after so many seconds'),
    nick: string({ char: 'n', description: 'what you are called [default: your user name]' }),
    ...networkFlags,
    ...relayFlag
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Send)
    const networks = parseNetworkFlags(flags)
    const relaying = { relays: parseRelays(flags.relay), volunteer: false }
    const room = { name: args.room, nick: flags.nick, networks, ...relaying }
    const have = await sendOnce(room, args.text, {
      wanted: flags.wait,
      timeout: flags.timeout * 1000,
      interrupted: this.interrupted
    })
    this.log(`${have} ${have === 1 ? 'member' : 'members'} got it.`)
  }
}
