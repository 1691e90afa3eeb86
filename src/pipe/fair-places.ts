/**
 * Places that keys share: when all are taken, one more of a key takes that of the oldest of the key that has most, as long as
 * that one has more all the same. So nobody keeps others out with many connections of one key.
 */
export class FairPlaces<Item> {
  readonly #max: number
  // BOUNDED: #max, by whoever asks before adding; of each key the oldest first.
  readonly #byKey = new Map<string, Set<Item>>()
  #size = 0

  constructor(max: number) {
    this.#max = max
  }

  get isFull(): boolean {
    return this.#size >= this.#max
  }

  countOf(key: string): number {
    return this.#byKey.get(key)?.size ?? 0
  }

  add(key: string, item: Item): void {
    const items = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, items.add(item))
    this.#size += 1
  }

  /** False if it is not here. */
  delete(key: string, item: Item): boolean {
    const items = this.#byKey.get(key)
    if (!items?.delete(item)) return false
    this.#size -= 1
    if (items.size === 0) this.#byKey.delete(key)
    return true
  }

  /** What has to go for one more of this key, and whose it is; undefined if nothing of others may. */
  whatGoesFor(key: string): { readonly key: string; readonly item: Item } | undefined {
    let most: string | undefined
    for (const each of this.#byKey.keys())
      if (most === undefined || this.countOf(each) > this.countOf(most)) most = each
    if (most === undefined || this.countOf(most) <= this.countOf(key) + 1) return undefined
    const [item] = this.#byKey.get(most) ?? []
    return item === undefined ? undefined : { key: most, item }
  }

  *all(): Generator<Item> {
    for (const items of this.#byKey.values()) yield* items
  }
}
