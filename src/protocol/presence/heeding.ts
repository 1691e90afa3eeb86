import { SharedBucket } from '../../base/shared-bucket.js'
import type { Millis } from '../../base/time.js'
import type { Suspect } from '../events.js'
import type { Link } from '../links/link.js'
import type { Turn } from '../turn.js'
import { decodeSuspicionBody } from '../wire/bodies/suspicion.js'
import { claimedBody } from '../wire/glance.js'
import { KIND_SUSPICION } from '../wire/kinds.js'
import type { Envelope, MessageRoom } from '../wire/message.js'
import { HEED_RATE, LINK_HEED_RATE } from './tuning.js'

/** What heeding needs of the room. */
export interface HeedingParts {
  readonly turn: Turn
  readonly room: MessageRoom
  /** True for what would set a clock running against somebody, or has to be answered by us. `saidAt`: its own clock. */
  readonly isNews: (suspect: Suspect, saidAt: Millis) => boolean
}

/**
 * Which messages are heard though they are over all limits: the first suspicion of each device that counts. Whoever says
 * more than anybody may is dropped here and heard there; if the suspect were among those who drop it, it would not
 * answer, and be gone for all who took it.
 *
 * It costs a look into the body, and a signature once for each device that has spoken since it was suspected last.
 */
export class Heeding {
  readonly #parts: HeedingParts
  readonly #budget = new SharedBucket(HEED_RATE, LINK_HEED_RATE)

  constructor(parts: HeedingParts) {
    this.#parts = parts
  }

  /** Looks at a message whose signature was not checked yet. */
  heeds(envelope: Envelope, link: Link): boolean {
    if (envelope.kind !== KIND_SUSPICION) return false
    const { isNews, room, turn } = this.#parts
    if (!this.#budget.has(link, turn.now)) return false
    const body = claimedBody(envelope, room.cipher)
    const suspect = body && decodeSuspicionBody(body)
    if (suspect === undefined || !isNews(suspect, envelope.clock)) return false
    this.#budget.charge(link, turn.now, 1)
    return true
  }
}
