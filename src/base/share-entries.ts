import TinyQueue from 'tinyqueue'

/** One of the things that are shared: the oldest, by clock and then by id, goes first. */
export interface Entry {
  readonly clock: number
  readonly id: string
  /** As how many it counts, which go one at a time, and how many of them are left. Default: one. */
  left?: number
}

/** Entries, the oldest first, of which each is made when it is asked for. */
export interface Run<E> {
  readonly length: number
  at(index: number): E
}

/** What one owner has: a heap, the oldest entry on top; and beside it, at most, one run of entries that came together. */
export class ShareEntries<E extends Entry> {
  readonly #queue = new TinyQueue<E>([], compareEntries)
  /** As how many those of the heap count. */
  #queued = 0
  #run: Run<E> | undefined
  /** Of the run: as many have gone, and this is the next one. */
  #gone = 0
  #next: E | undefined

  /** With those of a run, if there is one. */
  constructor(run?: Run<E>) {
    this.#run = run
    this.#step()
  }

  /** As how many all count. */
  get length(): number {
    return this.#queued + (this.#run === undefined ? 0 : this.#run.length - this.#gone)
  }

  push(entry: E): void {
    this.#queue.push(entry)
    this.#queued += entry.left ?? 1
  }

  /** The oldest; the same object as long as it is that. */
  peek(): E | undefined {
    const queued = this.#queue.peek()
    if (this.#next === undefined || queued === undefined) return this.#next ?? queued
    return compareEntries(this.#next, queued) < 0 ? this.#next : queued
  }

  /** Takes one of what the oldest counts as, and with the last one the entry itself; returns it each time. */
  pop(): E | undefined {
    const first = this.peek()
    if (first === undefined) return undefined
    if (first === this.#next) {
      this.#gone += 1
      this.#step()
      return first
    }
    if (first.left === undefined || first.left <= 1) this.#queue.pop()
    if (first.left !== undefined) first.left -= 1
    this.#queued -= 1
    return first
  }

  #step(): void {
    const run = this.#run
    if (run !== undefined && this.#gone === run.length) this.#run = undefined
    if (this.#run === undefined) this.#gone = 0
    this.#next = this.#run?.at(this.#gone)
  }
}

/** By clock, then by id. */
export function compareEntries(a: Entry, b: Entry): number {
  if (a.clock !== b.clock) return a.clock - b.clock
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}
