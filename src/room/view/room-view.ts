import type { IdentityKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { type Millis, wasWithin } from '../../base/time.js'
import type { ChatMessage, RoomCard, RoomSubject } from '../../protocol/events.js'
import { isEmptyCard } from '../../protocol/wire/bodies/room-card.js'
import type { RoomUpdate } from '../events.js'
import { actionIn } from './action.js'
import { actorOf } from './actor.js'
import { Deliveries } from './deliveries.js'
import { type Marker, Markers } from './markers.js'
import { mentions } from './mention.js'
import { People } from './people.js'
import { type RecentLine, RecentLines } from './recent-lines.js'

/** History that came so short a time ago: more is on its way. Guess: a batch follows the next within that. */
const CATCHING_UP_MILLIS: Millis = 1_500
/** Whoever is writing says so again within that: twice what honest programs wait. */
const WRITING_MILLIS: Millis = 6_000
/** Who is writing at once; further ones push out the first. Guess: more than a status can name. */
const MAX_WRITERS = 64

/** A line of chat, with what a view needs to know of it. */
export interface ViewLine {
  readonly message: ChatMessage
  /** What to show: of an action without its beginning. */
  readonly text: string
  readonly own: boolean
  /** True for what `/me` says: what somebody does. */
  readonly action: boolean
  /** True if somebody else names us, or answers us. */
  readonly mention: boolean
  /** True if its author is ignored. */
  readonly ignored: boolean
  /** What it answers, if that is remembered. */
  readonly answers?: RecentLine | undefined
}

/** Something that a view shows, in this order. */
export type ViewItem = Marker | { readonly type: 'line'; readonly line: ViewLine } | ViewEvent

/** Something that happened, and is no line. */
export interface ViewEvent {
  readonly type: 'event'
  readonly event: Exclude<RoomUpdate, { type: 'message' }>
  /** Somebody comes, goes or changes the nick who has not spoken, as far as we know. */
  readonly quiet: boolean
  /** The line that is edited, taken back, or given a sign, as it was before; undefined if that is not remembered. */
  readonly about?: RecentLine | undefined
  /** True if somebody says something to us alone, now. */
  readonly isForUs?: boolean
}

/** So much of the history that a room lacked has come. */
export type Progress = Pick<Extract<RoomUpdate, { type: 'catching-up' }>, 'have' | 'total'>

/** The room as far as a view needs it; `Room` is one. */
interface ViewedRoom {
  readonly identity: IdentityKey
  readonly nick: string
}

/** How a view is made. */
export interface RoomViewOptions {
  readonly room: ViewedRoom
  /** When we came, ms since 1970. */
  readonly now: Millis
  /** The time of the last line that was shown before we left; undefined if none was, or nobody knows. */
  readonly seen?: Millis | undefined
  /** True for identities of which nothing is to be seen. Default: nobody. */
  readonly isIgnored?: ((identity: IdentityKey) => boolean) | undefined
}

/**
 * What there is to see of a room, for any front end: lines with what they are to us, markers between them, who is here and
 * who has spoken, what was not read yet, and who has what we said. It shows nothing itself and knows no clock.
 */
export class RoomView {
  readonly people = new People()
  readonly deliveries = new Deliveries()
  /** The newest lines; none of who is ignored. */
  readonly lines = new RecentLines()
  readonly #options: RoomViewOptions
  readonly #markers: Markers
  #unread = 0
  #mentions = 0
  /** When they said so last. */
  // BOUNDED: MAX_WRITERS, the oldest goes first.
  readonly #writers = new Recent<IdentityKey, Millis>(MAX_WRITERS)
  #subject: RoomSubject | undefined
  #card: RoomCard | undefined
  #newest: Millis | undefined
  #historyAt: Millis = Number.NEGATIVE_INFINITY
  #progress: Progress = { have: 0, total: 0 }

  constructor(options: RoomViewOptions) {
    this.#options = options
    this.#newest = options.seen
    this.#markers = new Markers(options.now, options.seen)
    this.people.here(options.room.identity, options.room.nick, options.now)
  }

  /** Takes what the room tells; gives what to show. `now`: ms since 1970. */
  take(update: RoomUpdate, now: Millis): ViewItem[] {
    if (update.type === 'message') return this.#line(update.message, now)
    const quiet = isComing(update) && !this.people.hasSpoken(update.identity)
    const about = isChange(update) ? this.lines.get(update.id) : undefined
    this.#note(update, now)
    const isIgnored = this.#isOfIgnored(update)
    if (update.type !== 'direct' || !isIgnored) this.lines.take(update)
    if (isIgnored) return []
    const isForUs = update.type === 'direct' && this.#isNew(update.message)
    if (isForUs) this.#count(true)
    return [{ type: 'event', event: update, quiet, about, isForUs }]
  }

  /** What the room is about; undefined: nothing in particular, or nobody said whom we do not ignore. */
  get subject(): RoomSubject | undefined {
    return this.#subject
  }

  /** What the room is; undefined: it has no card, or none by somebody whom we do not ignore. */
  get card(): RoomCard | undefined {
    return this.#card
  }

  /** Who is writing a line: who began first comes first; none of who is ignored. */
  writers(now: Millis): IdentityKey[] {
    return [...this.#writers.entries()].flatMap(([identity, since]) =>
      wasWithin(WRITING_MILLIS, since, now) ? identity : []
    )
  }

  /** Lines, and those of them that name us, since {@link markRead}; history does not count. */
  get unread(): { readonly lines: number; readonly mentions: number } {
    return { lines: this.#unread, mentions: this.#mentions }
  }

  /** Everything so far was seen. */
  markRead(): void {
    this.#unread = 0
    this.#mentions = 0
  }

  /** The time of the newest line so far; undefined if there is none. */
  get newest(): Millis | undefined {
    return this.#newest
  }

  /** How much of the history that we lack has come, while it comes in; zeros if nobody counts; undefined if none does. */
  catchingUp(now: Millis): Progress | undefined {
    return wasWithin(CATCHING_UP_MILLIS, this.#historyAt, now) ? this.#progress : undefined
  }

  #line(message: ChatMessage, now: Millis): ViewItem[] {
    const line = this.#viewed(message)
    const { from, history, time } = message
    this.people.spoke(from, time)
    if (!history) this.#writers.delete(from)
    if (history && !this.catchingUp(now)) this.#progress = { have: 0, total: 0 }
    if (history) this.#historyAt = now
    if (line.ignored) return [{ type: 'line', line }]
    this.#remember(line)
    return [...this.#markers.before(message, line.own), { type: 'line', line }]
  }

  #viewed(message: ChatMessage): ViewLine {
    const { isIgnored = () => false, room } = this.#options
    const own = message.from === room.identity
    const doing = actionIn(message.text)
    const text = doing ?? message.text
    const action = doing !== undefined
    const answers = this.#answered(message)
    const mention = !own && (mentions(text, room.nick) || answers?.from === room.identity)
    return { message, text, own, action, mention, ignored: isIgnored(message.from), answers }
  }

  // What was said to one alone is answered there.
  #answered({ replyTo }: ChatMessage): RecentLine | undefined {
    const line = replyTo && this.lines.get(replyTo)
    return line?.to === undefined ? line : undefined
  }

  #remember(line: ViewLine): void {
    this.lines.take({ type: 'message', message: line.message })
    const { time } = line.message
    this.#newest = Math.max(time, this.#newest ?? time)
    if (this.#isNew(line.message)) this.#count(line.mention)
  }

  #isNew({ from, history }: ChatMessage): boolean {
    return !history && from !== this.#options.room.identity
  }

  #count(isMention: boolean): void {
    this.#unread += 1
    if (isMention) this.#mentions += 1
  }

  #note(update: Exclude<RoomUpdate, { type: 'message' }>, now: Millis): void {
    switch (update.type) {
      case 'join':
      case 'rename':
        this.people.here(update.identity, update.nick, now)
        break
      case 'leave':
        this.people.gone(update.identity)
        this.#writers.delete(update.identity)
        break
      case 'catching-up':
        this.#progress = update
        this.#historyAt = now
        break
      case 'receipt':
        this.deliveries.received(update.id, update)
        break
      case 'redated':
        this.deliveries.renamed(update.previous, update.message.id)
        break
      case 'typing':
        this.#writers.delete(update.identity)
        if (update.writing && !this.#isOfIgnored(update)) this.#writers.set(update.identity, now)
        break
      case 'subject':
        if (!this.#isOfIgnored(update)) this.#subject = update.subject === '' ? undefined : update
        break
      case 'card':
        if (!this.#isOfIgnored(update)) this.#card = isEmptyCard(update) ? undefined : update
    }
  }

  #isOfIgnored(update: RoomUpdate): boolean {
    const actor = actorOf(update)
    return actor !== undefined && this.#options.isIgnored?.(actor) === true
  }
}

function isChange(
  update: RoomUpdate
): update is Extract<RoomUpdate, { type: 'edit' | 'delete' | 'reaction' }> {
  return update.type === 'edit' || update.type === 'delete' || update.type === 'reaction'
}

function isComing(
  update: RoomUpdate
): update is Extract<RoomUpdate, { type: 'join' | 'leave' | 'rename' }> {
  return update.type === 'join' || update.type === 'leave' || update.type === 'rename'
}
