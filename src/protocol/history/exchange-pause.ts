import type { Millis } from '../../base/time.js'
import { RECONCILE_INTERVAL_MILLIS, RECONCILE_PAUSE_MAX_MILLIS } from '../config.js'

/** When the next exchange with a neighbour is due: one that brought nothing doubles the pause before the next. */
export class ExchangePause {
  #pause: Millis = RECONCILE_INTERVAL_MILLIS
  #openedAt: Millis = Number.NEGATIVE_INFINITY
  #broughtSomething = true

  /** True if another exchange may be opened; `pressing`: something speaks for it that did not when the last one was. */
  isDue(pressing: boolean, now: Millis): boolean {
    const pause = pressing || this.#broughtSomething ? RECONCILE_INTERVAL_MILLIS : this.#next
    return now - this.#openedAt >= pause
  }

  /** An exchange is opened. */
  opened(now: Millis): void {
    this.#pause = this.#broughtSomething ? RECONCILE_INTERVAL_MILLIS : this.#next
    this.#openedAt = now
    this.#broughtSomething = false
  }

  /** Something came of the last exchange, for one of the two. */
  brought(): void {
    this.#broughtSomething = true
  }

  get #next(): Millis {
    return Math.min(2 * this.#pause, RECONCILE_PAUSE_MAX_MILLIS)
  }
}
