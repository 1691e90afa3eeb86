import { SharedBucket } from '../../base/shared-bucket.js'
import type { Millis } from '../../base/time.js'
import type { Rate } from '../../base/token-bucket.js'
import type { Link } from './link.js'

/** What all links may cost together, and what each may whatever the others cost: while it is fresh, and later. */
export interface PoolRates {
  readonly all: Rate
  readonly fresh: Rate
  readonly grown: Rate
}

/**
 * What links may cost at once, most of it together, beside what each may in the long run: a new link for each attack gains nothing, and
 * many that were idle gain little. Fresh links have theirs apart, so none that was just made uses up anything of the others.
 */
export class LinkPool {
  readonly #fresh: SharedBucket
  readonly #grown: SharedBucket

  constructor({ all, fresh, grown }: PoolRates) {
    this.#fresh = new SharedBucket(all, fresh)
    this.#grown = new SharedBucket(all, grown)
  }

  /** How many tokens there are for this link. */
  tokens(link: Link, now: Millis): number {
    return this.#of(link, now).tokens(link, now)
  }

  /** True if there is one for this link. */
  has(link: Link, now: Millis): boolean {
    return this.#of(link, now).has(link, now)
  }

  /** Takes what something turned out to cost. It may leave a debt. */
  charge(link: Link, now: Millis, cost: number): void {
    this.#of(link, now).charge(link, now, cost)
  }

  /** Puts one back: first of all for this link. */
  giveBack(link: Link, now: Millis): void {
    this.#of(link, now).giveBack(link, now)
  }

  #of(link: Link, now: Millis): SharedBucket {
    return link.isFresh(now) ? this.#fresh : this.#grown
  }
}
