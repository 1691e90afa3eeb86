import { Recent } from './recent.js'
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

  /** True where a token is there to be taken. */
  has(now: Millis): boolean {
    const gained = (Math.max(0, now - this.#at) / 1000) * this.#rate.perSecond
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained)
    this.#at = now
    return this.#tokens >= 1
  }

  /** Takes a token; false where there is none. */
  take(now: Millis): boolean {
    if (!this.has(now)) return false
    this.#tokens -= 1
    return true
  }
}

/** A token bucket per name. A name that was forgotten for want of room starts with a full one. */
export class TokenBuckets<Name extends string> {
  readonly #rate: Rate
  readonly #buckets: Recent<Name, TokenBucket>

  /** `max`: how many names are remembered. */
  constructor(rate: Rate, max: number) {
    this.#rate = rate
    // BOUNDED: max names, the least recently used goes first.
    this.#buckets = new Recent(max)
  }

  has(name: Name, now: Millis): boolean {
    return this.#buckets.get(name)?.has(now) ?? true
  }

  take(name: Name, now: Millis): boolean {
    return this.#bucket(name, now).take(now)
  }

  #bucket(name: Name, now: Millis): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#rate, now)
    this.#buckets.set(name, bucket)
    return bucket
  }
}
