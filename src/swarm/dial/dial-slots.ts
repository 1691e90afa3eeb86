import type { Millis } from '../../base/time.js'

/** Dials that a burst begins with. Guess, as in Hyperswarm; with 8 the first connections of 64 peers wait for all handshakes. */
const FIRST_SLOTS = 3
/** Fewest while others are slow. */
const LEAST_SLOTS = 2
/** One more this often while nothing opens: the first ones may be dead. Guess. */
const PAUSE_MILLIS: Millis = 50
/** Not where we come so much too late to add one: we are busy. Guess. */
const LATE_MILLIS: Millis = 20
/** A dial that took so long, and so many times as long as the fastest one, was slow. Guess: far peers are not as far. */
const SLOW_MILLIS: Millis = 250
const SLOW_FACTOR = 3
/** Most that {@link DialSlots.pace} says. */
const LONGEST_PACE_MILLIS: Millis = 1_000
/** A dial may take so many times as long as they take lately. Guess. */
const PACES = 2
/** ... or as we come too late. Guess: three round trips, with a turn at either end of each, and some more. */
const LATENESSES = 8
/** Most that {@link DialSlots.slowness} says. Guess: as long as hyperdht waits for a dead peer. */
const SLOWEST_MILLIS: Millis = 8_000
/** Later than this we do not come because the machine is busy: it slept. */
const LATEST_MILLIS: Millis = SLOWEST_MILLIS / LATENESSES
/** That we come late, or dials take long, is forgotten by half in this time: one who answers late is to delay others for a moment. Guess: some turns of a busy machine. */
const FORGET_MILLIS: Millis = 1_000

/**
 * How many dials may hold a slot at a time: few when a burst begins, so that the first handshakes do not wait for those of
 * all the others; more as they open or take their time, and fewer where they open slowly, for then somebody is
 * busy with handshakes.
 */
export class DialSlots {
  readonly #most: number
  #count: number
  #changedAt: Millis = Number.NEGATIVE_INFINITY
  #fastest: Millis = Number.POSITIVE_INFINITY
  #pace: Millis = 0
  #openedAt: Millis = 0
  /** When we mean to come back. */
  #backAt: Millis = Number.POSITIVE_INFINITY
  #late: Millis = 0
  #lateAt: Millis = 0

  constructor(most: number) {
    this.#most = most
    this.#count = Math.min(FIRST_SLOTS, most)
  }

  /** How many there are now, where so many are in use. */
  count(inUse: number, now: Millis): number {
    const late = now - this.#changedAt - PAUSE_MILLIS
    if (inUse === 0) this.#set(FIRST_SLOTS, now)
    else if (late >= LATE_MILLIS) this.#changedAt = now
    else if (late >= 0) this.#set(this.#count + 1, now)
    return this.#count
  }

  /** When there may be more by themselves, where they are all in use; undefined where there will not. */
  get moreAt(): Millis | undefined {
    return this.#count < this.#most ? this.#changedAt + PAUSE_MILLIS : undefined
  }

  /** How long dials take: about as long as lately, in milliseconds. */
  get pace(): Millis {
    return this.#pace
  }

  /** We mean to come back then; undefined: when something happens. */
  comeBackAt(at: Millis | undefined, now: Millis): void {
    this.#backAt = Math.max(now, at ?? Number.POSITIVE_INFINITY)
  }

  /** We have come: if that is later than we meant to, the machine is busy. */
  came(now: Millis): void {
    this.#late = Math.min(Math.max(now - this.#backAt, this.#lateness(now)), LATEST_MILLIS)
    this.#lateAt = now
    this.#backAt = Number.POSITIVE_INFINITY
  }

  /** How long a dial to somebody who answers at once may take, as things are: 0 if there is no sign that it may take long. */
  slowness(now: Millis): Millis {
    const pace = left(this.#pace, now - this.#openedAt)
    return Math.max(PACES * pace, LATENESSES * this.#lateness(now))
  }

  #lateness(now: Millis): Millis {
    return left(this.#late, now - this.#lateAt)
  }

  /** A dial that took so long has led to a connection. */
  opened(took: Millis, now: Millis): void {
    this.#fastest = Math.min(this.#fastest, took)
    this.#pace = Math.min((this.#pace + took) / 2, LONGEST_PACE_MILLIS)
    this.#openedAt = now
    const slow = took > SLOW_MILLIS && took > SLOW_FACTOR * this.#fastest
    this.#set(this.#count + (slow ? -1 : 1), now)
  }

  #set(count: number, now: Millis): void {
    this.#count = Math.min(Math.max(count, LEAST_SLOTS), this.#most)
    this.#changedAt = now
  }
}

/** What is not forgotten yet of so much, so long after it. */
function left(millis: Millis, after: Millis): Millis {
  return millis * 0.5 ** (Math.max(0, after) / FORGET_MILLIS)
}
