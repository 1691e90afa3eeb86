import type { Millis } from '../../../base/time.js'
import type { HistoryTuning } from '../tuning.js'

/**
 * When the other neighbours hear that history came: while it keeps coming ever more seldom, and a last time when it ends.
 */
export class SoonPause {
  #at: Millis = Number.NEGATIVE_INFINITY
  readonly #tuning: HistoryTuning
  #pause: Millis

  constructor(tuning: HistoryTuning) {
    this.#tuning = tuning
    this.#pause = tuning.reconcileSoonMillis
  }

  /** How long to wait from now on. */
  next(now: Millis): Millis {
    const { reconcileIntervalMillis: longest, reconcileSoonMillis } = this.#tuning
    const isNew = now - this.#at >= 2 * longest
    this.#at = now
    this.#pause = isNew ? reconcileSoonMillis : Math.min(2 * this.#pause, longest)
    return this.#pause
  }
}
