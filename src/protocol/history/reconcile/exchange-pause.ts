import type { Millis } from '../../../base/time.js'
import { HISTORY_TUNING, type HistoryTuning } from '../tuning.js'

/**
 * When the next exchange with a neighbour is due: one that came to its end and brought nothing doubles the pause before the
 * next. One that was broken off says nothing of what there is to get.
 */
export class ExchangePause {
  readonly #tuning: HistoryTuning
  #pause: Millis
  #openedAt: Millis = Number.NEGATIVE_INFINITY
  #hasEnded = false
  #broughtSomething = false

  constructor(tuning = HISTORY_TUNING) {
    this.#tuning = tuning
    this.#pause = tuning.reconcileIntervalMillis
  }

  /** True if another exchange may be opened; `pressing`: something speaks for it that did not when the last one was. */
  isDue(pressing: boolean, now: Millis): boolean {
    const pause = pressing ? this.#tuning.reconcileIntervalMillis : this.#next
    return now - this.#openedAt >= pause
  }

  /** An exchange is opened. */
  opened(now: Millis): void {
    this.#pause = this.#next
    this.#openedAt = now
    this.#hasEnded = false
    this.#broughtSomething = false
  }

  /** The exchange came to its end: all that differs is known, though not here yet. */
  ended(): void {
    this.#hasEnded = true
  }

  /** Something came of the last exchange, for one of the two. */
  brought(): void {
    this.#broughtSomething = true
  }

  get #next(): Millis {
    const { reconcileIntervalMillis, reconcilePauseMaxMillis } = this.#tuning
    const wasInVain = this.#hasEnded && !this.#broughtSomething
    return wasInVain ? Math.min(2 * this.#pause, reconcilePauseMaxMillis) : reconcileIntervalMillis
  }
}
