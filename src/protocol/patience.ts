import {
  GRAFT_MAX_MILLIS,
  GRAFT_MILLIS,
  GRAFT_RETRY_MILLIS,
  LATENESS_MILLIS,
  type Millis
} from './config.js'

/**
 * How long an announced message is waited for before it is asked for. Where pushes come late because everybody has more
 * to do than time, asking would only add to it: so the wait follows the lateness that was seen, and comes back down.
 */
export class Patience {
  #lateness: Millis = 0
  #at: Millis = 0

  /** A message came by itself so long after it was announced, or after all, though it had been asked for. */
  late(millis: Millis, now: Millis): void {
    this.#lateness = Math.max(this.#decayed(now), millis)
    this.#at = now
  }

  /** The wait for a message that is announced now. */
  first(now: Millis): Millis {
    return Math.min(Math.max(GRAFT_MILLIS, 2 * this.#decayed(now)), GRAFT_MAX_MILLIS)
  }

  /** The wait for the answer of somebody who is asked now. */
  again(now: Millis): Millis {
    return Math.min(Math.max(GRAFT_RETRY_MILLIS, this.#decayed(now)), GRAFT_MAX_MILLIS)
  }

  #decayed(now: Millis): Millis {
    return this.#lateness * Math.exp(Math.min(0, this.#at - now) / LATENESS_MILLIS)
  }
}
