import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  GRAFT_MAX_MILLIS,
  GRAFT_MILLIS,
  GRAFT_PROBE_MILLIS,
  GRAFT_PROBE_PAUSE_MILLIS,
  GRAFT_RETRY_MILLIS,
  LATENESS_MILLIS,
  SHAPING_CALM_MILLIS
} from '../config.js'

/** An answer is soon if it takes less than this share of the lateness of pushes. Guess: more than chance. */
const ANSWER_SHARE = 0.15
/** And less than this. Guess: a long way and back, and a neighbour that has nothing else to do. */
const ANSWER_SOON_MILLIS: Millis = 300
/** One that is farther away has so many times what its fastest answer took ... Guess: what a way varies by. */
const FAR_SHARE = 1.25
/** ... but no more than this. Guess: the longest way. */
const FAR_SOON_MILLIS: Millis = 1_000
/** What waits is asked for sooner after more than so many answers in a row that were soon. Measured in the simulator: after fewer, a tenth more copies where everybody is busy. */
const HURRY_AFTER = 2
/** So many messages more with each answer. Guess: soon as many as a room can say. */
const HURRY_STEP = 4

/** One more than that are tried at once, so that what is hidden in much else waits for no second turn. */
const PROBES_LEAD_MILLIS: Millis = HURRY_AFTER * GRAFT_PROBE_PAUSE_MILLIS

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
    const trials = this.#trials.get(peer)
    const mayAt = trials === undefined || trials.more > 0 ? 0 : trials.fullAt - PROBES_LEAD_MILLIS
    const soonest = Math.max(since + Math.min(patience, GRAFT_PROBE_MILLIS), mayAt)
    const isEarly = soonest < since + patience
    return { at: isEarly ? soonest : since + patience, isEarly }
  }

  /** This one is asked for something sooner than for the rest. */
  askedEarly(peer: PeerKey, now: Millis): void {
    const trials = this.#of(peer)
    if (trials.more > 0) trials.more -= 1
    else trials.fullAt = Math.max(trials.fullAt, now) + GRAFT_PROBE_PAUSE_MILLIS
  }

  /**
   * One that was asked has answered after this time. True where it may be asked for more sooner: that was soon, as some before, so it is
   * not busy, and asking it helps.
   */
  answered(peer: PeerKey, millis: Millis, now: Millis): boolean {
    const trials = this.#of(peer)
    trials.fastest = Math.min(trials.fastest, millis)
    const far = Math.min(FAR_SHARE * trials.fastest, FAR_SOON_MILLIS)
    const soon = Math.max(ANSWER_SOON_MILLIS, far)
    if (millis >= Math.min(soon, ANSWER_SHARE * this.#late.at(now))) {
      // Where nothing is late, as after one that was soon, that tells nothing about the neighbour.
      if (millis < soon && this.first(now) <= GRAFT_PROBE_MILLIS) return false
      trials.answers = 0
      trials.more = 0
      return false
    }
    this.#late.lower(millis, now)
    this.#vain.lower(millis, now)
    trials.answers += 1
    trials.more = Math.max(0, trials.answers - HURRY_AFTER) * HURRY_STEP
    return trials.more > 0
  }

  #of(peer: PeerKey): Trials {
    const trials = this.#trials.get(peer) ?? {
      fullAt: 0,
      answers: 0,
      more: 0,
      fastest: Number.POSITIVE_INFINITY
    }
    this.#trials.set(peer, trials)
    return trials
  }

  /** The wait for an answer: never long, so that nobody gains by not answering. */
  again(now: Millis): Millis {
    return Math.min(Math.max(GRAFT_RETRY_MILLIS, this.#late.at(now)), GRAFT_PROBE_MILLIS)
  }
}

/** What was seen of one neighbour that was asked sooner than others, to see if that helps. */
interface Trials {
  /** When it may be tried as often at once as one that never was. */
  fullAt: Millis
  /** How many of its answers in a row were soon. */
  answers: number
  /** So many more may be asked for sooner because of them. */
  more: number
  /** What its fastest answer took: that is the way there and back. */
  fastest: Millis
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
