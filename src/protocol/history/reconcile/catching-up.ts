import type { MessageId } from '../../../base/ids.js'
import type { Millis } from '../../../base/time.js'
import { MAX_WANTED_IDS } from '../tuning.js'

/** Who lacks fewer is told nothing: they are here at once. Guess: two screenfuls. */
const MIN_TOTAL = 100
/** Progress is told so often. Guess: as often as somebody reads it. */
const TELL_MILLIS: Millis = 500
/** What is found missing so long after the last of it came is another matter. Guess: a few exchanges. */
const EPISODE_MILLIS: Millis = 10_000

/** How far we are with history that we lack. */
export interface Progress {
  /** So many have come. */
  readonly have: number
  /** Of so many that we are known to have lacked: more may be found. */
  readonly total: number
}

/** Counts the history that is found to be missing, and what of it has come. */
export class CatchingUp {
  // BOUNDED: MAX_WANTED_IDS; further ones are counted with the next exchange.
  readonly #missing = new Set<MessageId>()
  #have = 0
  #toldAt: Millis = Number.NEGATIVE_INFINITY
  #newsAt: Millis = Number.NEGATIVE_INFINITY
  #isTold = false

  /** These are missing. */
  found(ids: readonly MessageId[], now: Millis): void {
    if (ids.length === 0) return
    if (now - this.#newsAt >= EPISODE_MILLIS) this.#begin()
    this.#newsAt = now
    for (const id of ids) if (this.#missing.size < MAX_WANTED_IDS) this.#missing.add(id)
  }

  /** This one came. Gives what is to be told now; `isKnown`: of what has come another way. */
  came(id: MessageId, now: Millis, isKnown: (id: MessageId) => boolean): Progress | undefined {
    if (!this.#missing.delete(id)) return undefined
    this.#have += 1
    this.#newsAt = now
    const isDue = now - this.#toldAt >= TELL_MILLIS
    if (!isDue && this.#missing.size > 0) return undefined
    if (this.#have + this.#missing.size < MIN_TOTAL && !this.#isTold) return undefined
    this.#forgetKnown(isKnown)
    this.#toldAt = now
    this.#isTold = true
    return { have: this.#have, total: this.#have + this.#missing.size }
  }

  #begin(): void {
    this.#missing.clear()
    this.#have = 0
    this.#isTold = false
  }

  #forgetKnown(isKnown: (id: MessageId) => boolean): void {
    for (const id of this.#missing) {
      if (!isKnown(id)) continue
      this.#missing.delete(id)
      this.#have += 1
    }
  }
}
