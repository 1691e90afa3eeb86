import { Beginners } from './beginners.js'
import { type Drawn, InCommon, type Sources } from './in-common.js'
import type { Millis } from './time.js'
import { type Rate, TokenBucket } from './token-bucket.js'

/** A bucket that several have in common, and a small one of each for when there is less in that. */
export class SharedBucket<Owner extends object = object> {
  readonly #sources: Sources<Owner, TokenBucket>

  constructor(sources: Sources<Owner, TokenBucket>) {
    this.#sources = sources
  }

  /** One of which all have so much together, and each so much besides. */
  static of(all: Rate, own: Rate): SharedBucket {
    const beginners = new Beginners()
    const sources = new InCommon<object, TokenBucket>({
      all: now => new TokenBucket(all, now),
      own: (_, now) => new TokenBucket(own, now, beginners.beginsFull(now) ? own.burst : 0)
    })
    return new SharedBucket(sources)
  }

  /** How many tokens there are for this one. */
  tokens(owner: Owner, now: Millis): number {
    return fuller(this.#sources.of(owner, now), now).tokens(now)
  }

  /** True if there is one for this one. */
  has(owner: Owner, now: Millis): boolean {
    return this.tokens(owner, now) >= 1
  }

  /** Takes what something turned out to cost. It may leave a debt. */
  charge(owner: Owner, now: Millis, cost: number): void {
    fuller(this.#sources.of(owner, now), now).charge(now, cost)
  }

  /** Puts one back: first of all into the bucket of this one, which the others do not empty. */
  giveBack(owner: Owner, now: Millis): void {
    const { all, own } = this.#sources.of(owner, now)
    const bucket = own.isFull(now) ? all : own
    bucket.giveBack(now)
  }
}

function fuller({ all, own }: Drawn<TokenBucket>, now: Millis): TokenBucket {
  return all.tokens(now) >= own.tokens(now) ? all : own
}
