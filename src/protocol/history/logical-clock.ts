import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_CLOCK_LEAD_MILLIS } from '../config.js'
import { MAX_OWN_CLOCK_LEAD_MILLIS } from './tuning.js'

/** The logical clock that our messages are dated with: they come after all that we have seen. */
export class LogicalClock {
  #seen: Millis = 0
  #own: Millis = 0

  /** Takes note of a clock that was seen. */
  observe(clock: Millis): void {
    this.#seen = Math.max(this.#seen, clock)
  }

  /**
   * The clock of the next message of ours, in ms: now, or just after all seen, our own included. A
   * clock that others push ahead is followed 2.5 minutes and no further, so that ours is never
   * refused for theirs. Our own is not continued once the system's was set back below it: everybody
   * would refuse what we say until the system's has caught up.
   */
  tick(wall: Millis): Millis {
    if (this.#own > wall + MAX_OWN_CLOCK_LEAD_MILLIS) this.#own = 0
    if (this.#seen > wall + MAX_CLOCK_AHEAD_MILLIS) this.#seen = 0
    const follow = Math.min(this.#seen + 1, wall + MAX_CLOCK_LEAD_MILLIS)
    this.#own = Math.floor(Math.max(wall, follow, this.#own + 1))
    return this.#own
  }
}
