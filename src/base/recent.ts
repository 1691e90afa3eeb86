/**
 * A map that forgets its oldest entries, in constant time and without memory set aside beforehand:
 * two generations, of which the older is dropped when the younger is full.
 */
export class Recent<K, V> {
  readonly #half: number
  // BOUNDED: each generation holds at most half of `max`.
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  /** Keeps at least the newest `max / 2` entries and never more than `max` (at least 2). */
  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2))
  }

  /** Entries held, at most `max`. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  has(key: K): boolean {
    return this.#young.has(key) || this.#old.has(key)
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  /** Adds or replaces; a replaced entry counts as new. */
  set(key: K, value: V): void {
    this.#old.delete(key)
    this.#young.set(key, value)
    if (this.#young.size < this.#half) return
    this.#old = this.#young
    this.#young = new Map()
  }

  delete(key: K): boolean {
    return this.#young.delete(key) || this.#old.delete(key)
  }

  /** Oldest first. */
  *entries(): Generator<[K, V]> {
    yield* this.#old
    yield* this.#young
  }
}
