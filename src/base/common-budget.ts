import type { Millis } from './time.js'
import { type Rate, TokenBucket } from './token-bucket.js'

/** One alone may take so many times what is left then: four fifths of all. Guess: few are in need at the same time. */
const SHARE = 4

/**
 * What several have in common, beside what each of them has: each may take as long as it has taken less than SHARE times
 * what is left. So one alone gets most of it, and whoever comes next finds some, whatever the others took (dynamic
 * thresholds: Choudhury and Hahne, 1998).
 */
export class CommonBudget {
  readonly #rate: Rate
  /** Full from the first question on. */
  #left: TokenBucket | undefined
  /** What each may still take, if that were all that bounds it. Goes with its owner. */
  readonly #owners = new WeakMap<object, TokenBucket>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** True if this one may take something. */
  has(owner: object, now: Millis): boolean {
    const taken = this.#rate.burst - this.#of(owner, now).tokens(now)
    return taken < SHARE * this.#all(now).tokens(now)
  }

  /** Takes one; false, and nothing taken, if this one may not. */
  take(owner: object, now: Millis): boolean {
    if (!this.has(owner, now)) return false
    this.charge(owner, now, 1)
    return true
  }

  /** Takes what something turned out to cost. It may leave a debt. */
  charge(owner: object, now: Millis, cost: number): void {
    this.#all(now).charge(now, cost)
    this.#of(owner, now).charge(now, cost)
  }

  #all(now: Millis): TokenBucket {
    this.#left ??= new TokenBucket(this.#rate, now)
    return this.#left
  }

  #of(owner: object, now: Millis): TokenBucket {
    const known = this.#owners.get(owner)
    if (known !== undefined) return known
    const fresh = new TokenBucket(this.#rate, now)
    this.#owners.set(owner, fresh)
    return fresh
  }
}
