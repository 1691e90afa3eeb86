import type { Millis } from './time.js'
import { TokenBucket } from './token-bucket.js'

/** A crowd that comes at once, and then so many a second. Guess: hardly anybody comes that often. */
const RATE = { perSecond: 1, burst: 64 } as const

/**
 * Who begins with a bucket that is full, and who with an empty one: whoever comes as somebody else again and again, for keys and links
 * are free, is to gain little.
 */
export class Beginners {
  /** Full from the first one on. */
  #full: TokenBucket | undefined

  /** Whether one more begins with a full bucket. */
  beginsFull(now: Millis): boolean {
    this.#full ??= new TokenBucket(RATE, now)
    return this.#full.take(now)
  }
}
