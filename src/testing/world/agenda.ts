import type { Millis } from '../../base/time.js'

interface Entry {
  readonly at: Millis
  readonly order: number
  readonly run: () => void
  off: boolean
}

/** Things to come on a virtual clock, by time and then by order of declaration. */
export class Agenda {
  // BOUNDED: by those who use it; a binary heap.
  readonly #heap: Entry[] = []
  #order = 0

  /** Adds one; gives what calls it off. */
  add(at: Millis, run: () => void): () => void {
    const entry: Entry = { at, order: ++this.#order, run, off: false }
    this.#heap.push(entry)
    this.#up(this.#heap.length - 1)
    return () => {
      entry.off = true
    }
  }

  /** When the next one is; undefined where there is none. */
  nextAt(): Millis | undefined {
    while (this.#heap[0]?.off === true) this.#pop()
    return this.#heap[0]?.at
  }

  /** Takes the next one off the agenda and runs it. */
  runNext(): void {
    if (this.nextAt() !== undefined) this.#pop()?.run()
  }

  #pop(): Entry | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#down(0)
    }
    return first
  }

  #up(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #down(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1
      const least = this.#before(left + 1, left) ? left + 1 : left
      if (!this.#before(least, at)) return
      this.#swap(at, least)
      at = least
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (one === undefined || other === undefined) return false
    return one.at === other.at ? one.order < other.order : one.at < other.at
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (one === undefined || other === undefined) return
    this.#heap[a] = other
    this.#heap[b] = one
  }
}
