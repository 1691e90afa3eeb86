/** Something that is to happen. */
export interface Entry {
  readonly at: number
  /** Entries of the same time happen in the order in which they were added. */
  readonly order: number
}

/** What is to happen, earliest first: a binary heap. */
export class Agenda<T extends Entry> {
  readonly #heap: T[] = []

  get size(): number {
    return this.#heap.length
  }

  get next(): T | undefined {
    return this.#heap[0]
  }

  add(entry: T): void {
    const heap = this.#heap
    let hole = heap.push(entry) - 1
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = heap[parent] as T
      if (!before(entry, above)) break
      heap[hole] = above
      hole = parent
    }
    heap[hole] = entry
  }

  take(): T | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.#sink(last)
    return first
  }

  #sink(entry: T): void {
    const heap = this.#heap
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= heap.length) break
      const right = heap[child + 1]
      if (right !== undefined && before(right, heap[child] as T)) child++
      const below = heap[child] as T
      if (!before(below, entry)) break
      heap[hole] = below
      hole = child
    }
    heap[hole] = entry
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
