import type { Millis } from './time.js'

/** What an owner draws on: what all have in common, and what it has besides. */
export interface Drawn<B> {
  readonly all: B
  readonly own: B
}

/** Who draws on what. */
export interface Sources<Owner, B> {
  of(owner: Owner, now: Millis): Drawn<B>
}

/** Makes what all have in common, and what each has besides. */
export interface Makers<Owner, B> {
  readonly all: (now: Millis) => B
  readonly own: (owner: Owner, now: Millis) => B
}

/**
 * A bucket that several have in common, and one of each, of whatever is counted: whoever takes most does not get everything, and who has
 * many buckets gains little with each.
 */
export class InCommon<Owner extends object, B> implements Sources<Owner, B> {
  readonly #make: Makers<Owner, B>
  /** Made at the first question. */
  #all: B | undefined
  /** Goes with its owner. */
  readonly #own = new WeakMap<Owner, B>()

  constructor(make: Makers<Owner, B>) {
    this.#make = make
  }

  of(owner: Owner, now: Millis): Drawn<B> {
    this.#all ??= this.#make.all(now)
    return { all: this.#all, own: this.#own.get(owner) ?? this.#begin(owner, now) }
  }

  #begin(owner: Owner, now: Millis): B {
    const own = this.#make.own(owner, now)
    this.#own.set(owner, own)
    return own
  }
}
