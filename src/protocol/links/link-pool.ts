import { SharedBucket } from '../../base/shared-bucket.js'
import { type Rate, TokenBucket } from '../../base/token-bucket.js'
import { ByAge } from './by-age.js'
import type { Link } from './link.js'

/** What all links may cost together, and what each may whatever the others cost: while it is fresh, and later. */
export interface PoolRates {
  readonly all: Rate
  readonly fresh: Rate
  readonly grown: Rate
}

/**
 * What links may cost at once, most of it together, beside what each may in the long run: a new link for each attack gains nothing, and
 * many that were idle gain little.
 */
export function linkPool({ all, fresh, grown }: PoolRates): SharedBucket<Link> {
  const sources = new ByAge({
    all: now => new TokenBucket(all, now),
    fresh: (now, isFull) => new TokenBucket(fresh, now, isFull ? fresh.burst : 0),
    grown: now => new TokenBucket(grown, now, fresh.burst)
  })
  return new SharedBucket(sources)
}
