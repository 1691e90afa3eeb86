import type { Millis } from '../../base/time.js'

const SLOT_MILLIS: Millis = 1_000

/**
 * What is to be looked at when, to the second, however many there are: setting a deadline and finding those that have
 * come costs the same for ten as for ten thousand.
 */
export class Deadlines<T> {
  // BOUNDED: by the items of whoever owns them; an item is in one slot.
  readonly #slots = new Map<number, Set<T>>()
  readonly #slotOf = new Map<T, number>()
  /** All slots before this one are empty. */
  #first = Number.POSITIVE_INFINITY

  /** Sets the item's deadline, in place of an earlier one. */
  set(item: T, at: Millis): void {
    this.delete(item)
    const number = Math.floor(at / SLOT_MILLIS)
    const slot = this.#slots.get(number)
    if (slot === undefined) this.#slots.set(number, new Set([item]))
    else slot.add(item)
    this.#slotOf.set(item, number)
    this.#first = Math.min(this.#first, number)
  }

  delete(item: T): void {
    const number = this.#slotOf.get(item)
    if (number === undefined) return
    this.#slotOf.delete(item)
    const slot = this.#slots.get(number)
    slot?.delete(item)
    if (slot?.size === 0) this.#slots.delete(number)
  }

  /** Takes out all items whose deadline's second has begun. */
  take(now: Millis): T[] {
    const last = Math.floor(now / SLOT_MILLIS)
    if (last < this.#first) return []
    const numbers = this.#numbersUpTo(last)
    const due = numbers.flatMap(number => [...(this.#slots.get(number) ?? [])])
    for (const item of due) this.delete(item)
    this.#first = this.#slots.size === 0 ? Number.POSITIVE_INFINITY : last + 1
    return due
  }

  // Second by second as a rule; after a long time in which nobody looked, whatever there is.
  #numbersUpTo(last: number): number[] {
    const span = last - this.#first + 1
    if (span > this.#slots.size) return [...this.#slots.keys()].filter(number => number <= last)
    return Array.from({ length: span }, (_, at) => this.#first + at)
  }
}
