import { LRUCache } from 'lru-cache'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Reason } from '../../protocol/events.js'
import type { RoomUpdate } from '../events.js'

/** A link that was refused or closed for cause. */
export interface Refusal {
  readonly reason: Reason
  /** Milliseconds since 1970. */
  readonly at: Millis
}

/** Most refusals remembered. Guess: whoever asks, asks about one of the last. */
const MAX_REFUSALS = 1_024

/** What went wrong between us and each device after it was reached. */
export class Refusals {
  // BOUNDED: MAX_REFUSALS.
  readonly #refusals = new LRUCache<PeerKey, Refusal>({ max: MAX_REFUSALS })

  /** Takes note of what the room tells. */
  note(update: RoomUpdate): void {
    if (update.type === 'refused') {
      this.#refusals.set(update.peer, { reason: update.reason, at: Date.now() })
    } else if (update.type === 'peer' && update.state !== 'announced') {
      if (update.state !== 'reachable') this.#refusals.delete(update.device)
    }
  }

  /** Why the last link with this device was refused, unless it has proved itself since. */
  refusalOf(device: PeerKey): Refusal | undefined {
    return this.#refusals.get(device)
  }
}
