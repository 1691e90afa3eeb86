import type { Millis } from './time.js'

/** Tokens gained per second, and how many a full bucket holds. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** A token bucket: full at first. Time is the caller's, and going backwards does no harm. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #at: Millis

  constructor(rate: Rate, now: Millis) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** How many whole tokens there are; 0 while a debt is paid off. */
  tokens(now: Millis): number {
    const gained = (Math.max(0, now - this.#at) / 1000) * this.#rate.perSecond
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained)
    this.#at = now
    return Math.max(0, Math.floor(this.#tokens))
  }

  /** True if so many tokens are there to be taken. */
  has(now: Millis, cost = 1): boolean {
    return this.tokens(now) >= cost
  }

  /** Takes so many tokens; false, and none taken, if there are fewer. */
  take(now: Millis, cost = 1): boolean {
    if (!this.has(now, cost)) return false
    this.#tokens -= cost
    return true
  }

  /** Takes what something turned out to cost. It may leave a debt, which has to be gained back first. */
  charge(now: Millis, cost: number): void {
    this.tokens(now)
    this.#tokens -= cost
  }
}

/** So many messages, and so many bytes of them. */
export interface BudgetRate {
  readonly messages: Rate
  readonly bytes: Rate
}

/** A bucket of messages and one of bytes: a message needs a token of the one and its length in the other. */
export class Budget {
  readonly #messages: TokenBucket
  readonly #bytes: TokenBucket

  constructor({ bytes, messages }: BudgetRate, now: Millis) {
    this.#messages = new TokenBucket(messages, now)
    this.#bytes = new TokenBucket(bytes, now)
  }

  /** True if a message of so many bytes is within the budget. */
  has(bytes: number, now: Millis): boolean {
    return this.#messages.has(now) && this.#bytes.has(now, bytes)
  }

  /** Takes a message of so many bytes; false, and nothing taken, if it is over the budget. */
  take(bytes: number, now: Millis): boolean {
    if (!this.has(bytes, now)) return false
    this.#messages.take(now)
    this.#bytes.take(now, bytes)
    return true
  }
}
