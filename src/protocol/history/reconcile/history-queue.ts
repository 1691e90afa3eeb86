import type { MessageId } from '../../../base/ids.js'
import { Recent } from '../../../base/recent.js'
import { HISTORY_AT_ONCE } from '../../config.js'
import { HISTORY_BATCH_BYTES } from '../tuning.js'
import type { Parcel } from './history-frames.js'

/**
 * What of our history one peer is to be sent. It leaves in batches, each of which the peer must have read before the
 * next one goes: a ping follows the batch, and its pong asks for more.
 */
export class HistoryQueue {
  // BOUNDED: HISTORY_AT_ONCE.
  readonly #waiting = new Set<MessageId>()
  // BOUNDED: HISTORY_AT_ONCE: what the peer was told of.
  readonly #offered = new Recent<MessageId, true>(HISTORY_AT_ONCE)
  #credit = HISTORY_BATCH_BYTES
  /** Pongs that come before the peer has read the batch; 0 if no batch waits for that. */
  #pongs = 0
  #sent = 0

  /** How many messages the peer was sent in all. */
  get sent(): number {
    return this.#sent
  }

  /** Ids that the peer asked for. */
  want(ids: readonly MessageId[]): void {
    for (const id of ids) if (this.#waiting.size < HISTORY_AT_ONCE) this.#waiting.add(id)
  }

  /** Of the ids that the peer lacks, as far as we know, those that it was not told of: it may have its reasons. */
  offer(ids: readonly MessageId[]): MessageId[] {
    const fresh = ids.filter(id => !this.#offered.has(id))
    for (const id of fresh) this.#offered.set(id, true)
    return fresh
  }

  /**
   * The next batch, and whether a ping must follow it. Empty while the peer has not read the one before. `isCut`: there was
   * no time for all of it, and the rest is to be fetched soon.
   */
  next(
    fetch: (id: MessageId) => Parcel | undefined,
    hasTime: () => boolean = () => true
  ): {
    readonly batch: readonly Parcel[]
    readonly ping: boolean
    readonly isCut: boolean
  } {
    if (this.#pongs > 0) return { batch: [], ping: false, isCut: false }
    const batch: Parcel[] = []
    for (const id of this.#waiting) {
      if (this.#credit <= 0) break
      if (!hasTime()) return { batch, ping: false, isCut: true }
      this.#waiting.delete(id)
      const parcel = fetch(id)
      if (parcel === undefined) continue
      batch.push(parcel)
      this.#sent += 1
      this.#credit -= parcel.bytes
    }
    return { batch, ping: this.#credit <= 0, isCut: false }
  }

  /** A ping followed the batch; with it, so many are not answered. */
  pinged(pings: number): void {
    this.#pongs = pings
  }

  /** The peer has answered a ping: if it was the batch's, it has read all so far. */
  pong(): void {
    if (this.#pongs === 0) return
    this.#pongs -= 1
    if (this.#pongs === 0) this.#credit = HISTORY_BATCH_BYTES
  }
}
