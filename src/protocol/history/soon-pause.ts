import type { Millis } from '../../base/time.js'
import { RECONCILE_SOON_MAX_MILLIS, RECONCILE_SOON_MILLIS } from './tuning.js'

/**
 * When the other neighbours hear that history came: while it keeps coming ever more seldom, and a last time when it ends.
 */
export class SoonPause {
  #at: Millis = Number.NEGATIVE_INFINITY
  #pause: Millis = RECONCILE_SOON_MILLIS

  /** How long to wait from now on. */
  next(now: Millis): Millis {
    const isNew = now - this.#at >= 2 * RECONCILE_SOON_MAX_MILLIS
    this.#at = now
    this.#pause = isNew
      ? RECONCILE_SOON_MILLIS
      : Math.min(2 * this.#pause, RECONCILE_SOON_MAX_MILLIS)
    return this.#pause
  }
}
