import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_EPHEMERAL_AGE_MILLIS } from '../config.js'
import type { Suspect } from '../events.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { DeviceId } from './device.js'
import { FairMap } from './fair-map.js'
import { COMMON, type Payer } from './teller-shares.js'
import { DEPARTED_MILLIS, MAX_DOUBTS, MAX_DOUBTS_HANDED_ON } from './tuning.js'

/** The last that was heard of a device, and who said that it is silent. */
interface Doubt {
  readonly device: PeerKey
  readonly presence: VerifiedMessage
  readonly suspicion: VerifiedMessage
}

/** What is doubted: its newest presence, if it is here; whether only one link has told of it; and who is charged with it. */
interface Doubted {
  readonly suspect: Suspect
  readonly suspicion: VerifiedMessage
  readonly presence: VerifiedMessage | undefined
  readonly isHearsay: boolean
  readonly payer?: Payer | undefined
}

/**
 * Who was doubted lately and has not spoken since: an observer that comes now is told of them, or it
 * could not tell who has just died from a key that somebody invented.
 */
export class Doubts {
  // BOUNDED: MAX_DOUBTS each, the oldest of the largest share goes first: whoever invents members and doubts them fills only
  // the second, and two who vouch for each other's only their own shares of the first.
  readonly #vouched = new FairMap<DeviceId, Doubt>(MAX_DOUBTS, 'oldest')
  readonly #hearsay = new FairMap<DeviceId, Doubt>(MAX_DOUBTS, 'oldest')

  /** Takes a doubt; what is newer than it refutes it. */
  note({ isHearsay, payer = COMMON, presence, suspect, suspicion }: Doubted): void {
    const { clock, device, identity } = suspect
    if (presence === undefined || presence.clock > clock) return
    const doubts = isHearsay ? this.#hearsay : this.#vouched
    doubts.set(`${identity}/${device}`, { device, presence, suspicion }, [payer])
  }

  /** The device has spoken. */
  answered(identity: IdentityKey, device: PeerKey): void {
    this.#vouched.delete(`${identity}/${device}`)
    this.#hearsay.delete(`${identity}/${device}`)
  }

  /** The link of somebody is gone. */
  linkDown(identity: IdentityKey): void {
    this.#vouched.linkDown(identity)
    this.#hearsay.linkDown(identity)
  }

  /** Of each the presence, and the suspicion after it, as long as they are not too old to be taken. */
  toHandOn(wall: Millis): VerifiedMessage[] {
    const young = this.#newest(wall - MAX_EPHEMERAL_AGE_MILLIS, MAX_DOUBTS_HANDED_ON)
    return young.flatMap(({ presence, suspicion }) => [presence, suspicion])
  }

  /** The last presences of so many devices at most that were doubted in the last 30 min, and are not here. */
  departed(isHere: (identity: IdentityKey, device: PeerKey) => boolean, max: number, wall: Millis) {
    const all = this.#newest(wall - DEPARTED_MILLIS, Number.POSITIVE_INFINITY)
    const gone = all.filter(({ device, presence }) => !isHere(presence.author, device))
    return gone.slice(0, max).map(({ presence }) => presence)
  }

  // Those of members that several links told of first; of either the latest of each share in turn.
  #newest(since: Millis, max: number): Doubt[] {
    const all = [...this.#vouched.newestInTurn(), ...this.#hearsay.newestInTurn()]
    return all.filter(({ suspicion }) => suspicion.clock > since).slice(0, max)
  }
}
