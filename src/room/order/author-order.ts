import type { IdentityKey } from '../../base/ids.js'
import { AuthorQueue, charactersOf, type Held } from './author-queue.js'
import type { Line } from './line.js'

/** Characters that wait at most; then the first line of whoever has most goes on. Guess: a whole timeline of short lines. */
export const MAX_HELD_CHARACTERS = 4_194_304

/**
 * Brings the lines of one author into that author's order, whatever way they came: one that came before another that its
 * author had seen waits for it, and whatever its author says next waits behind it. The rest is shown at once; nothing
 * waits for ever, and nothing is left out.
 */
export class AuthorOrder {
  readonly #show: (line: Line) => void
  // BOUNDED: MAX_HELD_CHARACTERS in all.
  readonly #queues = new Map<IdentityKey, AuthorQueue>()
  /** By what is missing, who waits for it. */
  // BOUNDED: by the parents of what is held.
  readonly #waiting = new Map<string, Set<Held>>()
  #characters = 0
  #timer: NodeJS.Timeout | undefined

  constructor(show: (line: Line) => void) {
    this.#show = show
  }

  take(line: Line): void {
    const missing = new Set<string>(line.missing)
    if (missing.size === 0 && !this.#queues.has(line.from)) this.#show(line)
    else this.#hold({ line, missing, since: performance.now() })
    this.arrived(line.id)
    this.#release(line.from)
  }

  /** Something is here now that lines may wait for. */
  arrived(id: string): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    for (const { missing } of waiting) missing.delete(id)
    for (const { line } of waiting) this.#release(line.from)
  }

  /** Everything that waits is shown now. */
  end(): void {
    for (const from of [...this.#queues.keys()]) while (this.#showFirst(from));
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #hold(held: Held): void {
    const { from } = held.line
    const queue = this.#queues.get(from) ?? new AuthorQueue()
    queue.add(held)
    this.#characters += charactersOf(held.line)
    this.#queues.set(from, queue)
    for (const id of held.missing) this.#wait(id, held)
    while (this.#characters > MAX_HELD_CHARACTERS) this.#showFirst(this.#longest())
    this.#timer ??= setTimeout(() => this.#late(), queue.deadline - held.since)
  }

  #wait(id: string, held: Held): void {
    const waiting = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, waiting.add(held))
  }

  #late(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const [from, queue] of [...this.#queues]) this.#releaseLate(from, queue, now)
    let next = Number.POSITIVE_INFINITY
    for (const { deadline } of this.#queues.values()) next = Math.min(next, deadline)
    if (this.#queues.size > 0) this.#timer = setTimeout(() => this.#late(), Math.max(1, next - now))
  }

  #releaseLate(from: IdentityKey, queue: AuthorQueue, now: number): void {
    while (queue.first?.missing.size === 0 || queue.deadline <= now) this.#showFirst(from)
  }

  #release(from: IdentityKey): void {
    while (this.#queues.get(from)?.first?.missing.size === 0) this.#showFirst(from)
  }

  /** False where nobody waits. */
  #showFirst(from: IdentityKey | undefined): boolean {
    const queue = from === undefined ? undefined : this.#queues.get(from)
    const held = queue?.shift()
    if (held === undefined) return false
    const { line, missing } = held
    this.#characters -= charactersOf(line)
    for (const id of missing) this.#forget(id, held)
    if (queue?.first === undefined) this.#queues.delete(line.from)
    this.#show(line)
    return true
  }

  #forget(id: string, held: Held): void {
    const waiting = this.#waiting.get(id)
    waiting?.delete(held)
    if (waiting?.size === 0) this.#waiting.delete(id)
  }

  #longest(): IdentityKey | undefined {
    let longest: IdentityKey | undefined
    let most = 0
    for (const [from, { characters }] of this.#queues) {
      if (characters > most) longest = from
      most = Math.max(most, characters)
    }
    return longest
  }
}
