import type { Millis } from '../../base/time.js'
import { byTime, type Said } from './line.js'

/** History is sorted when none has come for so long. Guess: batches follow one another faster. */
export const PAUSE_MILLIS: Millis = 200
/** ... and also while it keeps coming. Guess: nobody waits longer to see that something happens. */
export const LONGEST_MILLIS: Millis = 1_000

/** Brings history, which comes as it comes, into the room's order. What is said meanwhile waits behind it. */
export class HistoryOrder {
  readonly #show: (said: Said) => void
  // BOUNDED: what comes in LONGEST_MILLIS.
  #said: Said[] = []
  #since: Millis = 0
  #timer: NodeJS.Timeout | undefined

  constructor(show: (said: Said) => void) {
    this.#show = show
  }

  take(said: Said): void {
    if (said.message.history || this.#said.length > 0) this.#collect(said)
    else this.#show(said)
  }

  /** Everything that waits is shown now. */
  end(): void {
    clearTimeout(this.#timer)
    const collected = this.#said.sort((a, b) => byTime(a.message, b.message))
    this.#said = []
    for (const said of collected) this.#show(said)
  }

  #collect(said: Said): void {
    const now = performance.now()
    if (this.#said.length === 0) this.#since = now
    this.#said.push(said)
    const left = this.#since + LONGEST_MILLIS - now
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.end(), Math.min(PAUSE_MILLIS, Math.max(0, left)))
  }
}
