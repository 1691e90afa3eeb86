import type { MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { HISTORY_BATCH_BYTES, MAX_TIMELINE_MESSAGES } from '../config.js'
import type { VerifiedMessage } from '../wire/message.js'

/**
 * What of our history one peer is to be sent. It leaves in batches, each of which the peer must have read before the
 * next one goes: a ping follows the batch, and the pong asks for more.
 */
export class HistoryQueue {
  // BOUNDED: MAX_TIMELINE_MESSAGES.
  readonly #waiting = new Set<MessageId>()
  // BOUNDED: MAX_TIMELINE_MESSAGES: what was offered without having been asked for.
  readonly #offered = new Recent<MessageId, true>(MAX_TIMELINE_MESSAGES)
  #credit = HISTORY_BATCH_BYTES

  /** Ids that the peer asked for. */
  want(ids: readonly MessageId[]): void {
    for (const id of ids) if (this.#waiting.size < MAX_TIMELINE_MESSAGES) this.#waiting.add(id)
  }

  /** Ids that the peer lacks, as far as we know; each is offered once, as it may have its reasons to refuse it. */
  offer(ids: readonly MessageId[]): void {
    const fresh = ids.filter(id => !this.#offered.has(id))
    for (const id of fresh) this.#offered.set(id, true)
    this.want(fresh)
  }

  /** The next batch, and whether a ping must follow it. Empty while the peer owes us a pong. */
  next(recall: (id: MessageId) => VerifiedMessage | undefined): {
    readonly batch: readonly VerifiedMessage[]
    readonly ping: boolean
  } {
    if (this.#credit <= 0) return { batch: [], ping: false }
    const batch: VerifiedMessage[] = []
    for (const id of this.#waiting) {
      if (this.#credit <= 0) break
      this.#waiting.delete(id)
      const message = recall(id)
      if (message === undefined) continue
      batch.push(message)
      this.#credit -= message.sealed.byteLength
    }
    return { batch, ping: this.#credit <= 0 }
  }

  /** The peer has read everything so far. */
  refresh(): void {
    this.#credit = HISTORY_BATCH_BYTES
  }
}
