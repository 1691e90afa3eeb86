import type { IdentityKey } from '../../base/ids.js'
import { inTurn } from '../../base/in-turn.js'
import { type Payer, TellerShares } from './teller-shares.js'

/** A map with a bound that is shared fairly by who tells of what is in it. */
export class FairMap<K, V> {
  readonly #max: number
  readonly #goes: 'newest' | 'oldest'
  // BOUNDED: #max, in the order in which they came.
  readonly #entries = new Map<K, V>()
  // BOUNDED: the same keys.
  readonly #shares = new TellerShares<K>()

  /** `goes`: what of the largest share makes room, if there are more than `max` (at least 1). */
  constructor(max: number, goes: 'newest' | 'oldest') {
    this.#max = max
    this.#goes = goes
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)
  }

  /** The entry that came first. */
  first(): [K, V] | undefined {
    return this.#entries.entries().next().value
  }

  /** Adds or replaces; a replaced entry counts as new. Of these payers that one is charged which is charged with least. */
  set(key: K, value: V, payers: readonly Payer[]): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#shares.charge(key, this.#shares.leastOf(payers))
    if (this.size > this.#max) this.#makeRoom()
  }

  delete(key: K): void {
    this.#entries.delete(key)
    this.#shares.delete(key)
  }

  /** The link of this payer is gone. `payersOf`: who of the others might be charged with an entry. */
  linkDown(payer: IdentityKey, payersOf: (value: V) => readonly Payer[] = () => []): void {
    const heirsOf = (key: K) => {
      const value = this.#entries.get(key)
      return value === undefined ? [] : payersOf(value)
    }
    this.#shares.linkDown(payer, key => this.#shares.leastOf(heirsOf(key)))
  }

  /** All, the newest of each payer first, by turns of these. Costs as much as there are. */
  newestInTurn(): V[] {
    const byPayer = new Map<Payer | undefined, V[]>()
    for (const [key, value] of [...this.#entries].reverse()) {
      const payer = this.#shares.payerOf(key)
      const values = byPayer.get(payer) ?? []
      byPayer.set(payer, values)
      values.push(value)
    }
    return [...inTurn([...byPayer.values()])]
  }

  #makeRoom(): void {
    const payer = this.#shares.largest()
    if (payer === undefined) return
    const isNewest = this.#goes === 'newest'
    const key = isNewest ? this.#shares.nextOf(payer) : this.#shares.oldestOf(payer)
    if (key !== undefined) this.delete(key)
  }
}
