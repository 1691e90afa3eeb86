import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { FRESH_LINK_MILLIS } from '../config.js'
import type { Heard } from './heard.js'
import { COMMON, ONCE_LINKED, type Payer, TellerShares } from './teller-shares.js'
import { Vouchers } from './vouchers.js'

/** Over whose link something came. */
export type Told = Pick<Heard, 'isFresh' | 'teller'>

/**
 * Who told us of whom. Members are charged to whoever told of them, or if another one tells of them who is charged with less,
 * to that one, so that the links share the roster fairly: identities cost nothing, and those of one attacker vouch for each
 * other's inventions. Nobody else is charged with who has a link of its own, and it does not go.
 *
 * Of each share the newest go first, whoever has told of them and whatever link they had since they came: a link that attackers
 * tell of their own can be the only honest one, and then those whom it alone tells of are the members, and the others invented.
 */
export class Tellers {
  readonly #max: number
  // BOUNDED: by the roster, of which these are members.
  readonly #shares = new TellerShares<IdentityKey>()
  // BOUNDED: by the roster: who alone has told of whom.
  readonly #tellerOf = new Map<IdentityKey, IdentityKey>()
  // BOUNDED: by the roster: in which order these came.
  readonly #cameAs = new Map<IdentityKey, number>()
  #count = 0
  readonly #vouchers = new Vouchers()
  // BOUNDED: by the links: who has one, and since when.
  readonly #linked = new Map<IdentityKey, Millis>()

  /** `max`: for how many devices there is room. */
  constructor(max: number) {
    this.#max = max
  }

  /** True if only one link has told of the member. */
  isHearsay(identity: IdentityKey): boolean {
    return this.#tellerOf.has(identity)
  }

  /** Who is charged with the member: {@link ONCE_LINKED} if it has had a link of its own for a minute; undefined if it is not here. */
  payerOf(identity: IdentityKey, now: Millis): Payer | undefined {
    const since = this.#linked.get(identity)
    if (since === undefined) return this.#shares.payerOf(identity)
    return now - since < FRESH_LINK_MILLIS ? identity : ONCE_LINKED
  }

  /** All who might be charged with the member: whoever is, and everybody else whose link is there and has told of it. */
  payersOf(identity: IdentityKey, now: Millis): Payer[] {
    const payer = this.payerOf(identity, now)
    return payer === undefined ? [] : [payer, ...this.#vouchers.of(identity)]
  }

  /** True for somebody whose link is there and has told of anybody after its first minute, and for {@link ONCE_LINKED}. */
  isThere(payer: Payer): boolean {
    return payer === ONCE_LINKED || this.#vouchers.has(payer)
  }

  /** Whether only one link has told of the member, and who is charged with it. */
  standingOf(identity: IdentityKey, now: Millis) {
    return { isHearsay: this.isHearsay(identity), payer: this.payerOf(identity, now) }
  }

  /** Takes note of a presence that says something new: of somebody new, or by another link than before. */
  told(heard: Heard, isNew: boolean, now: Millis): void {
    const { message, teller, toldTwice } = heard
    const { author } = message
    if (isNew) this.#come(author)
    if (teller === author) this.linkUp(author, now)
    if (this.#linked.has(author)) return
    if (!isNew) {
      this.vouch(author, heard)
      return
    }
    const isHearsay = teller !== undefined && toldTwice !== true
    if (isHearsay) this.#tellerOf.set(author, teller)
    const payer = payerFor(heard)
    this.#vouchers.add(author, payer)
    this.#charge(author, payer, 0)
  }

  /** Somebody has told of a member that is here. */
  vouch(identity: IdentityKey, told: Told): void {
    const before = this.#tellerOf.get(identity)
    if (before !== undefined && before !== told.teller) this.#confirm(identity)
    const [from, to] = [this.#shares.payerOf(identity), payerFor(told)]
    if (from === undefined || to === COMMON) return
    this.#vouchers.add(identity, to)
    const weight = this.#shares.weightOf(identity)
    const total = this.#shares.totalOf(to) + weight
    // Nobody is charged to a share in which it could be among those who go.
    const isFairer = total < this.#shares.totalOf(from) && total <= this.#fairShare
    if (isFairer) this.#charge(identity, to, weight)
  }

  /** So many devices of the member have come, or gone. */
  weigh(identity: IdentityKey, devices: number): void {
    this.#shares.weigh(identity, devices)
  }

  /** The member is gone. */
  forget(identity: IdentityKey): void {
    this.#cameAs.delete(identity)
    this.#forgetTellers(identity)
  }

  #forgetTellers(identity: IdentityKey): void {
    this.#tellerOf.delete(identity)
    this.#shares.delete(identity)
    this.#vouchers.forget(identity)
  }

  /** Somebody has a link to us: that vouches for it. */
  linkUp(identity: IdentityKey, now: Millis): void {
    if (this.#linked.has(identity)) return
    this.#forgetTellers(identity)
    this.#linked.set(identity, now)
  }

  /** It has none any more. `devices`: as many as it is here with. */
  linkDown(identity: IdentityKey, devices: number, now: Millis): void {
    const payer = this.payerOf(identity, now)
    if (!this.#linked.delete(identity)) return
    this.#vouchers.linkDown(identity)
    this.#shares.linkDown(identity, each => this.#shares.leastOf(this.#vouchers.of(each)))
    const charged = payer === ONCE_LINKED ? payer : COMMON
    if (devices > 0) this.#charge(identity, charged, devices)
  }

  /** Who is to go for a device of somebody: the last of the largest share. Undefined if the new one would be of that, or as large a one. */
  leastFor({ message: { author }, ...told }: Pick<Heard, 'message' | 'isFresh' | 'teller'>) {
    const largest = this.#shares.largest()
    if (largest === undefined) return undefined
    const total = this.#shares.totalOf(this.#shares.payerOf(author) ?? payerFor(told))
    const isLinked = told.teller === author || this.#linked.has(author)
    const isFair = isLinked || total + 1 < this.#shares.totalOf(largest)
    return isFair ? this.#shares.nextOf(largest) : undefined
  }

  /**
   * Members: those who have a link, then those of whom more than one has told, one of each share in turn, and so the others.
   * Made as it is read. Some that have a link may not be here.
   */
  *trustedFirst(): Generator<IdentityKey> {
    yield* this.#linked.keys()
    yield* this.#shares.inTurn(false)
    yield* this.#shares.inTurn(true)
  }

  get #fairShare(): number {
    return this.#max / (this.#shares.payerCount + 1)
  }

  #come(identity: IdentityKey): void {
    this.#count += 1
    this.#cameAs.set(identity, this.#count)
  }

  /** Charges whoever that is, as somebody who is here as long as it is. */
  #charge(identity: IdentityKey, payer: Payer, weight: number): void {
    const order = this.#cameAs.get(identity) ?? this.#count
    this.#shares.charge(identity, payer, { isHearsay: this.isHearsay(identity), order, weight })
  }

  #confirm(identity: IdentityKey): void {
    this.#tellerOf.delete(identity)
    this.#shares.confirm(identity)
  }
}

/** Who is charged with what this link tells of: those that came just now are so many as somebody likes, and so count as one. */
export function payerFor({ isFresh, teller }: Told): Payer {
  return teller === undefined || isFresh === true ? COMMON : teller
}
