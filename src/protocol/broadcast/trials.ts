import type { Millis } from '../../base/time.js'
import { GRAFT_PROBE_PAUSE_MILLIS } from '../config.js'

/** What waits is asked for sooner after more than so many answers in a row that were soon. Measured in the simulator: after fewer, a tenth more copies where everybody is busy. */
const HURRY_AFTER = 2
/** So many messages more with each answer. Guess: soon as many as a room can say. */
const HURRY_STEP = 4
/** One more than that are tried at once, so that what is hidden in much else waits for no second turn. */
const LEAD_MILLIS: Millis = HURRY_AFTER * GRAFT_PROBE_PAUSE_MILLIS

/** An answer is soon if it takes less than this share of the lateness of pushes. Guess: more than chance. */
const ANSWER_SHARE = 0.15
/** And less than this. Guess: a way and back, and a neighbour that has nothing else to do. */
const SOON_MILLIS: Millis = 300
/** One that is farther away has so many times what its fastest answer took ... Guess: what a way varies by. */
const FAR_SHARE = 1.25
/** ... but no more than this. Guess: the longest way. */
const FAR_SOON_MILLIS: Millis = 1_000
/** After so many answers it is known to be far away ... Guess: more than come late by chance. */
const KNOWN_AFTER = 8
/** ... and this share of the lateness is soon. Guess: no more than anybody is to wait. */
const FAR_ANSWER_SHARE = 0.3

/**
 * What an answer weighs that another copy came before: it did not help, but would have, had that one been later. Measured in the
 * simulator: with 1, a fifteenth more copies where everybody is busy.
 */
const SECOND_WEIGHT = 1 / 3

/** An answer of somebody who was asked for a message. */
export interface Answer {
  /** What it took. */
  readonly millis: Millis
  /** True where the message was new with it; false where another one had sent it a moment before. */
  readonly isFirst: boolean
}

/** What was seen of one neighbour that was asked sooner than others, to see if that helps. */
export class Trials {
  /** When it may be tried as often at once as one that never was. */
  #fullAt: Millis = 0
  /** What its answers weigh since one was not soon. */
  #weight = 0
  /** So many more may be asked for sooner because of them. */
  #more = 0
  /** How many answers there were. */
  #answers = 0
  /** What its fastest answer took: that is the way there and back. */
  #fastest: Millis = Number.POSITIVE_INFINITY

  /** True while its answers show that asking it helps. */
  get helps(): boolean {
    return this.#more > 0
  }

  /** From when on it may be asked for something sooner than for the rest. */
  get mayAt(): Millis {
    return this.helps ? 0 : this.#fullAt - LEAD_MILLIS
  }

  /** It is asked for something sooner than for the rest. */
  asked(now: Millis): void {
    if (this.helps) this.#more -= 1
    else this.#fullAt = Math.max(this.#fullAt, now) + GRAFT_PROBE_PAUSE_MILLIS
  }

  /** It has answered, while pushes are late by `late`. True where that was soon: then it is not busy, as who pushes seems to be. */
  answered({ isFirst, millis }: Answer, late: Millis): boolean {
    this.#answers += 1
    this.#fastest = Math.min(this.#fastest, millis)
    if (millis >= this.#soon) {
      this.#weight = 0
      this.#more = 0
      return false
    }
    // Where pushes are hardly later than that, it tells nothing about the neighbour.
    if (millis >= this.#share * late) return false
    this.#weight += isFirst ? 1 : SECOND_WEIGHT
    this.#more = Math.floor(Math.max(0, this.#weight - HURRY_AFTER) * HURRY_STEP)
    return true
  }

  get #soon(): Millis {
    return Math.max(SOON_MILLIS, Math.min(FAR_SHARE * this.#fastest, FAR_SOON_MILLIS))
  }

  get #share(): number {
    const isFar = this.#answers >= KNOWN_AFTER && FAR_SHARE * this.#fastest > SOON_MILLIS
    return isFar ? FAR_ANSWER_SHARE : ANSWER_SHARE
  }
}
