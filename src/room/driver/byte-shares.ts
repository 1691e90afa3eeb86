/** What somebody has in a queue. */
interface Share<Item> {
  readonly owner: string
  // BOUNDED: by the queue.
  readonly items: Set<Item>
  bytes: number
}

/**
 * Items with their sizes, by owner: to take from whoever has most. Nothing costs more with more
 * owners.
 */
export class ByteShares<Item extends { readonly byteLength: number }> {
  // BOUNDED: by the queue, one for each owner that has something in it.
  readonly #shares = new Map<string, Share<Item>>()
  // BOUNDED: the same by size: those of 2^n to 2^(n+1) - 1 bytes at n, at most 32 sets.
  readonly #sizes: Set<Share<Item>>[] = []

  add(owner: string, item: Item): void {
    const share = this.#shares.get(owner) ?? { owner, items: new Set(), bytes: 0 }
    this.#shares.set(owner, share)
    share.items.add(item)
    this.#resize(share, item.byteLength)
  }

  /** An item of this owner has gone its way. */
  remove(owner: string, item: Item): void {
    const share = this.#shares.get(owner)
    if (!share?.items.delete(item)) return
    this.#resize(share, -item.byteLength)
    if (share.items.size === 0) this.#shares.delete(owner)
  }

  /**
   * Takes the oldest item of whoever has most, give or take a factor of two; undefined if there is
   * nothing.
   */
  takeFromLargest(): Item | undefined {
    const largest = this.#sizes.findLast(shares => shares.size > 0)
    const [share] = largest ?? []
    const [item] = share?.items ?? []
    if (share !== undefined && item !== undefined) this.remove(share.owner, item)
    return item
  }

  #resize(share: Share<Item>, change: number): void {
    this.#sizeClass(share.bytes).delete(share)
    share.bytes += change
    if (share.bytes > 0) this.#sizeClass(share.bytes).add(share)
  }

  #sizeClass(bytes: number): Set<Share<Item>> {
    const at = 31 - Math.clz32(Math.max(1, bytes))
    while (this.#sizes.length <= at) this.#sizes.push(new Set())
    return this.#sizes[at] ?? new Set()
  }
}
