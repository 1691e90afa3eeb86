import TinyQueue from 'tinyqueue'
import type { IdentityKey } from '../../base/ids.js'
import { inTurn } from '../../base/in-turn.js'

/** Charged with what no link tells of any more, and with what only links have told of that came just now. */
export const COMMON = 'common'
/** Charged with those who had a link of their own for a minute, which is gone. */
export const ONCE_LINKED = 'once linked'
/** Who is charged with something: whose link tells of it, or one of these two. */
export type Payer = IdentityKey | typeof COMMON | typeof ONCE_LINKED

/** What something is charged as. */
interface Charged {
  /** True if one link alone has told of it. Default: false. */
  readonly isHearsay?: boolean
  /** How much it takes. Default: 1. */
  readonly weight?: number
  /** The later it came, the greater. Default: later than all that was charged before. */
  readonly order?: number
}

interface Charge<K> extends Required<Charged> {
  readonly key: K
  weight: number
  share: Share<K>
}

/** Charges that are no longer are thrown out of a queue when there are so many more than others. Guess: seldom. */
const STALE_CHARGES = 64

/** What one payer is charged with. */
class Share<K> {
  readonly payer: Payer
  weight = 0
  // BOUNDED: by the owner of the shares: hearsay, and the others, in the order in which they came to this payer.
  readonly #hearsay = new Set<Charge<K>>()
  readonly #others = new Set<Charge<K>>()
  /** The newest is on top; what is no longer here is passed over. */
  #queue = new TinyQueue<Charge<K>>([], compareCharges)

  constructor(payer: Payer) {
    this.payer = payer
  }

  get size(): number {
    return this.#hearsay.size + this.#others.size
  }

  /** Hearsay, or the others, in the order in which they came to this payer. */
  charges(isHearsay: boolean): Set<Charge<K>> {
    return isHearsay ? this.#hearsay : this.#others
  }

  all(): Charge<K>[] {
    return [...this.#hearsay, ...this.#others]
  }

  add(charge: Charge<K>): void {
    charge.share = this
    this.charges(charge.isHearsay).add(charge)
    this.weight += charge.weight
    if (this.#queue.length > 2 * this.size + STALE_CHARGES) this.#tidy()
    else this.#queue.push(charge)
  }

  delete(charge: Charge<K>): void {
    this.charges(charge.isHearsay).delete(charge)
    this.weight -= charge.weight
  }

  /** What goes next: the newest. */
  next(): K | undefined {
    let next = this.#queue.peek()
    while (next !== undefined && !this.charges(next.isHearsay).has(next)) {
      this.#queue.pop()
      next = this.#queue.peek()
    }
    return next?.key
  }

  #tidy(): void {
    this.#queue = new TinyQueue(this.all(), compareCharges)
  }
}

/**
 * Something that is bounded, shared fairly by who tells of it: identities cost nothing, links do. The newest of the largest
 * share goes first, so that nobody who was here before goes for those whom the same link tells of later.
 *
 * What is done for one costs O(log n); finding the largest share as much as there are payers: links, and two. BOUNDED: by the
 * owner of this, who takes out as much as is too much.
 */
export class TellerShares<K> {
  readonly #charges = new Map<K, Charge<K>>()
  readonly #shares = new Map<Payer, Share<K>>()
  #count = 0

  /** How many payers are charged with anything. */
  get payerCount(): number {
    return this.#shares.size
  }

  /** Who is charged with this; undefined if nobody is. */
  payerOf(key: K): Payer | undefined {
    return this.#charges.get(key)?.share.payer
  }

  /** How much this takes. */
  weightOf(key: K): number {
    return this.#charges.get(key)?.weight ?? 0
  }

  /** How much this payer is charged with. */
  totalOf(payer: Payer): number {
    return this.#shares.get(payer)?.weight ?? 0
  }

  /** Charges this payer, and nobody else any more. */
  charge(key: K, payer: Payer, charged: Charged = {}): void {
    this.delete(key)
    this.#count += 1
    const { isHearsay = false, order = this.#count, weight = 1 } = charged
    const share = this.#shareOf(payer)
    const charge = { key, order, isHearsay, weight, share }
    this.#charges.set(key, charge)
    share.add(charge)
  }

  /** This is hearsay no longer; it is as old as it was. */
  confirm(key: K): void {
    const charge = this.#charges.get(key)
    if (charge === undefined) return
    const kept = { ...charge, isHearsay: false }
    charge.share.delete(charge)
    this.#charges.set(key, kept)
    kept.share.add(kept)
  }

  /** This takes so much more, or less. */
  weigh(key: K, more: number): void {
    const charge = this.#charges.get(key)
    if (charge === undefined) return
    charge.weight += more
    charge.share.weight += more
  }

  delete(key: K): void {
    const charge = this.#charges.get(key)
    if (charge === undefined) return
    this.#charges.delete(key)
    charge.share.delete(charge)
    if (charge.share.size === 0) this.#shares.delete(charge.share.payer)
  }

  /**
   * The link is gone. `heirOf`: who is charged with what it was charged with, or else it would take along whatever it has told of
   * as well. Links are cheap: what only those told of that are gone is one share, in the order in which it came.
   */
  linkDown(payer: IdentityKey, heirOf: (key: K) => Payer): void {
    const share = this.#shares.get(payer)
    if (share === undefined) return
    this.#shares.delete(payer)
    for (const charge of share.all()) {
      const heir = heirOf(charge.key)
      if (heir === COMMON) this.#shareOf(COMMON).add(charge)
      else this.charge(charge.key, heir, charge)
    }
  }

  /** Who of these is charged with least; {@link COMMON} if there is nobody. */
  leastOf([first = COMMON, ...others]: readonly Payer[]): Payer {
    return others.reduce((a, b) => (this.totalOf(b) < this.totalOf(a) ? b : a), first)
  }

  /** Who is charged with most; undefined if nobody is charged with anything. */
  largest(): Payer | undefined {
    let largest: Share<K> | undefined
    for (const share of this.#shares.values())
      if (share.weight > (largest?.weight ?? 0)) largest = share
    return largest?.payer
  }

  /** What goes next of what this payer is charged with. */
  nextOf(payer: Payer): K | undefined {
    return this.#shares.get(payer)?.next()
  }

  /** What this payer has been charged with longest, of what is no hearsay. */
  oldestOf(payer: Payer): K | undefined {
    return this.#shares.get(payer)?.charges(false).values().next().value?.key
  }

  /** One of each payer in turn, in the order in which they came to it: of hearsay, or of the others. Made as it is read. */
  *inTurn(isHearsay: boolean): Generator<K> {
    const shares = Array.from(this.#shares.values(), share => share.charges(isHearsay))
    for (const { key } of inTurn(shares)) yield key
  }

  #shareOf(payer: Payer): Share<K> {
    const share = this.#shares.get(payer) ?? new Share<K>(payer)
    this.#shares.set(payer, share)
    return share
  }
}

/** The newest comes first. */
function compareCharges<K>(a: Charge<K>, b: Charge<K>): number {
  return b.order - a.order
}
