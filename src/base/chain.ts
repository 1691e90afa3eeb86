/** What can be in a chain: in one at a time. */
export interface Chained<T> {
  before: T | undefined
  after: T | undefined
}

/**
 * First in, first out, and any item may leave before that. A set does the same, and is made anew again and again as items come
 * and go. BOUNDED: by the owner.
 */
export class Chain<T extends Chained<T>> implements Iterable<T> {
  #first: T | undefined
  #last: T | undefined

  /** What came first; undefined if there is nothing. */
  get first(): T | undefined {
    return this.#first
  }

  /** Adds an item that is in no chain. */
  push(item: T): void {
    item.before = this.#last
    if (this.#last === undefined) this.#first = item
    else this.#last.after = item
    this.#last = item
  }

  /** Removes an item that is in this chain. What is gone holds on to nothing that is still there. */
  delete(item: T): void {
    const { after, before } = item
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    item.before = undefined
    item.after = undefined
  }

  /** From the first to the last. */
  *[Symbol.iterator](): Generator<T> {
    for (let item = this.#first; item !== undefined; item = item.after) yield item
  }
}
