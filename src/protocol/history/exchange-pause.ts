import type { Millis } from '../../base/time.js'
import { RECONCILE_INTERVAL_MILLIS, RECONCILE_PAUSE_MAX_MILLIS } from './tuning.js'

/**
 * When the next exchange with a neighbour is due: one that came to its end and brought nothing doubles the pause before the
 * next. One that was broken off says nothing of what there is to get.
 */
export class ExchangePause {
  #pause: Millis = RECONCILE_INTERVAL_MILLIS
  #openedAt: Millis = Number.NEGATIVE_INFINITY
  #hasEnded = false
  #broughtSomething = false

  /** True if another exchange may be opened; `pressing`: something speaks for it that did not when the last one was. */
  isDue(pressing: boolean, now: Millis): boolean {
    return now - this.#openedAt >= (pressing ? RECONCILE_INTERVAL_MILLIS : this.#next)
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
    const wasInVain = this.#hasEnded && !this.#broughtSomething
    return wasInVain
      ? Math.min(2 * this.#pause, RECONCILE_PAUSE_MAX_MILLIS)
      : RECONCILE_INTERVAL_MILLIS
  }
}
