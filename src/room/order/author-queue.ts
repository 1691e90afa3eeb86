import type { Millis } from '../../base/time.js'
import { byTime, type Line } from './line.js'

/**
 * A line waits so long for one that its author had seen, and anew whenever something that its author said before comes in.
 * Guess: a graft, its retry and a busy machine.
 */
export const HOLD_MILLIS: Millis = 2_000
/** ... and so much longer for each line that waits with it: so many are being caught up with. Guess: 100 lines a second. */
const HOLD_MILLIS_PER_LINE: Millis = 10
/** ... but no longer than this in all. Guess: thousands of lines have been caught up with by then. */
export const LONGEST_HOLD_MILLIS: Millis = 60_000
/** What a line takes besides its text, in characters. Guess. */
const LINE_CHARACTERS = 256

/** A line that waits. */
export interface Held {
  readonly line: Line
  /** What it waits for still. */
  // BOUNDED: the parents of one message.
  readonly missing: Set<string>
  readonly since: Millis
}

/** The lines of one author that wait, in that author's order. */
export class AuthorQueue {
  // BOUNDED: by AuthorOrder, which drops the first of the longest queue.
  readonly #held: Held[] = []
  #characters = 0
  #filledAt: Millis = Number.NEGATIVE_INFINITY

  /** What its lines take, in characters. */
  get characters(): number {
    return this.#characters
  }

  /** The next one to be shown. */
  get first(): Held | undefined {
    return this.#held[0]
  }

  /** When the first has waited for long enough. */
  get deadline(): Millis {
    if (this.first === undefined) return Number.POSITIVE_INFINITY
    const { since } = this.first
    const patience = HOLD_MILLIS + (this.#held.length - 1) * HOLD_MILLIS_PER_LINE
    return Math.min(Math.max(since, this.#filledAt) + patience, since + LONGEST_HOLD_MILLIS)
  }

  add(held: Held): void {
    const place = this.#placeOf(held.line)
    // What comes late shows that what is missing is on its way.
    if (place < this.#held.length) this.#filledAt = held.since
    this.#held.splice(place, 0, held)
    this.#characters += charactersOf(held.line)
  }

  /** Takes the first one out. */
  shift(): Held | undefined {
    const held = this.#held.shift()
    if (held !== undefined) this.#characters -= charactersOf(held.line)
    return held
  }

  // By halves: thousands may wait, and come from the last one to the first.
  #placeOf(line: Line): number {
    let [low, high] = [0, this.#held.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#held[middle]?.line
      if (other !== undefined && byTime(other, line) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** What a line takes, in characters. */
export function charactersOf({ nick, text }: Line): number {
  return LINE_CHARACTERS + nick.length + text.length
}
