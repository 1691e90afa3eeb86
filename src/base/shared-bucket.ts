import { Beginners } from './beginners.js'
import type { Millis } from './time.js'
import { type Rate, TokenBucket } from './token-bucket.js'

/**
 * A bucket that several have in common, and a small one of each for when there is less in that: whoever asks most often does
 * not get everything.
 */
export class SharedBucket {
  readonly #rate: Rate
  readonly #ownRate: Rate
  readonly #beginners = new Beginners()
  /** Full from the first question on. */
  #common: TokenBucket | undefined
  /** Goes with its owner. */
  readonly #own = new WeakMap<object, TokenBucket>()

  /** What all have together, and what each has besides. */
  constructor(rate: Rate, ownRate: Rate) {
    this.#rate = rate
    this.#ownRate = ownRate
  }

  /** How many tokens there are for this one. */
  tokens(owner: object, now: Millis): number {
    return this.#drawnBy(owner, now).tokens(now)
  }

  /** True if there is one for this one. */
  has(owner: object, now: Millis): boolean {
    return this.tokens(owner, now) >= 1
  }

  /** Takes what something turned out to cost. It may leave a debt. */
  charge(owner: object, now: Millis, cost: number): void {
    this.#drawnBy(owner, now).charge(now, cost)
  }

  /** Puts one back: first of all into the bucket of this one, which the others do not empty. */
  giveBack(owner: object, now: Millis): void {
    const own = this.#of(owner, now)
    if (own.isFull(now)) this.#all(now).giveBack(now)
    else own.giveBack(now)
  }

  #drawnBy(owner: object, now: Millis): TokenBucket {
    const [all, own] = [this.#all(now), this.#of(owner, now)]
    return all.tokens(now) >= own.tokens(now) ? all : own
  }

  #all(now: Millis): TokenBucket {
    this.#common ??= new TokenBucket(this.#rate, now)
    return this.#common
  }

  #of(owner: object, now: Millis): TokenBucket {
    const known = this.#own.get(owner)
    if (known !== undefined) return known
    const own = new TokenBucket(this.#ownRate, now)
    if (!this.#beginners.beginsFull(now)) own.charge(now, this.#ownRate.burst)
    this.#own.set(owner, own)
    return own
  }
}
