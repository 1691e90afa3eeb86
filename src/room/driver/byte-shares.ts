import { SizeClasses, type Sized } from '../../base/size-classes.js'
import { takeOut } from '../../base/take-out.js'

/** What somebody has in a queue; its size is that in bytes. */
interface Share<Item> extends Sized<Share<Item>> {
  readonly owner: string
  // BOUNDED: by the queue.
  readonly items: Item[]
}

/**
 * Items with their sizes, by owner: to take from whoever has most. Nothing costs more with more
 * owners.
 */
export class ByteShares<Item extends { readonly byteLength: number }> {
  // BOUNDED: by the queue, one for each owner that has something in it.
  readonly #shares = new Map<string, Share<Item>>()
  // BOUNDED: the same.
  readonly #sizes = new SizeClasses<Share<Item>>()

  add(owner: string, item: Item): void {
    const share = this.#shares.get(owner)
    if (share === undefined) this.#begin(owner, item)
    else {
      share.items.push(item)
      this.#sizes.resize(share, item.byteLength)
    }
  }

  /** An item of this owner has gone its way: as a rule its oldest. */
  remove(owner: string, item: Item): void {
    const share = this.#shares.get(owner)
    if (share === undefined || !takeOut(share.items, item)) return
    this.#sizes.resize(share, -item.byteLength)
    if (share.items.length === 0) this.#shares.delete(owner)
  }

  /**
   * Takes the oldest item of whoever has most, give or take a factor of two; undefined if there is
   * nothing.
   */
  takeFromLargest(): Item | undefined {
    const share = this.#sizes.largest
    const item = share?.items[0]
    if (share !== undefined && item !== undefined) this.remove(share.owner, item)
    return item
  }

  // Most have one item: a list that grows would hold 17 places for it.
  #begin(owner: string, item: Item): void {
    const share = { owner, items: [item], size: 0, before: undefined, after: undefined }
    this.#shares.set(owner, share)
    this.#sizes.resize(share, item.byteLength)
  }
}
