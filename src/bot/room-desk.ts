import { messageOf } from '../base/errors.js'
import { type IdentityKey, type MessageId, shortId } from '../base/ids.js'
import { SETTLE_MILLIS } from '../room/arrival.js'
import type { RoomUpdate } from '../room/events.js'
import type { Saying } from '../room/speak.js'
import { type Speaks, speak } from '../room/speak.js'
import type { BotClock } from './clock.js'
import type { Cause, Desk } from './desk.js'
import type { Log } from './log.js'
import { authorOf, MemberList, type RosterEntry } from './members.js'
import { Outbox, type Pace } from './outbox.js'
import type { Author, Update } from './updates.js'

/** What a bot needs of a room: `Room` is one, and so is a test's. */
export interface BotRoom extends Speaks {
  readonly name: string
  readonly identity: IdentityKey
  readonly nick: string
  members(): readonly RosterEntry[]
  /** One of them: looked up for every update, however many there are. */
  member(identity: IdentityKey): RosterEntry | undefined
  /** Resolves when all that was said is on the disk, if it is kept there. */
  written?(): Promise<void>
  /** Tells the members what the bot obeys: names without the slash. */
  offerCommands(commands: readonly string[]): void
  on(event: 'update', listener: (update: RoomUpdate) => void): unknown
}

/** What a desk is made of. */
export interface RoomDeskParts {
  readonly room: BotRoom
  readonly clock: BotClock
  readonly log: Log
  readonly pace?: Partial<Pace> | undefined
  /** Called for everything that the bot is to hear. */
  readonly onupdate: (update: Update) => void
}

/** A room as a bot sees it: its own words left out, authors with their profile, speech at a pace. */
export class RoomDesk implements Desk {
  readonly outbox: Outbox
  readonly #parts: RoomDeskParts
  /** Who was here: late messages of those who left have their profile. */
  readonly #members = new MemberList()
  #settledAt = Number.POSITIVE_INFINITY

  constructor(parts: RoomDeskParts) {
    const { clock, log, pace, room } = parts
    this.#parts = parts
    const written = () => room.written?.() ?? Promise.resolve()
    const send = (saying: Saying) => speak(room, saying)
    this.outbox = new Outbox({ clock, log, pace, written, send })
    this.#members.replace(this.members())
    room.on('update', update => this.#take(update))
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

  #take(update: RoomUpdate): void {
    switch (update.type) {
      case 'message': {
        const { from, history, id, nick, replyTo, text, time } = update.message
        if (from === this.#parts.room.identity) return
        const author = { identity: from, nick, isBot: this.#isBot(from) }
        const answered = replyTo === undefined ? {} : { replyTo }
        this.#tell({ type: 'message', message: { id, text, time, history, author, ...answered } })
        break
      }
      case 'edit':
      case 'delete':
      case 'reaction':
        this.#tellChange(update)
        break
      case 'subject': {
        const { from: identity, history, nick, subject, time } = update
        if (identity === this.#parts.room.identity) return
        const author = this.#who({ identity, nick })
        this.#tell({ type: 'subject', subject, time, history, author })
        break
      }
      case 'join':
        this.#tell({ type: 'join', author: this.#who(update), present: this.#isSettling() })
        break
      case 'leave':
        this.#tell({ type: 'leave', author: this.#who(update) })
        break
      case 'rename':
        if (update.identity === this.#parts.room.identity) return
        this.#tell({ type: 'rename', author: this.#who(update), previous: update.previous })
        break
      case 'receipt': {
        const { have, id, members } = update
        this.#tell({ type: 'receipt', id, have, members })
        break
      }
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

  #tellChange(update: Extract<RoomUpdate, { type: 'edit' | 'delete' | 'reaction' }>): void {
    const { from, history, id, time } = update
    if (from === this.#parts.room.identity) return
    const nick = update.type === 'edit' ? update.nick : this.#nickOf(from)
    const change = { id, time, history, author: { identity: from, nick, isBot: this.#isBot(from) } }
    if (update.type === 'delete') this.#tell({ type: 'delete', ...change })
    else if (update.type === 'edit') this.#tell({ type: 'edit', ...change, text: update.text })
    else {
      const { emoji, removed } = update
      this.#tell({ type: 'reaction', ...change, emoji, removed })
    }
  }

  #tell(update: Update): void {
    this.#members.take(update)
    try {
      this.#parts.onupdate(update)
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
