import { messageOf } from '../base/errors.js'
import { type IdentityKey, type MessageId, shortId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { SETTLE_MILLIS } from '../room/arrival.js'
import type { RoomUpdate } from '../room/events.js'
import { Feed, type FeedRoom } from '../room/feed.js'
import type { Tell } from '../room/kept/kept-feed.js'
import type { Saying } from '../room/sending/speak.js'
import { type Speaks, speak } from '../room/sending/speak.js'
import type { BotClock } from './clock.js'
import type { Cause, Desk } from './desk.js'
import type { Log } from './log.js'
import { authorOf, MemberList, type RosterEntry } from './members.js'
import { Outbox, type Pace } from './outbox.js'
import type { Progress } from './progress.js'
import type { Author, Update } from './updates.js'

/** What a bot needs of a room: `Room` is one, and so is a test's. */
export interface BotRoom extends Speaks, FeedRoom {
  readonly name: string
  readonly identity: IdentityKey
  readonly nick: string
  members(): readonly RosterEntry[]
  /** One of them: looked up for every update, however many there are. */
  member(identity: IdentityKey): RosterEntry | undefined
  /** Tells the members what the bot obeys: names without the slash. */
  offerCommands(commands: readonly string[]): void
}

/** A line, or something that was said to the bot alone. */
type Said = Extract<RoomUpdate, { type: 'message' }>['message']

/** What a desk is made of. */
export interface RoomDeskParts {
  readonly room: BotRoom
  readonly clock: BotClock
  readonly log: Log
  readonly pace?: Partial<Pace> | undefined
  /** What the bot has handled, if the room is kept on the disk. Default: it is told as by a room that is not kept. */
  readonly progress?: Progress | undefined
  /**
   * Called for everything that the bot is to hear. `cursor`: where it goes on after that; without an update, after what it
   * does not hear of.
   */
  readonly onupdate: (update: Update | undefined, cursor?: string) => void
  /** Resolves when more of what was said before is to be told; undefined if that is now. Default: always. */
  readonly roomForPast?: (() => Promise<void> | undefined) | undefined
}

/** A room as a bot sees it: its own words left out, authors with their profile, speech at a pace. */
export class RoomDesk implements Desk {
  readonly outbox: Outbox
  readonly #parts: RoomDeskParts
  /** Who was here: late messages of those who left have their profile. */
  readonly #members = new MemberList()
  #settledAt = Number.POSITIVE_INFINITY
  #feed: Feed | undefined

  /** To be made in the turn in which the room was opened. */
  constructor(parts: RoomDeskParts) {
    const { clock, log, pace, room } = parts
    this.#parts = parts
    const written = () => room.written?.() ?? Promise.resolve()
    const send = (saying: Saying) => speak(room, saying)
    this.outbox = new Outbox({ clock, log, pace, written, send })
    this.#members.replace(this.members())
    this.#listen()
  }

  get name(): string {
    return this.#parts.room.name
  }

  get me(): Author {
    const { identity, nick } = this.#parts.room
    return { identity, nick, isBot: true }
  }

  members(): Author[] {
    return this.#parts.room.members().map(authorOf)
  }

  post(saying: Saying, cause: Cause): Promise<MessageId> {
    return this.outbox.post(saying, cause)
  }

  /** Tells the members what the bot obeys from now on. */
  offerCommands(commands: readonly string[]): void {
    this.#parts.room.offerCommands(commands)
  }

  /** The bot is in the room: who is heard of a little later than now has come after it. */
  start(): void {
    this.#settledAt = this.#parts.clock.now() + SETTLE_MILLIS
    this.#tell({ type: 'start' })
  }

  /** Hears no more, and says no more. Never rejects. */
  async end(): Promise<void> {
    this.outbox.stop()
    await this.#feed?.end()
  }

  #listen(): void {
    const { log, progress, room, roomForPast } = this.#parts
    if (progress === undefined || room.log === undefined) {
      room.on('update', update => this.#tell(this.#updateOf(update)))
      return
    }
    const tell: Tell = (update, cursor) => this.#tell(this.#updateOf(update), cursor)
    this.#feed = new Feed(room, tell, roomForPast)
    const begun = this.#feed.begin(progress.cursor, why => progress.lost(why))
    begun.catch(thrown => log.error(messageOf(thrown)))
  }

  /** Undefined for what the bot does not hear of; some of that is logged. */
  #updateOf(update: RoomUpdate): Update | undefined {
    switch (update.type) {
      case 'message':
      case 'direct':
        return this.#messageOf(update.type, update.message)
      case 'edit':
      case 'delete':
      case 'reaction':
        return this.#changeOf(update)
      case 'subject':
        return this.#subjectOf(update)
      case 'card':
        return this.#cardOf(update)
      case 'join':
        return { type: 'join', author: this.#who(update), present: this.#isSettling() }
      case 'leave':
        return { type: 'leave', author: this.#who(update) }
      case 'rename':
        if (update.identity === this.#parts.room.identity) return undefined
        return { type: 'rename', author: this.#who(update), previous: update.previous }
      case 'receipt': {
        const { have, id, members } = update
        return { type: 'receipt', id, have, members }
      }
      default:
        this.#note(update)
        return undefined
    }
  }

  // What its owner may want to know.
  #note(update: RoomUpdate): void {
    switch (update.type) {
      case 'unsent':
        this.#parts.log.warn('what the bot said was not sent', { why: update.why })
        break
      case 'forged': {
        const { identity, ids } = update
        this.#parts.log.warn('a member has forged history', { identity, lines: ids.length })
        break
      }
      case 'clock-back':
        this.#parts.log.warn('the clock was set back', { by: update.by, redated: update.redated })
        break
      case 'fault':
        this.#parts.log.error(update.text, { count: update.count })
        break
      case 'device-changed':
        this.#parts.log.warn('the bot goes on under a new device key', { why: update.why })
        break
      case 'kept':
      case 'forgotten':
        this.#parts.log.info(update.text)
        break
      case 'damaged':
        this.#parts.log.warn(update.text, { path: update.path })
        break
      case 'unkept':
        this.#parts.log.warn(update.text, { code: update.code })
        break
      case 'clock-off':
        this.#parts.log.warn('the clock of this machine is off', { behindMillis: update.behind })
        break
      case 'status':
        this.#parts.log.info(update.text, { network: update.network, state: update.state })
    }
  }

  #messageOf(type: 'message' | 'direct', message: Said): Update | undefined {
    const { from, history, id, nick, replyTo, text, time } = message
    if (from === this.#parts.room.identity) return undefined
    const author = { identity: from, nick, isBot: this.#isBot(from) }
    const answered = replyTo === undefined ? {} : { replyTo }
    const said = { id, text, time, history, author, ...answered, ...this.#missed(message) }
    return { type, message: said }
  }

  #changeOf(
    update: Extract<RoomUpdate, { type: 'edit' | 'delete' | 'reaction' }>
  ): Update | undefined {
    const { from, history, id, time } = update
    if (from === this.#parts.room.identity) return undefined
    const nick = update.type === 'edit' ? update.nick : this.#nickOf(from)
    const author = { identity: from, nick, isBot: this.#isBot(from) }
    const change = { id, time, history, author, ...this.#missed(update) }
    if (update.type === 'delete') return { type: 'delete', ...change }
    if (update.type === 'edit') return { type: 'edit', ...change, text: update.text }
    const { emoji, removed } = update
    return { type: 'reaction', ...change, emoji, removed }
  }

  #subjectOf(update: Extract<RoomUpdate, { type: 'subject' }>): Update | undefined {
    const { from: identity, history, nick, subject, time } = update
    if (identity === this.#parts.room.identity) return undefined
    const author = this.#who({ identity, nick })
    return { type: 'subject', subject, time, history, author, ...this.#missed(update) }
  }

  #cardOf(update: Extract<RoomUpdate, { type: 'card' }>): Update | undefined {
    const { description, from: identity, history, nick, rules, time, title } = update
    if (identity === this.#parts.room.identity) return undefined
    const author = this.#who({ identity, nick })
    const texts = { title, description, rules }
    return { type: 'card', ...texts, time, history, author, ...this.#missed(update) }
  }

  // Where nothing is kept, nobody knows what was handled.
  #missed({ history, time }: { readonly history: boolean; readonly time: Millis }) {
    const { progress, room } = this.#parts
    const isMissed = history && room.log?.isKept === true && progress?.isMissed(time) === true
    return isMissed ? { missed: true } : {}
  }

  #tell(update: Update | undefined, cursor?: string): void {
    if (update !== undefined) this.#members.take(update)
    if (update === undefined && cursor === undefined) return
    try {
      this.#parts.onupdate(update, cursor)
    } catch (thrown) {
      this.#parts.log.error(messageOf(thrown))
    }
  }

  #isSettling(): boolean {
    return this.#parts.clock.now() < this.#settledAt
  }

  #who({ identity, nick }: { readonly identity: IdentityKey; readonly nick: string }): Author {
    return { identity, nick, isBot: this.#isBot(identity) }
  }

  #nickOf(identity: IdentityKey): string {
    const member = this.#parts.room.member(identity) ?? this.#members.get(identity)
    return member?.nick ?? shortId(identity)
  }

  // A profile may say "bot" later than it came.
  #isBot(identity: IdentityKey): boolean {
    const member = this.#parts.room.member(identity)
    return member?.bot ?? this.#members.get(identity)?.isBot ?? false
  }
}
