import type { Millis } from '../../base/time.js'
import { HEADS_WINDOW_MILLIS, MAX_CLOCK_AHEAD_MILLIS } from '../config.js'
import type { Envelope } from '../wire/message.js'

/** A message that no other names as a parent: what matters of it here. */
export type Head = Pick<Envelope, 'id' | 'author' | 'clock'>

/** Of which dates heads are looked at: both ends are in it. */
export interface HeadWindow {
  readonly from: Millis
  readonly to: Millis
}

/** The dates of heads that others can have, and that are reconciled. */
export function windowAt(wall: Millis): HeadWindow {
  return { from: wall - HEADS_WINDOW_MILLIS, to: wall + MAX_CLOCK_AHEAD_MILLIS }
}

/** True if the first comes later in the total order. */
export function isNewer(a: Pick<Head, 'id' | 'clock'>, b: Pick<Head, 'id' | 'clock'>): boolean {
  return a.clock === b.clock ? a.id > b.id : a.clock > b.clock
}

/** Heads in the total order. Adding and removing moves those that are newer, and looks at log n of them; the oldest is removed in constant time. */
export class SortedHeads {
  // BOUNDED: by the owner. The newest last: what comes is most often newer than the rest.
  #heads: (Head | undefined)[] = []
  /** The places before this are empty: very many that expire go from the front. */
  #start = 0

  get size(): number {
    return this.#heads.length - this.#start
  }

  has(head: Head): boolean {
    return this.#heads[this.#indexOf(head)]?.id === head.id
  }

  add(head: Head): void {
    this.#heads.splice(this.#indexOf(head), 0, head)
  }

  /** True if it was here. */
  delete(head: Head): boolean {
    const at = this.#indexOf(head)
    if (this.#heads[at]?.id !== head.id) return false
    if (at === this.#start) this.#dropFirst()
    else this.#heads.splice(at, 1)
    return true
  }

  /** The newest of the window. Makes nothing: each author is asked, several times a second. */
  first({ from, to }: HeadWindow): Head | undefined {
    const last = this.#heads.at(-1)
    const head = last !== undefined && last.clock > to ? this.#before(this.#endOf(to)) : last
    return head !== undefined && head.clock >= from ? head : undefined
  }

  /** The newest of the window, the newest first; at most so many. */
  newest({ from, to }: HeadWindow, most: number): Head[] {
    const newest: Head[] = []
    for (let at = this.#endOf(to); newest.length < most; at -= 1) {
      const head = this.#before(at)
      if (head === undefined || head.clock < from) break
      newest.push(head)
    }
    return newest
  }

  #before(at: number): Head | undefined {
    return at > this.#start ? this.#heads[at - 1] : undefined
  }

  #dropFirst(): void {
    this.#heads[this.#start] = undefined
    this.#start += 1
    if (2 * this.#start < this.#heads.length) return
    this.#heads = this.#heads.slice(this.#start)
    this.#start = 0
  }

  /** After the last one that is dated up to then. */
  #endOf(to: Millis): number {
    return this.#search(head => head.clock <= to)
  }

  /** Where it is, or would be. */
  #indexOf(head: Head): number {
    return this.#search(other => isNewer(head, other))
  }

  /** After the last one that this holds for; it holds for no later one. */
  #search(holds: (head: Head) => boolean): number {
    let [low, high] = [this.#start, this.#heads.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.#heads[middle] as Head)) low = middle + 1
      else high = middle
    }
    return low
  }
}
