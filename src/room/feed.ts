import { setImmediate as nextTurn } from 'node:timers/promises'
import { atMost } from '../async/at-most.js'
import { deferred } from '../async/deferred.js'
import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { ChatLog } from '../protocol/chat/chat-log.js'
import { MAX_TOLD_MESSAGES } from '../protocol/chat/tuning.js'
import type { Arrival } from '../store/arrivals.js'
import { systemClock } from './clock.js'
import type { RoomUpdate } from './events.js'
import { cursorText, noCursor, numberOf } from './kept/cursor.js'
import { KeptFeed, type Tell } from './kept/kept-feed.js'
import { type LoggedMessage, type RoomLog, sourceOf } from './kept/room-log.js'
import { inOrder, type Updates } from './order/ordered.js'

/** What is followed: `Room` is one. */
export interface FeedRoom extends Updates {
  /** Undefined where nothing is kept on the disk. */
  readonly log?: RoomLog | undefined
  /** Resolves when all that was said and heard is on the disk. */
  written?(): Promise<void>
}

/**
 * What is told waits so long at most until it is on the disk. Guess: history is checked, then written, within seconds; what
 * is not kept here never is.
 */
const PATIENCE_MILLIS: Millis = 10_000
/** What was told without a cursor, and may be written later: more is told again. Guess: a room's timeline. */
const MAX_TOLD = 100_000

/** So much may come while a history is told to somebody who is slow: then nobody waits for room any more. */
const MAX_MEANWHILE = 10_000

/** Who ends waits so long for the disk. Guess: a batch of a disk that is busy. */
const WRITTEN_MILLIS: Millis = 500

/** What waits to be on the disk. */
interface Waiting {
  readonly updates: RoomUpdate[]
  readonly since: Millis
}

/**
 * Tells a program of everything in a room, what is kept in the order in which it came: with a cursor, from which it can go on
 * after it or the room has been restarted. Nothing is told twice, and nothing is left out. While the disk cannot be written,
 * and of what is not kept, there is no cursor.
 */
export class Feed {
  readonly #room: FeedRoom
  readonly #tell: Tell
  readonly #roomForPast: () => Promise<void> | undefined
  /** Resolved when it is of no use any more to wait for room. */
  readonly #hurry = deferred()
  readonly #stops: (() => void)[] = []
  // BOUNDED: by PATIENCE_MILLIS, and what a room takes meanwhile.
  readonly #waiting = new Map<MessageId, Waiting>()
  // BOUNDED: MAX_TOLD.
  readonly #told = new Set<MessageId>()
  /** What was there when this began; undefined until that was read. */
  // BOUNDED: by the store.
  #before: ReadonlySet<MessageId> | undefined
  // BOUNDED: MAX_MEANWHILE, and what comes while a history is read from then on.
  #arrivedMeanwhile: Arrival[] = []
  #epoch = ''
  #last = 0
  #isKept: boolean
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  /** `roomForPast`: resolves when more of what was said before is to be told; undefined if that is now. Default: always. */
  constructor(
    room: FeedRoom,
    tell: Tell,
    roomForPast: () => Promise<void> | undefined = () => undefined
  ) {
    this.#room = room
    this.#tell = tell
    this.#roomForPast = roomForPast
    this.#isKept = room.log?.isKept ?? false
  }

