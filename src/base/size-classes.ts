import { Chain, type Chained } from './chain.js'

/** Something of a size, which only {@link SizeClasses} changes. */
export interface Sized<T> extends Chained<T> {
  size: number
}

/**
 * Things by their size, give or take a factor of two: those of 2^n to 2^(n+1) - 1 at n. Nothing costs more with more of them. BOUNDED: by the
 * owner; those of size 0 are not in it.
 */
export class SizeClasses<T extends Sized<T>> {
  // BOUNDED: 32.
  readonly #classes: Chain<T>[] = []

  /** One of those that are largest: of several of one class the one that came into it first. Undefined if there is none. */
  get largest(): T | undefined {
    return this.#classes.findLast(({ first }) => first !== undefined)?.first
  }

  /** Makes it larger or smaller by so much; one that had no size is here from now on. */
  resize(sized: T, change: number): void {
    if (sized.size > 0) this.#classOf(sized.size).delete(sized)
    sized.size += change
    if (sized.size > 0) this.#classOf(sized.size).push(sized)
  }

  #classOf(size: number): Chain<T> {
    const at = 31 - Math.clz32(size)
    while (this.#classes.length <= at) this.#classes.push(new Chain())
    return this.#classes[at] as Chain<T>
  }
}
