/** First and longest pause before something that crashed is started again, in ms; doubled every time. Guess. */
const FIRST_MILLIS = 1_000
const LONGEST_MILLIS = 60_000
/** What ran this long, in ms, was well. Guess. */
const WELL_MILLIS = 60_000

/** How long to wait before something is started again. */
export class Backoff {
  #pause = FIRST_MILLIS

  /** After a crash, or a failed start: `ran` is how long it had run, in ms. */
  next(ran: number): number {
    if (ran >= WELL_MILLIS) this.#pause = FIRST_MILLIS
    const pause = this.#pause
    this.#pause = Math.min(LONGEST_MILLIS, 2 * pause)
    return pause
  }
}
