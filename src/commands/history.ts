import { boolean, integer, string } from '@oclif/core/flags'
import { type IdentityKey, shortId } from '../base/ids.js'
import { Names } from '../base/names.js'
import { badArguments } from '../cli/bad-arguments.js'
import { standardStreams } from '../cli/streams.js'
import { Contacts } from '../home/contacts.js'
import { homeDirectory } from '../home/directory.js'
import { loadIdentity } from '../home/identity.js'
import { eventJson, safeJson } from '../ndjson/codec.js'
import { isCursor, noCursor } from '../room/kept/cursor.js'
import { type KeptEvent, keptLog } from '../room/kept/kept-log.js'
import {
  fitting,
  type HistoryOptions,
  isDirect,
  type KeptLine,
  keptLines
} from '../room/kept/kept-rooms.js'
import { openRoomKeys, type RoomKeys } from '../room/keys.js'
import { keptLine } from '../ui/kept.js'
import { pinNames } from '../ui/names.js'
import { BaseCommand } from './common/base.js'
import { openIdentityOnce } from './common/passphrase.js'
import { tellDamaged } from './common/tell-damaged.js'
import { roomArgument } from './flags/room-argument.js'
import { roomFlags, roomGiven } from './flags/room-flags.js'
import { momentOf } from './flags/since-flag.js'

/** Strangers whose keys are named. Guess: a row of a terminal. */
const MAX_NAMED = 5

export default class History extends BaseCommand {
  static override summary = 'Print what was said in a room, as far as it is kept here.'

  static override description =
    `Reads what is kept on this machine: no member is asked, and the room is not joined. While a program of yours is in the
room, it is read from that one. Messages for you alone, and your own for others, are among it, marked as private. With
--follow it goes on with what comes, as long as a program of yours is in the room.

With --json, each line has a cursor. With that, --since goes on after it, in the order in which it came: with what was said
late, edited and deleted, too.`

  static override examples = [
    '<%= config.bin %> history lobby --since 2h',
    '<%= config.bin %> history lobby --limit 20',
    '<%= config.bin %> history lobby --from ana --grep "release plan"',
    `<%= config.bin %> history lobby --json | jq -r .text`,
    '<%= config.bin %> history lobby --json --follow --since "$cursor"'
  ]

  static override args = roomArgument

  static override flags = {
    since: string({
      helpValue: 'TIME|CURSOR',
      description: 'only from then on: 2026-11-27, or 2h ago as 2h; or what came after a cursor'
    }),
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
    follow: boolean({ char: 'f', description: 'go on with what comes, until Ctrl-C' }),
    json: boolean({ description: 'one JSON object per line' }),
    pager: boolean({
      allowNo: true,
      default: true,
      description: 'on a terminal: page by page, with PAGER or less, the last page first'
    })
  }

  readonly #names = new Names()
  readonly #contacts = Contacts.in(homeDirectory())
  #isJson = false
  /** What a pager is to show; undefined if each line is printed at once. */
  // BOUNDED: by what is kept.
  #pages: string[] | undefined
  /** Strangers whose private messages are not shown. */
  // BOUNDED: by what is kept.
  readonly #requests: IdentityKey[] = []

