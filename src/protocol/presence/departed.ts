import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_PRESENCE_AGE_MILLIS } from '../config.js'
import type { Claims } from './claims.js'
import type { DeviceId } from './device.js'
import { FairMap } from './fair-map.js'
import { ended, type Program } from './program.js'
import { COMMON, ONCE_LINKED, type Payer } from './teller-shares.js'
import { payerFor, type Tellers, type Told } from './tellers.js'

/** After this nothing that was said before is taken any more. */
const LIFE_MILLIS: Millis = MAX_PRESENCE_AGE_MILLIS + MAX_CLOCK_AHEAD_MILLIS

/** A program, when it ended, and who might be charged with it. */
interface Ended {
  readonly program: Program
  readonly at: Millis
  readonly payers: readonly Payer[]
}

/**
 * What spoke last with the keys of devices that left, so that an old presence does not bring them back. Devices cost nothing, so
 * each entry is charged to whoever told of its member while that was here, of several to the one charged with fewest entries: who
 * passes a goodbye on first may be anybody. The newest of the largest share is forgotten. So whoever has told of many has no
 * entry forgotten that one other link tells of as well: neither by what it told of before, nor by what it tells of later.
 */
export class Departed {
  readonly #max: number
  readonly #tellers: Tellers
  readonly #claims: Claims
  // BOUNDED: #max.
  readonly #ended: FairMap<DeviceId, Ended>

  /** Remembers at most `max` devices. `tellers` and `claims`: who told of those who are here, and whose devices are proved. */
  constructor(max: number, tellers: Tellers, claims: Claims) {
    this.#max = max
    this.#tellers = tellers
    this.#claims = claims
    this.#ended = new FairMap(max, 'newest')
  }

  get(device: DeviceId): Program | undefined {
    return this.#ended.get(device)?.program
  }

  /** The device has left, or is about to be taken off. `told`: who says so, in case nobody has told of it before. */
  add(
    identity: IdentityKey,
    device: PeerKey,
    program: Program,
    now: Millis,
    told: Told = {}
  ): void {
    if (this.#ended.size >= this.#max) this.#forget(now - LIFE_MILLIS)
    const payers = this.#payersOf(identity, device, now) ?? [payerFor(told)]
    const entry = { program: ended(program), at: now, payers }
    this.#ended.set(`${identity}/${device}`, entry, payers)
  }

  /** The link of somebody is gone: whoever else might have been charged is, or else it would take along what it was charged with. */
  linkDown(identity: IdentityKey): void {
    const isThere = (payer: Payer) => payer !== identity && this.#tellers.isThere(payer)
    this.#ended.linkDown(identity, ({ payers }) => payers.filter(isThere))
  }

  #payersOf(identity: IdentityKey, device: PeerKey, now: Millis): readonly Payer[] | undefined {
    const payers = this.#tellers.payersOf(identity, now)
    if (payers.length === 0) return this.#ended.get(`${identity}/${device}`)?.payers
    // Who had a link and names more devices than that one could name as many as it likes.
    const isTooMuch = payers[0] === ONCE_LINKED && !this.#claims.isProved(device, identity)
    return isTooMuch ? [COMMON] : payers
  }

  #forget(before: Millis): void {
    for (let first = this.#ended.first(); first !== undefined; first = this.#ended.first()) {
      const [device, { at }] = first
      if (at >= before) return
      this.#ended.delete(device)
    }
  }
}
