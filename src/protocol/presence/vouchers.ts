import type { IdentityKey } from '../../base/ids.js'
import { COMMON, type Payer } from './teller-shares.js'

/** Links that can be told apart, a bit each. Guess: twice as many as are there for longer than a minute. */
const MAX_VOUCHERS = 30

/** Whose links have told of whom, of those that are there. */
export class Vouchers {
  // BOUNDED: by the roster: a bit for each of them.
  readonly #told = new Map<IdentityKey, number>()
  // BOUNDED: MAX_VOUCHERS.
  readonly #bits = new Map<Payer, number>()

  /** This one has told of somebody. */
  add(identity: IdentityKey, teller: Payer): void {
    if (teller === COMMON) return
    const bit = this.#bits.get(teller) ?? this.#assign(teller)
    this.#told.set(identity, (this.#told.get(identity) ?? 0) | bit)
  }

  /** True for one that has told of anybody, and is there. */
  has(teller: Payer): boolean {
    return this.#bits.has(teller)
  }

  /** All who have told of somebody. */
  of(identity: IdentityKey): Payer[] {
    const told = this.#told.get(identity) ?? 0
    return [...this.#bits].filter(([, bit]) => (told & bit) !== 0).map(([teller]) => teller)
  }

  /** That one is gone. */
  forget(identity: IdentityKey): void {
    this.#told.delete(identity)
  }

  /** The link of this one is gone. */
  linkDown(teller: IdentityKey): void {
    this.#bits.delete(teller)
  }

  // Looks at all, once for each link that has told of somebody after its first minute.
  #assign(teller: Payer): number {
    const used = [...this.#bits.values()]
    const free = Array.from({ length: MAX_VOUCHERS }, (_, at) => 1 << at)
    const bit = free.find(each => !used.includes(each))
    if (bit === undefined) return 0
    for (const [identity, told] of this.#told) this.#told.set(identity, told & ~bit)
    this.#bits.set(teller, bit)
    return bit
  }
}
