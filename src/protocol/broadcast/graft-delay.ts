import type { Millis } from '../../base/time.js'
import {
  GRAFT_MAX_MILLIS,
  GRAFT_MILLIS,
  GRAFT_PROBE_MILLIS,
  GRAFT_RETRY_MILLIS,
  LATENESS_MILLIS,
  SHAPING_CALM_MILLIS
} from '../config.js'

/** An answer is soon if it takes less than this share of the lateness of pushes. Guess: more than chance. */
const ANSWER_SHARE = 0.25

/**
 * How long an announced message is waited for before it is asked for. Where pushes come late because everybody has more
 * to do than time, asking would only add to it: so the wait follows the lateness that was seen, and comes back down. Pushes
 * are late behind a break of the tree as well: so one message a second is asked for sooner, and a quick answer tells.
 */
export class GraftDelay {
  readonly #late = new Peak()
  readonly #vain = new Peak()

  /** A message came by itself so long after it was announced: everybody is busy, or a break of the tree was mended up the way. */
  late(millis: Millis, now: Millis): void {
    this.#late.note(millis, now)
  }

  /** A message that somebody was asked for came by itself as well, so long after it was announced: there was no break. */
  askedInVain(millis: Millis, now: Millis): void {
    this.#late.note(millis, now)
    this.#vain.note(millis, now)
  }

  /** True where nothing was asked for in vain of late: then a message that comes because it was asked for shows a break. */
  isCalm(now: Millis): boolean {
    return this.#vain.at(now) < SHAPING_CALM_MILLIS
  }

  /** The wait for a message that is announced now. */
  first(now: Millis): Millis {
    return Math.min(Math.max(GRAFT_MILLIS, 1.5 * this.#late.at(now)), GRAFT_MAX_MILLIS)
  }

  /** The wait for the one message that is asked for to see if asking helps. */
  probe(now: Millis): Millis {
    return Math.min(this.first(now), GRAFT_PROBE_MILLIS)
  }

  /** Somebody who was asked has answered after this time. True if that is soon: not everybody is busy, and asking helps. */
  answered(millis: Millis, now: Millis): boolean {
    if (millis >= ANSWER_SHARE * this.#late.at(now)) return false
    this.#late.lower(millis, now)
    this.#vain.lower(millis, now)
    return true
  }

  /** The wait for the answer of somebody who is asked now: never long, so that nobody gains by not answering. */
  again(now: Millis): Millis {
    return Math.min(Math.max(GRAFT_RETRY_MILLIS, this.#late.at(now)), GRAFT_PROBE_MILLIS)
  }
}

/** The greatest of some times, forgotten by and by. */
class Peak {
  #height: Millis = 0
  #since: Millis = 0

  note(height: Millis, now: Millis): void {
    this.#height = Math.max(this.at(now), height)
    this.#since = now
  }

  /** It was less than that. */
  lower(height: Millis, now: Millis): void {
    this.#height = Math.min(this.at(now), height)
    this.#since = now
  }

  at(now: Millis): Millis {
    return this.#height * Math.exp(Math.min(0, this.#since - now) / LATENESS_MILLIS)
  }
}
