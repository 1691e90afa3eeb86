import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { MAX_EPHEMERAL_AGE_MILLIS } from '../config.js'
import type { Suspect } from '../events.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { DeviceId } from './device.js'
import { MAX_DOUBTS } from './tuning.js'

/** The last that was heard of a device, and who said that it is silent. */
interface Doubt {
  readonly presence: VerifiedMessage
  readonly suspicion: VerifiedMessage
}

/**
 * Who was doubted lately and has not spoken since: an observer that comes now is told of them, or it
 * could not tell who has just died from a key that somebody invented.
 */
export class Doubts {
  // BOUNDED: MAX_DOUBTS, the oldest goes first: a suspicion is of use for a minute.
  readonly #doubts = new Recent<DeviceId, Doubt>(MAX_DOUBTS)

  /** `presence`: the newest of the suspect, if it is here; what is newer than the doubt refutes it. */
  note(
    { clock, device, identity }: Suspect,
    suspicion: VerifiedMessage,
    presence?: VerifiedMessage
  ): void {
    if (presence === undefined || presence.clock > clock) return
    this.#doubts.set(`${identity}/${device}`, { presence, suspicion })
  }

  /** The device has spoken. */
  answered(identity: IdentityKey, device: PeerKey): void {
    this.#doubts.delete(`${identity}/${device}`)
  }

  /** Of each the presence, and the suspicion after it, as long as they are not too old to be taken. */
  toHandOn(wall: Millis): VerifiedMessage[] {
    const doubts = [...this.#doubts.entries()].map(([, doubt]) => doubt)
    const young = doubts.filter(
      ({ suspicion: { clock } }) => clock > wall - MAX_EPHEMERAL_AGE_MILLIS
    )
    return young.flatMap(({ presence, suspicion }) => [presence, suspicion])
  }
}