  async run(): Promise<void> {
    const { args, flags } = await this.parse(History)
    const { follow, from, grep, json, limit } = flags
    this.#isJson = json
    if (flags.pager && !json && !follow && hasPages()) this.#pages = []
    pinNames(this.#names, this.#contacts)
    const cursor = flags.since !== undefined && isCursor(flags.since) ? flags.since : undefined
    if (cursor !== undefined && limit !== undefined) throw noNewest()
    const since = cursor === undefined ? moment(flags.since) : undefined
    const until = moment(flags.until)
    const keys = await openRoomKeys(await roomGiven(args.room, flags, this.interrupted))
    await openIdentityOnce(this.interrupted)
    const query = { since, until, from, grep }
    const end = cursor ?? (await this.#printKept(keys, { ...query, limit }))
    if (follow && end === undefined) throw noCursor()
    if (follow || cursor !== undefined) await this.#print(keys, { since: end, follow }, query)
    await this.#showPages()
    if (this.#requests.length > 0) standardStreams.tell(waiting(this.#requests))
  }

  protected override isJob(): boolean {
    return !this.argv.some(word => word === '--follow' || word === '-f')
  }

  async #showPages(): Promise<void> {
    const lines = this.#pages ?? []
    if (lines.length === 0) return
    const { fitsWindow, page } = await import('../cli/pager.js')
    const text = `${lines.join('\n')}\n`
    if (fitsWindow(lines, process.stdout) || !(await page(text))) process.stdout.write(text)
  }

  /** Whose private messages are read, and to whom they may be. */
  #privately() {
    const correspondents = this.#contacts.all().map(contact => contact.identity)
    return { identity: loadIdentity(), correspondents }
  }

  /** In the room's order. Gives the cursor after which to go on. */
  async #printKept(keys: RoomKeys, options: HistoryOptions): Promise<string | undefined> {
    const kept = await keptLines(keys, { ...options, ...this.#privately() })
    if (!this.#isJson) for (const line of kept.lines) this.#hear(line)
    for (const [at, line] of kept.lines.entries())
      this.#printEvent(
        isDirect(line) ? { type: 'direct', message: line } : { type: 'message', message: line },
        kept.cursors[at]
      )
    tellDamaged(kept.damaged)
    return kept.cursor
  }

  /** In the order in which it came. */
  async #print(
    keys: RoomKeys,
    where: { readonly since: string | undefined; readonly follow: boolean },
    query: HistoryOptions
  ): Promise<void> {
    const fits = fitting(query)
    const isAnyWanted = Object.values(query).every(value => value === undefined)
    const options = { ...where, ...this.#privately(), signal: this.interrupted }
    for await (const { cursor, event } of keptLog(keys, options))
      if ('message' in event ? fits(event.message) : isAnyWanted) this.#printEvent(event, cursor)
  }

  // As in a chat for programs: who is ignored is marked, not left out. A person reads lines.
  #printEvent(event: KeptEvent['event'], cursor: string | undefined): void {
    const isIgnored = this.#contacts.isIgnored('message' in event ? event.message.from : event.from)
    if (this.#isJson) {
      const json = eventJson(event, { cursor })
      this.log(safeJson(isIgnored ? { ...json, ignored: true } : json))
    } else if ('message' in event && !isIgnored) this.#printForPeople(event.message)
  }

  // Before it is told of: a private message names whom it is for by the key alone.
  #hear({ from, nick }: KeptLine): void {
    this.#names.heard({ identity: from, nick })
  }

  #printForPeople(line: KeptLine): void {
    this.#hear(line)
    const isRequest = isDirect(line) && line.isRequest && !this.#contacts.isAccepted(line.from)
    // Whoever was accepted since is new to nobody.
    const shown = isDirect(line) ? { ...line, isRequest: false } : line
    if (isRequest) this.#requests.push(line.from)
    else this.#printLine(keptLine(shown, this.#names))
  }

  #printLine(line: string): void {
    if (this.#pages === undefined) this.log(line)
    else this.#pages.push(line)
  }
}

function waiting(requests: readonly IdentityKey[]) {
  const keys = [...new Set(requests)].slice(0, MAX_NAMED).map(shortId).join(', ')
  const what = requests.length === 1 ? 'A private message' : `${requests.length} private messages`
  const message = `${what} of people whom you have not accepted ${requests.length === 1 ? 'is' : 'are'} not shown: ${keys}.`
  return { message, hint: 'In the room, /accept and a key shows them.' }
}

// A terminal that obeys no escape sequences has nothing to page with.
function hasPages(): boolean {
  return process.stdout.isTTY === true && process.env.TERM !== 'dumb'
}

const noNewest = () =>
  badArguments(
    'With a cursor, --limit has no meaning.',
    'Leave --limit out, or give --since a time: 2h, 7d, 2026-11-27.'
  )

function moment(text: string | undefined) {
  return text === undefined ? undefined : momentOf(text, Date.now())
}