  /**
   * Begins, in the turn in which the room was opened: with the newest 1,000 messages that are kept, or with all that came
   * after a cursor. Rejects with BAD_CURSOR, CURSOR_UNKNOWN, NO_CURSOR, STORE_FAILED. With `onlost` it does not: that hears of a
   * cursor that is good no longer, and what is told is what comes from now on.
   */
  async begin(since?: string, onlost?: (why: unknown) => void): Promise<void> {
    const { log } = this.#room
    const mayThrow = since !== undefined && onlost === undefined
    if (mayThrow && !this.#isKept) return this.#beginBeside(log, since)
    if (log === undefined) {
      this.#stops.push(inOrder(this.#room, update => this.#tell(update)))
      return
    }
    const onarrive = (arrived: readonly Arrival[]) => this.#arrived(arrived)
    this.#stops.push(log.listen({ onupdate: update => this.#shown(update), onarrive }))
    if (!this.#isKept) this.#before = new Set()
    else await this.#replay(log, since, onlost).catch(thrown => this.#failed(thrown, mayThrow))
  }

  /**
   * Ends it, when what was said and heard is on the disk. What waits then is told without a cursor; if what was there before is
   * not told yet, nothing is: that comes first, from the last cursor.
   */
  async end(): Promise<void> {
    this.#isOver = true
    this.#hurry.resolve()
    if (this.#isKept) await atMost(WRITTEN_MILLIS, this.#room.written?.() ?? Promise.resolve())
    clearTimeout(this.#timer)
    for (const stop of this.#stops.splice(0)) stop()
    if (this.#before !== undefined) this.#giveUp(Number.POSITIVE_INFINITY)
  }

  // Another program of ours keeps the room: what is kept is told as that has it, everything else as it happens here.
  async #beginBeside(log: RoomLog | undefined, since: string): Promise<void> {
    if (log?.isBeside !== true) throw noCursor()
    const onupdate = (update: RoomUpdate) => {
      if (sourceOf(update) === undefined) this.#tell(update)
    }
    const kept = new KeptFeed(log.place, this.#tell)
    this.#stops.push(log.listen({ onupdate }), () => kept.end())
    await kept.begin(since)
  }

  // What cannot be read is told as by a room that keeps nothing; who has a part of it is told.
  #failed(thrown: unknown, mayThrow: boolean): void {
    if (mayThrow) throw thrown
    this.#before = new Set()
    this.#isKept = false
    this.#giveUp(Number.POSITIVE_INFINITY)
  }

  async #replay(log: RoomLog, since?: string, onlost?: (why: unknown) => void): Promise<void> {
    const startedAt = systemClock.wall()
    // The room starts in the next turn, and tells what was said to us alone.
    await nextTurn()
    // Not the messages themselves, which may be very many: they are read one by one.
    const { arrivals: kept, epoch, last } = await log.arrivals()
    const from = since === undefined ? 0 : beginning(since, { epoch, last }, onlost)
    this.#epoch = epoch
    this.#last = last
    const chat = new ChatLog(Number.POSITIVE_INFINITY, id => log.message(id))
    // What is about a line can only be told by whoever knows that.
    const first = since === undefined ? kept.length - MAX_TOLD_MESSAGES : 0
    const wanted = kept.filter(({ id }, at) => at >= first || this.#waiting.has(id))
    for await (const each of log.read(wanted)) {
      const waiting = this.#roomForPast()
      if (waiting !== undefined) await Promise.race([waiting, this.#hurry.promise])
      if (this.#isOver) return
      const { message, number } = each
      const direct = this.#takeDirect(each)
      if (number <= from) chat.pass(message)
      else this.#tellAll([...chat.take(message, message.clock < startedAt), ...direct], number)
    }
    this.#before = new Set(kept.map(({ id }) => id))
    for (const id of this.#waiting.keys()) if (this.#before.has(id)) this.#waiting.delete(id)
    this.#arrived(this.#arrivedMeanwhile.splice(0))
  }

  // It may be the first time that this program has the disk.
  async #resume(): Promise<void> {
    const epoch = await this.#room.log?.epoch().catch(() => undefined)
    if (epoch === undefined) return
    // Numbers of another history begin anew.
    if (epoch !== this.#epoch) this.#last = 0
    this.#epoch = epoch
    this.#isKept = true
  }

  // A room tells of the newest alone.
  #takeDirect({ direct, message: { id } }: LoggedMessage): readonly RoomUpdate[] {
    const told = this.#waiting.get(id)?.updates.filter(({ type }) => type === 'direct') ?? []
    this.#waiting.delete(id)
    return told.length > 0 || direct === undefined ? told : [{ type: 'direct', message: direct }]
  }

  #shown(update: RoomUpdate): void {
    if (update.type === 'unkept') this.#isKept = false
    if (update.type === 'unkept') this.#giveUp(Number.POSITIVE_INFINITY)
    if (update.type === 'kept') void this.#resume()
    const id = sourceOf(update)
    if (id === undefined) this.#tell(update)
    else if (this.#before?.has(id)) this.#shownBefore(update)
    else if (this.#isKept && update.type !== 'redated') this.#wait(id, update)
    else this.#tellNow(id, update)
  }

  // A sign that was there before its line comes with it.
  #shownBefore(update: RoomUpdate): void {
    const line = update.type === 'reaction' ? this.#waiting.get(update.id) : undefined
    line?.updates.push(update)
    // Whoever put the last one has taken it back.
    const isFact = update.type === 'subject' || update.type === 'card'
    if (isFact && !update.history) this.#tell(update)
  }

  #wait(id: MessageId, update: RoomUpdate): void {
    const waiting = this.#waiting.get(id) ?? { updates: [], since: performance.now() }
    waiting.updates.push(update)
    this.#waiting.set(id, waiting)
    this.#timer ??= setTimeout(() => void this.#late(), PATIENCE_MILLIS).unref()
  }

  // On a machine that is busy the disk comes after us: what it has is told with a cursor, however late.
  async #late(): Promise<void> {
    const before = performance.now() - PATIENCE_MILLIS
    await this.#room.written?.()
    this.#timer = undefined
    if (this.#isOver) return
    if (this.#before !== undefined) this.#giveUp(before)
    if (this.#waiting.size > 0)
      this.#timer = setTimeout(() => void this.#late(), PATIENCE_MILLIS).unref()
  }

  /** What has waited since then is told without a cursor. */
  #giveUp(before: Millis): void {
    for (const [id, { since, updates }] of this.#waiting) {
      if (since > before) return
      this.#waiting.delete(id)
      for (const update of updates) this.#tellNow(id, update)
    }
  }

  #tellNow(id: MessageId, update: RoomUpdate): void {
    this.#told.add(id)
    for (const first of this.#told) {
      if (this.#told.size <= MAX_TOLD) break
      this.#told.delete(first)
    }
    this.#tell(update)
  }

  #arrived(arrived: readonly Arrival[]): void {
    if (this.#before === undefined) {
      for (const each of arrived) this.#arrivedMeanwhile.push(each)
      if (this.#arrivedMeanwhile.length > MAX_MEANWHILE) this.#hurry.resolve()
      return
    }
    for (const { id, number } of arrived) {
      if (number <= this.#last) continue
      const updates = this.#waiting.get(id)?.updates ?? []
      this.#waiting.delete(id)
      if (!this.#told.delete(id)) this.#tellAll(updates, number)
    }
  }

  // Whoever goes on after a cursor has had all of its message: so the last of several has it.
  #tellAll(updates: readonly RoomUpdate[], number: number): void {
    const cursor = cursorText({ epoch: this.#epoch, number })
    const isLine = updates[0]?.type === 'message'
    for (const [at, update] of updates.entries()) {
      if (isLine || at === updates.length - 1) this.#tell(update, cursor)
      else this.#tell(update)
    }
  }
}

/** The number after which it goes on; the last one if a cursor is good no longer, and somebody wants to hear that. */
function beginning(
  since: string,
  log: { readonly epoch: string; readonly last: number },
  onlost?: (why: unknown) => void
): number {
  try {
    return numberOf(since, log)
  } catch (thrown) {
    if (onlost === undefined) throw thrown
    onlost(thrown)
    return log.last
  }
}
