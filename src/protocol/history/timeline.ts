import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  HISTORY_WINDOW_MILLIS,
  MAX_CLOCK_AHEAD_MILLIS,
  MAX_PARENTS,
  MAX_TIMELINE_MESSAGES
} from '../config.js'
import { type Envelope, isEphemeral, type VerifiedMessage } from '../wire/message.js'
import { LogicalClock } from './logical-clock.js'
import { boundAt } from './negentropy/bound.js'
import { ItemSet } from './reconcile.js'

/** Why a message is not taken: its clock is too far ahead of ours, or it is older than what is kept. */
export type ClockFault = 'ahead' | 'old'

/** What adding a message led to. */
export interface Added {
  /** True where the heads are others than before. */
  readonly headsChanged: boolean
  /** Parents that are not here. At most 8. */
  readonly missing: readonly MessageId[]
}

/** The share of the timeline that goes at once when it is full, so that making room is seldom. Guess. */
const EVICTED_SHARE = 1 / 64

/**
 * The messages of a room: a graph by their parents, and one total order by clock and id. It keeps the logical clock as
 * well: our messages come after all that we have seen.
 */
export class Timeline {
  readonly #max: number
  // BOUNDED: #max messages.
  readonly #messages = new Map<MessageId, VerifiedMessage>()
  // BOUNDED: the same messages, in order.
  readonly #items = new ItemSet()
  // BOUNDED: a subset of #messages: those that no other has as a parent.
  readonly #heads = new Set<MessageId>()
  // BOUNDED: MAX_PARENTS for every message: how many messages name this one as a parent.
  readonly #children = new Map<MessageId, number>()
  // BOUNDED: a subset of #children: parents that are not here.
  readonly #holes = new Set<MessageId>()
  readonly #clock = new LogicalClock()
  #evictedClock: Millis = -1

  /** Keeps at most `max` messages, the newest. */
  constructor(max: number = MAX_TIMELINE_MESSAGES) {
    this.#max = max
  }

  /** How many messages are kept. */
  get size(): number {
    return this.#messages.size
  }

  /** True where a message names a parent that is not here. */
  get hasHoles(): boolean {
    return this.#holes.size > 0
  }

  /** The messages as (clock, id) in total order: what is reconciled. */
  get items(): ItemSet {
    return this.#items
  }

  /** How far back we can compare with others: within the window, and above what was dropped for want of room. */
  since(now: Millis): Millis {
    return Math.max(0, now - HISTORY_WINDOW_MILLIS, this.#evictedClock + 1)
  }

  has(id: MessageId): boolean {
    return this.#messages.has(id)
  }

  get(id: MessageId): VerifiedMessage | undefined {
    return this.#messages.get(id)
  }

  /** The ids of the messages that no other has as a parent: the 8 newest, newest first. */
  heads(): MessageId[] {
    return [...this.#heads].sort((a, b) => this.#compare(b, a)).slice(0, MAX_PARENTS)
  }

  /** The messages with a clock above this one, in total order. */
  after(clock: Millis): VerifiedMessage[] {
    const { items } = this
    return this.#pick(items.ids(items.lowerBound(boundAt(clock + 1)), items.size))
  }

  /** Forgets a message that nobody else is to have; its parents may be heads again. */
  drop(message: VerifiedMessage): void {
    this.#forget(message)
    this.#items.delete({ timestamp: message.clock, id: message.id })
    for (const parent of message.parents)
      if (this.has(parent) && !this.#children.has(parent)) this.#heads.add(parent)
  }

  /** All messages, in total order. */
  messages(): VerifiedMessage[] {
    return this.#pick(this.#items.ids(0, this.#items.size))
  }

  /** The clock of the next message of ours, in ms: see {@link LogicalClock.tick}. */
  tick(wall: Millis): Millis {
    return this.#clock.tick(wall)
  }

  /** Takes note of a clock that was seen. */
  observe(clock: Millis): void {
    this.#clock.observe(clock)
  }

  /** Why the message would be refused now; undefined where it would not. Ephemeral ones are never too old. */
  fault({ clock, kind }: Pick<Envelope, 'clock' | 'kind'>, now: Millis): ClockFault | undefined {
    if (clock > now + MAX_CLOCK_AHEAD_MILLIS) return 'ahead'
    return !isEphemeral(kind) && clock < this.since(now) ? 'old' : undefined
  }

  /** Adds a message that is to be stored. One that is here already, or is ephemeral, changes nothing. */
  add(message: VerifiedMessage): Added {
    this.observe(message.clock)
    if (isEphemeral(message.kind) || this.has(message.id))
      return { headsChanged: false, missing: [] }
    this.#messages.set(message.id, message)
    this.#items.add({ timestamp: message.clock, id: message.id })
    const isHead = !this.#children.has(message.id)
    if (isHead) this.#heads.add(message.id)
    const covered = message.parents.filter(parent => this.#adopt(parent))
    const missing = message.parents.filter(parent => !this.has(parent))
    this.#holes.delete(message.id)
    for (const parent of missing) this.#holes.add(parent)
    if (this.size > this.#max) this.#evict()
    return { headsChanged: isHead || covered.length > 0, missing }
  }

  /** True where the parent was a head. */
  #adopt(parent: MessageId): boolean {
    this.#children.set(parent, (this.#children.get(parent) ?? 0) + 1)
    return this.#heads.delete(parent)
  }

  // Everything up to one clock goes, so that one number says what is gone.
  #evict(): void {
    const goal = Math.max(1, Math.floor(this.#max * EVICTED_SHARE))
    const [last] = this.#pick(this.#items.ids(goal - 1, goal))
    if (last === undefined) return
    const end = this.#items.lowerBound(boundAt(last.clock + 1))
    for (const message of this.#pick(this.#items.ids(0, end))) this.#forget(message)
    this.#items.dropBefore(last.clock + 1)
    this.#evictedClock = last.clock
  }

  #forget(message: VerifiedMessage): void {
    this.#messages.delete(message.id)
    this.#heads.delete(message.id)
    for (const parent of message.parents) {
      const left = (this.#children.get(parent) ?? 1) - 1
      if (left > 0) this.#children.set(parent, left)
      else {
        this.#children.delete(parent)
        this.#holes.delete(parent)
      }
    }
  }

  #pick(ids: Iterable<MessageId>): VerifiedMessage[] {
    const found: VerifiedMessage[] = []
    for (const id of ids) {
      const message = this.#messages.get(id)
      if (message !== undefined) found.push(message)
    }
    return found
  }

  #compare(a: MessageId, b: MessageId): number {
    const difference = (this.get(a)?.clock ?? 0) - (this.get(b)?.clock ?? 0)
    return difference === 0 ? (a < b ? -1 : 1) : difference
  }
}
