import { Chain, type Chained } from '../../base/chain.js'
import { takeOut } from '../../base/take-out.js'

/** What somebody has in a queue. */
interface Share<Item> extends Chained<Share<Item>> {
  readonly owner: string
  // BOUNDED: by the queue.
  readonly items: Item[]
  bytes: number
}

/**
 * Items with their sizes, by owner: to take from whoever has most. Nothing costs more with more
 * owners.
 */
export class ByteShares<Item extends { readonly byteLength: number }> {
  // BOUNDED: by the queue, one for each owner that has something in it.
  readonly #shares = new Map<string, Share<Item>>()
  // BOUNDED: the same by size: those of 2^n to 2^(n+1) - 1 bytes at n, at most 32 chains.
  readonly #sizes: Chain<Share<Item>>[] = []

  add(owner: string, item: Item): void {
    const share = this.#shares.get(owner)
    if (share === undefined) this.#begin(owner, item)
    else {
      share.items.push(item)
      this.#resize(share, item.byteLength)
    }
  }

  /** An item of this owner has gone its way: as a rule its oldest. */
  remove(owner: string, item: Item): void {
    const share = this.#shares.get(owner)
    if (share === undefined || !takeOut(share.items, item)) return
    this.#resize(share, -item.byteLength)
    if (share.items.length === 0) this.#shares.delete(owner)
  }

  /**
   * Takes the oldest item of whoever has most, give or take a factor of two; undefined if there is
   * nothing.
   */
  takeFromLargest(): Item | undefined {
    const share = this.#sizes.findLast(shares => shares.first !== undefined)?.first
    const item = share?.items[0]
    if (share !== undefined && item !== undefined) this.remove(share.owner, item)
    return item
  }

  // Most have one item: a list that grows would hold 17 places for it.
  #begin(owner: string, item: Item): void {
    const share = { owner, items: [item], bytes: 0, before: undefined, after: undefined }
    this.#shares.set(owner, share)
    this.#resize(share, item.byteLength)
  }

  #resize(share: Share<Item>, change: number): void {
    if (share.bytes > 0) this.#sizeClass(share.bytes).delete(share)
    share.bytes += change
    if (share.bytes > 0) this.#sizeClass(share.bytes).push(share)
  }

  #sizeClass(bytes: number): Chain<Share<Item>> {
    const at = 31 - Math.clz32(bytes)
    while (this.#sizes.length <= at) this.#sizes.push(new Chain())
    return this.#sizes[at] as Chain<Share<Item>>
  }
}
