import type { MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { type Millis, wasWithin } from '../../base/time.js'

/** Lines of ours that nobody is known to have; further ones push out the oldest. Guess: an evening alone. */
const MAX_WAITING = 1_000

/** How many other members have a line of ours, of so many present. */
export interface Delivery {
  readonly have: number
  readonly members: number
}

/** Who has what we said. */
export class Deliveries {
  /** By id, when it was said. */
  // BOUNDED: MAX_WAITING, the oldest goes first.
  readonly #waiting = new Recent<MessageId, Millis>(MAX_WAITING)
  #newest: MessageId | undefined
  #last: Delivery | undefined

  /** We said this, here: what we say on another device is counted there. */
  said(id: MessageId, now: Millis): void {
    this.#waiting.set(id, now)
    this.#newest = id
    this.#last = undefined
  }

  /** So many have it. */
  received(id: MessageId, { have, members }: Delivery): void {
    if (have > 0) this.#arrived(id)
    if (id === this.#newest) this.#last = { have, members }
  }

  /** It has another id now. */
  renamed(previous: MessageId, id: MessageId): void {
    const since = this.#waiting.get(previous)
    if (since === undefined) return
    this.#waiting.delete(previous)
    this.#waiting.set(id, since)
    if (this.#newest === previous) this.#newest = id
  }

  /** Who has what we said last; undefined if we said nothing, or nobody told yet. */
  get last(): Delivery | undefined {
    return this.#last
  }

  /** Lines that nobody is known to have, but for those that were said within the last `grace`. */
  waiting(now: Millis, grace: Millis): number {
    let count = 0
    for (const [, since] of this.#waiting.entries()) if (!wasWithin(grace, since, now)) count += 1
    return count
  }

  // Whoever has a line of ours has those before it: each descends from the one before. Only the last few have receipts.
  #arrived(id: MessageId): void {
    if (!this.#waiting.has(id)) return
    for (const [earlier] of [...this.#waiting.entries()]) {
      this.#waiting.delete(earlier)
      if (earlier === id) return
    }
  }
}
