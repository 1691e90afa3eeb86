import type { Millis } from './time.js'

/** Tokens gained per second, and how many a full bucket holds. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** A token bucket. Time is the caller's, and going backwards does no harm. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #at: Millis

  /** `tokens`: those that it has at first, of which it takes as many as fit. Default: all. */
  constructor(rate: Rate, now: Millis, tokens = rate.burst) {
    this.#rate = rate
    this.#tokens = Math.min(tokens, rate.burst)
    this.#at = now
  }

  /** True if it is as if nothing had been taken. */
  isFull(now: Millis): boolean {
    return this.tokens(now) >= this.#rate.burst
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

  /** Puts so many tokens back, as many as fit. */
  giveBack(now: Millis, count = 1): void {
    this.tokens(now)
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + count)
  }
}

/** So many messages, and so many bytes of them. */
export interface BudgetRate {
  readonly messages: Rate
  readonly bytes: Rate
}

/** How many messages, and how many bytes of them. */
export interface Amount {
  readonly messages: number
  readonly bytes: number
}

/** As much as a full budget has. */
export function burstOf({ bytes, messages }: BudgetRate): Amount {
  return { messages: messages.burst, bytes: bytes.burst }
}

/** A bucket of messages and one of bytes: a message needs a token of the one and its length in the other. */
export class Budget {
  readonly #rate: BudgetRate
  // There is one for each of tens of thousands of authors: two buckets would be twice as large.
  #messages: number
  #bytes: number
  #at: Millis

  /** `held`: what it has at first, of which it takes as much as fits. Default: all. */
  constructor(rate: BudgetRate, now: Millis, held = burstOf(rate)) {
    this.#rate = rate
    this.#messages = Math.min(held.messages, rate.messages.burst)
    this.#bytes = Math.min(held.bytes, rate.bytes.burst)
    this.#at = now
  }

  /** True if a message of so many bytes is within the budget. `weight`: as how many such messages it counts. */
  has(bytes: number, now: Millis, weight = 1): boolean {
    this.#gain(now)
    return (
      Math.floor(this.#messages) >= weight && Math.floor(this.#bytes) >= this.#cost(bytes, weight)
    )
  }

  /** True if it is as if nothing had been taken: who has none has one that is full. */
  isFull(now: Millis): boolean {
    this.#gain(now)
    const { bytes, messages } = this.#rate
    return this.#messages >= messages.burst && this.#bytes >= bytes.burst
  }

  /** Takes a message of so many bytes; false, and nothing taken, if it is over the budget. */
  take(bytes: number, now: Millis, weight = 1): boolean {
    if (!this.has(bytes, now, weight)) return false
    this.#messages -= weight
    this.#bytes -= this.#cost(bytes, weight)
    return true
  }

  // Whatever its weight, a message that would be within a full budget is.
  #cost(bytes: number, weight: number): number {
    return Math.max(bytes, Math.min(weight * bytes, this.#rate.bytes.burst))
  }

  #gain(now: Millis): void {
    const seconds = Math.max(0, now - this.#at) / 1000
    const { bytes, messages } = this.#rate
    this.#messages = Math.min(messages.burst, this.#messages + seconds * messages.perSecond)
    this.#bytes = Math.min(bytes.burst, this.#bytes + seconds * bytes.perSecond)
    this.#at = now
  }
}
