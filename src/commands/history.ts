import { boolean, integer, string } from '@oclif/core/flags'
import { Names } from '../base/names.js'
import { Contacts } from '../home/contacts.js'
import { homeDirectory } from '../home/directory.js'
import { eventJson, safeJson } from '../ndjson/codec.js'
import { keptHistory } from '../room/kept-rooms.js'
import { openRoomKeys } from '../room/keys.js'
import { keptLine } from '../ui/kept.js'
import { pinNames } from '../ui/names.js'
import { BaseCommand } from './base.js'
import { roomArgument } from './room-argument.js'
import { roomFlags, roomGiven } from './room-flags.js'
import { momentOf, sinceFlag } from './since-flag.js'

export default class History extends BaseCommand {
  static override summary = 'Print what was said in a room, as far as it is kept here.'

  static override description =
    `Reads what is kept on this machine: no member is asked, and the room is not joined. While a program of yours is in the
room, it is read from that one.`

  static override examples = [
    '<%= config.bin %> history lobby --since 2h',
    '<%= config.bin %> history lobby --limit 20',
    '<%= config.bin %> history lobby --from ana --grep "release plan"',
    `<%= config.bin %> history lobby --json | jq -r .text`
  ]

  static override args = roomArgument

  static override flags = {
    ...sinceFlag,
    until: string({ helpValue: 'TIME', description: 'only from before then: as --since' }),
    from: string({
      helpValue: 'NICK',
      description: 'only what they said; or the first digits of an identity'
    }),
    grep: string({
      helpValue: 'TEXT',
      description: 'only lines that have all these words, or parts of words'
    }),
    ...roomFlags,
    limit: integer({ min: 1, description: 'only so many of the newest messages' }),
    json: boolean({ description: 'one JSON object per line' })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(History)
    const since = flags.since === undefined ? undefined : momentOf(flags.since, Date.now())
    const until = flags.until === undefined ? undefined : momentOf(flags.until, Date.now())
    const keys = await openRoomKeys(await roomGiven(args.room, flags, this.interrupted))
    const { from, grep, limit } = flags
    const messages = await keptHistory(keys, { since, until, from, grep, limit })
    const contacts = Contacts.in(homeDirectory())
    const names = new Names()
    pinNames(names, contacts)
    for (const message of messages) {
      const isIgnored = contacts.isIgnored(message.from)
      if (flags.json) this.log(lineOf(message, isIgnored))
      else if (!isIgnored) this.log(keptLine(message, names))
    }
  }
}

// As in a chat for programs: who is ignored is marked, not left out.
function lineOf(message: Parameters<typeof keptLine>[0], isIgnored: boolean): string {
  const event = eventJson({ type: 'message', message })
  return safeJson(isIgnored ? { ...event, ignored: true } : { ...event })
}
