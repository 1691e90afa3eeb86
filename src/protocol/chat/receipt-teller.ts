import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Turn } from '../turn.js'
import type { Receipt } from './receipts.js'
import { RECEIPT_PAUSE_MILLIS } from './tuning.js'

/** Tells how many have our messages: at once, and what comes soon after that together, as it is then. */
export class ReceiptTeller {
  readonly #turn: Turn
  // BOUNDED: MAX_TRACKED_MESSAGES. How many have each, of so many others.
  readonly #untold = new Map<MessageId, { readonly have: number; readonly others: number }>()
  #toldAt: Millis = Number.NEGATIVE_INFINITY
  #isWaiting = false

  constructor(turn: Turn) {
    this.#turn = turn
  }

  /** More members have these; `others`: how many there are besides us. */
  note(receipts: readonly Receipt[], others: number): void {
    for (const { have, id } of receipts) this.#untold.set(id, { have, others })
    if (this.#isWaiting || receipts.length === 0) return
    const pause = this.#toldAt + RECEIPT_PAUSE_MILLIS - this.#turn.now
    if (pause <= 0) {
      this.tell()
      return
    }
    this.#isWaiting = true
    this.#turn.timer(pause, { name: 'receipts' })
  }

  /** The pause is over. */
  timer(): void {
    this.#isWaiting = false
    this.tell()
  }

  /** Tells all that is untold. */
  tell(): void {
    if (this.#untold.size > 0) this.#toldAt = this.#turn.now
    for (const [id, { have, others }] of this.#untold)
      this.#turn.emit({ type: 'receipt', id, have, members: Math.max(have, others) })
    this.#untold.clear()
  }
}
