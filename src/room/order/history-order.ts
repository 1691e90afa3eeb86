import type { Millis } from '../../base/time.js'
import { byTime, type Line } from './line.js'

/** History is sorted when none has come for so long. Guess: batches follow one another faster. */
export const PAUSE_MILLIS: Millis = 200
/** ... and also while it keeps coming. Guess: nobody waits longer to see that something happens. */
export const LONGEST_MILLIS: Millis = 1_000

/** Brings history, which comes as it comes, into the room's order. What is said meanwhile waits behind it. */
export class HistoryOrder {
  readonly #show: (line: Line) => void
  // BOUNDED: what comes in LONGEST_MILLIS.
  #lines: Line[] = []
  #since: Millis = 0
  #timer: NodeJS.Timeout | undefined

  constructor(show: (line: Line) => void) {
    this.#show = show
  }

  take(line: Line): void {
    if (line.history || this.#lines.length > 0) this.#collect(line)
    else this.#show(line)
  }

  /** Everything that waits is shown now. */
  end(): void {
    clearTimeout(this.#timer)
    const lines = this.#lines.sort(byTime)
    this.#lines = []
    for (const line of lines) this.#show(line)
  }

  #collect(line: Line): void {
    const now = performance.now()
    if (this.#lines.length === 0) this.#since = now
    this.#lines.push(line)
    const left = this.#since + LONGEST_MILLIS - now
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.end(), Math.min(PAUSE_MILLIS, Math.max(0, left)))
  }
}
