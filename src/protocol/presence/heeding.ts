import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { SharedBucket } from '../../base/shared-bucket.js'
import type { Millis } from '../../base/time.js'
import type { Suspect } from '../events.js'
import type { Link } from '../links/link.js'
import type { Turn } from '../turn.js'
import { decodePresenceBody } from '../wire/bodies/presence.js'
import { decodeSuspicionBody } from '../wire/bodies/suspicion.js'
import { type Claim, claimedBody } from '../wire/glance.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../wire/kinds.js'
import type { Envelope, MessageRoom } from '../wire/message.js'
import { HEED_RATE, LINK_HEED_RATE } from './tuning.js'

/** What is known of those whom suspicions are about. */
export interface Suspected {
  /** True for a suspicion of us that has to be answered. */
  readonly isToAnswer: (suspect: Suspect) => boolean
  /** True for one of others that would set a clock running. `saidAt`: its own clock. */
  readonly isNews: (suspect: Suspect, saidAt: Millis) => boolean
  /** False for one that was signed with a clock by which it counts for nobody. */
  readonly isTimely: (said: Pick<Envelope, 'clock'>) => boolean
  /** True if a device of theirs is suspected. */
  readonly isSuspected: (identity: IdentityKey) => boolean
  /** True if a presence of this device with this clock is what it is waited for. */
  readonly isAnswer: (identity: IdentityKey, device: PeerKey, clock: Millis) => boolean
}

/** What heeding needs of the room. */
export interface HeedingParts {
  readonly turn: Turn
  readonly room: MessageRoom
  readonly suspected: Suspected
}

/**
 * Which messages are heard though they are over all limits: the first suspicion of each device that counts, and the answer
 * to it. Whoever says more than anybody may is dropped here and heard there; if the suspect were among those who drop it, it
 * would not answer, and be gone for all who took it. What is about us we hear whoever says it, and whatever its date.
 *
 * It costs a look into the body, and a signature once for each device that has spoken since it was suspected last, and once
 * for its answer: no more than the presences that were taken before. So those that count need no budget, which whoever
 * suspects a crowd of his own could use up for all others.
 */
export class Heeding {
  readonly #parts: HeedingParts
  readonly #budget = SharedBucket.of(HEED_RATE, LINK_HEED_RATE)

  constructor(parts: HeedingParts) {
    this.#parts = parts
  }

  /** True for what may have to be heard, by what its bytes claim. */
  isUrgent({ author, kind }: Claim): boolean {
    if (kind === KIND_SUSPICION) return true
    return kind === KIND_PRESENCE && this.#parts.suspected.isSuspected(author)
  }

  /** True for a suspicion of us that we have not answered. Its signature was not checked yet. */
  isForUs(envelope: Envelope): boolean {
    const suspect = this.#suspectOf(envelope)
    return suspect !== undefined && this.#parts.suspected.isToAnswer(suspect)
  }

  /** Looks at a message whose signature was not checked yet. */
  heeds(envelope: Envelope, link: Link): boolean {
    if (envelope.kind === KIND_PRESENCE) return this.#isAnswer(envelope)
    const { suspected } = this.#parts
    const suspect = this.#suspectOf(envelope)
    if (suspect === undefined || !suspected.isNews(suspect, envelope.clock)) return false
    return suspected.isTimely(envelope) || this.#takes(link)
  }

  // What does not count here may count for a neighbour whose clock is a little different; but nothing says that it comes once.
  #takes(link: Link): boolean {
    const { now } = this.#parts.turn
    const isWithin = this.#budget.has(link, now)
    if (isWithin) this.#budget.charge(link, now, 1)
    return isWithin
  }

  // There is one for each suspicion that was taken: it needs no budget of its own.
  #isAnswer(envelope: Envelope): boolean {
    const { author, clock } = envelope
    const { room, suspected } = this.#parts
    if (!suspected.isSuspected(author)) return false
    const body = claimedBody(envelope, room.cipher)
    const presence = body && decodePresenceBody(body)
    return presence !== undefined && suspected.isAnswer(author, presence.device, clock)
  }

  #suspectOf(envelope: Envelope): Suspect | undefined {
    if (envelope.kind !== KIND_SUSPICION) return undefined
    const body = claimedBody(envelope, this.#parts.room.cipher)
    return body && decodeSuspicionBody(body)
  }
}
