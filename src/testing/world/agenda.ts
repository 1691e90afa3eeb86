import type { Millis } from '../../base/time.js'

interface Entry<T> {
  readonly what: T
  off: boolean
}

/** What is to come at one time, in the order in which it was added. */
interface Slot<T> {
  readonly entries: Entry<T>[]
  /** How many of them were taken. */
  taken: number
}

/**
 * Things to come on a virtual clock, by time and then by order of declaration. Most times have many of them, so the binary
 * heap is of times.
 */
export class Agenda<T> {
  // BOUNDED: by those who use it; a slot for each time of the heap.
  readonly #times: Millis[] = []
  readonly #slots = new Map<Millis, Slot<T>>()

  /** Adds one; gives what calls it off. */
  add(at: Millis, what: T): () => void {
    const entry: Entry<T> = { what, off: false }
    const slot = this.#slots.get(at)
    if (slot === undefined) this.#open(at, entry)
    else slot.entries.push(entry)
    return () => {
      entry.off = true
    }
  }

  /** When the next one is; undefined if there is none. */
  nextAt(): Millis | undefined {
    return this.#next() && this.#times[0]
  }

  /** Takes the next one off the agenda; undefined if there is none. */
  take(): T | undefined {
    const slot = this.#next()
    const entry = slot?.entries[slot.taken]
    if (slot === undefined || entry === undefined) return undefined
    slot.taken += 1
    return entry.what
  }

  #open(at: Millis, entry: Entry<T>): void {
    this.#slots.set(at, { entries: [entry], taken: 0 })
    this.#rise(at)
  }

  /** The slot of the next one, which is the next in it. */
  #next(): Slot<T> | undefined {
    for (let at = this.#times[0]; at !== undefined; at = this.#times[0]) {
      const slot = this.#slots.get(at)
      if (slot !== undefined && skipOff(slot)) return slot
      this.#slots.delete(at)
      this.#pop()
    }
    return undefined
  }

  #pop(): void {
    const last = this.#times.pop()
    if (last !== undefined && this.#times.length > 0) this.#sink(last)
  }

  #rise(time: Millis): void {
    const heap = this.#times
    let hole = heap.push(time) - 1
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = heap[parent]
      if (above === undefined || time >= above) break
      heap[hole] = above
      hole = parent
    }
    heap[hole] = time
  }

  #sink(time: Millis): void {
    const heap = this.#times
    let hole = 0
    for (;;) {
      const child = this.#leastChild(hole)
      const below = heap[child]
      if (below === undefined || below >= time) break
      heap[hole] = below
      hole = child
    }
    heap[hole] = time
  }

  #leastChild(parent: number): number {
    const child = 2 * parent + 1
    const [left, right] = [this.#times[child], this.#times[child + 1]]
    return left !== undefined && right !== undefined && right < left ? child + 1 : child
  }
}

/** Passes over what was called off; false if nothing is left. */
function skipOff<T>(slot: Slot<T>): boolean {
  while (slot.entries[slot.taken]?.off === true) slot.taken += 1
  return slot.taken < slot.entries.length
}
