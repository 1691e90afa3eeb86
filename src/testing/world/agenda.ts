import type { Millis } from '../../base/time.js'

interface Entry<T> {
  readonly at: Millis
  readonly order: number
  readonly what: T
  off: boolean
}

/** Things to come on a virtual clock, by time and then by order of declaration: a binary heap. */
export class Agenda<T> {
  // BOUNDED: by those who use it.
  readonly #heap: Entry<T>[] = []
  #order = 0

  /** Adds one; gives what calls it off. */
  add(at: Millis, what: T): () => void {
    const entry: Entry<T> = { at, order: ++this.#order, what, off: false }
    this.#rise(entry)
    return () => {
      entry.off = true
    }
  }

  /** When the next one is; undefined if there is none. */
  nextAt(): Millis | undefined {
    while (this.#heap[0]?.off === true) this.#pop()
    return this.#heap[0]?.at
  }

  /** Takes the next one off the agenda; undefined if there is none. */
  take(): T | undefined {
    return this.nextAt() === undefined ? undefined : this.#pop()?.what
  }

  #pop(): Entry<T> | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) this.#sink(last)
    return first
  }

  #rise(entry: Entry<T>): void {
    const heap = this.#heap
    let hole = heap.push(entry) - 1
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(entry, above)) break
      heap[hole] = above
      hole = parent
    }
    heap[hole] = entry
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap
    let hole = 0
    for (;;) {
      const child = this.#leastChild(hole)
      const below = heap[child]
      if (below === undefined || !before(below, entry)) break
      heap[hole] = below
      hole = child
    }
    heap[hole] = entry
  }

  #leastChild(parent: number): number {
    const child = 2 * parent + 1
    const [left, right] = [this.#heap[child], this.#heap[child + 1]]
    return left !== undefined && right !== undefined && before(right, left) ? child + 1 : child
  }
}

function before(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at
}
