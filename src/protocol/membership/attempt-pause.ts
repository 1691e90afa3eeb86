import { jitter } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'

/** A pause between attempts that doubles with every failure, up to a limit, and starts small after a success. */
export class AttemptPause {
  readonly #first: Millis
  readonly #longest: Millis
  readonly #random: Random
  #span: Millis
  #until: Millis = 0

  constructor(first: Millis, longest: Millis, random: Random) {
    this.#first = first
    this.#longest = longest
    this.#random = random
    this.#span = first
  }

  isOver(now: Millis): boolean {
    return now >= this.#until
  }

  succeeded(): void {
    this.#span = this.#first
  }

  failed(now: Millis): void {
    this.#until = now + jitter(this.#span, this.#random)
    this.#span = Math.min(this.#span * 2, this.#longest)
  }

  /** Begins a pause without judging the attempt. */
  begin(now: Millis): void {
    this.#until = now + jitter(this.#span, this.#random)
  }
}
