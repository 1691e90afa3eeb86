import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { byTime, type Line } from './line.js'

/** A line waits no longer than this for one that its author had seen. Guess: a graft, its retry and a busy machine. */
export const HOLD_MILLIS: Millis = 2_000
/** Lines that wait at most; then the first of whoever has most goes on. Guess: a second of a busy room. */
export const MAX_HELD = 1_000

interface Held {
  readonly line: Line
  /** What it waits for still. */
  // BOUNDED: the parents of one message.
  readonly missing: Set<string>
  readonly until: Millis
}

/**
 * Brings the lines of one author into that author's order, whatever way they came: one that came before another that its
 * author had seen waits for it, and whatever its author says next waits behind it. The rest is shown at once; nothing
 * waits for long, and nothing is left out.
 */
export class AuthorOrder {
  readonly #show: (line: Line) => void
  // BOUNDED: MAX_HELD lines in all. By author, in that author's order.
  readonly #held = new Map<IdentityKey, Held[]>()
  #count = 0
  #timer: NodeJS.Timeout | undefined

  constructor(show: (line: Line) => void) {
    this.#show = show
  }

  take(line: Line): void {
    const missing = new Set<string>(line.missing)
    if (missing.size === 0 && !this.#held.has(line.from)) this.#show(line)
    else this.#hold({ line, missing, until: performance.now() + HOLD_MILLIS })
    this.arrived(line.id)
  }

  /** Something is here now that lines may wait for. */
  arrived(id: string): void {
    if (this.#count === 0) return
    for (const queue of this.#held.values()) for (const { missing } of queue) missing.delete(id)
    this.#release(({ missing }) => missing.size === 0)
  }

  /** Everything that waits is shown now. */
  end(): void {
    this.#release(() => true)
    clearTimeout(this.#timer)
  }

  #hold(held: Held): void {
    const { from } = held.line
    const queue = this.#held.get(from) ?? []
    const before = queue.findLastIndex(({ line }) => byTime(line, held.line) < 0)
    queue.splice(before + 1, 0, held)
    this.#held.set(from, queue)
    this.#count += 1
    if (this.#count > MAX_HELD) this.#showFirst(this.#longest())
    this.#timer ??= setTimeout(() => this.#late(), HOLD_MILLIS)
  }

  #late(): void {
    this.#timer = undefined
    const now = performance.now()
    this.#release(({ missing, until }) => missing.size === 0 || until <= now)
    if (this.#count === 0) return
    let next = Number.POSITIVE_INFINITY
    for (const [first] of this.#held.values()) next = Math.min(next, first?.until ?? next)
    this.#timer = setTimeout(() => this.#late(), Math.max(1, next - now))
  }

  #release(may: (held: Held) => boolean): void {
    for (const [from, queue] of [...this.#held])
      for (let [first] = queue; first !== undefined && may(first); [first] = queue)
        this.#showFirst(from)
  }

  #showFirst(from: IdentityKey | undefined): void {
    const queue = from === undefined ? undefined : this.#held.get(from)
    const first = queue?.shift()
    if (first === undefined) return
    if (queue?.length === 0) this.#held.delete(first.line.from)
    this.#count -= 1
    this.#show(first.line)
  }

  #longest(): IdentityKey | undefined {
    let longest: IdentityKey | undefined
    let most = 0
    for (const [from, { length }] of this.#held) {
      if (length > most) longest = from
      most = Math.max(most, length)
    }
    return longest
  }
}
