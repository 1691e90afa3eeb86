import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  GRAFT_MAX_MILLIS,
  GRAFT_MILLIS,
  GRAFT_PROBE_MILLIS,
  GRAFT_RETRY_MILLIS,
  LATENESS_MILLIS,
  SHAPING_CALM_MILLIS
} from '../config.js'
import { type Answer, Trials } from './trials.js'

/** When a message may be asked for. */
export interface GraftTime {
  readonly at: Millis
  /** True where it is asked for sooner than others: to see if that helps, or because it does. */
  readonly isEarly: boolean
}

/**
 * How long what neighbours announce is waited for before it is asked for. Where pushes come late because everybody has more
 * to do than time, asking would only add to it: so the wait follows the lateness that was seen, and comes back down. Pushes
 * are late behind a break of the tree as well: so now and then a message is asked for sooner, and a quick answer tells.
 *
 * How late pushes are is seen by what all neighbours announce. Whether asking helps each shows for itself, so that whoever is
 * late on purpose with what it says itself makes nobody wait long for what others announce.
 */
export class GraftDelay {
  readonly #late = new Peak()
  readonly #vain = new Peak()
  // BOUNDED: the neighbours.
  readonly #trials = new Map<PeerKey, Trials>()

  /** Forgets a neighbour that is gone. */
  drop(peer: PeerKey): void {
    this.#trials.delete(peer)
  }

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

  /** How long what is announced now is waited for, but for what is asked for sooner. */
  first(now: Millis): Millis {
    return Math.min(Math.max(GRAFT_MILLIS, 1.5 * this.#late.at(now)), GRAFT_MAX_MILLIS)
  }

  /** When that may be asked for which this one announced then, as far as is known now. */
  time(peer: PeerKey, since: Millis, now: Millis): GraftTime {
    const patience = this.first(now)
    const mayAt = this.#trials.get(peer)?.mayAt ?? 0
    const soonest = Math.max(since + Math.min(patience, GRAFT_PROBE_MILLIS), mayAt)
    const isEarly = soonest < since + patience
    return { at: isEarly ? soonest : since + patience, isEarly }
  }

  /** This one is asked for something sooner than for the rest. */
  askedEarly(peer: PeerKey, now: Millis): void {
    this.#of(peer).asked(now)
  }

  /** One that was asked has answered. True where it may be asked for more sooner: it answers soon, so it is not busy, and asking it helps. */
  answered(peer: PeerKey, answer: Answer, now: Millis): boolean {
    const trials = this.#of(peer)
    if (!trials.answered(answer, this.#late.at(now))) return false
    // What came by another way before was late all the same.
    if (answer.isFirst) {
      this.#late.lower(answer.millis, now)
      this.#vain.lower(answer.millis, now)
    }
    return trials.helps
  }

  #of(peer: PeerKey): Trials {
    const trials = this.#trials.get(peer) ?? new Trials()
    this.#trials.set(peer, trials)
    return trials
  }

  /** The wait for an answer: never long, so that nobody gains by not answering. */
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
