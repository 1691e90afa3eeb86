import type { MessageId } from '../../../base/ids.js'
import type { Millis } from '../../../base/time.js'
import type { HistoryTuning } from '../tuning.js'
import { ExchangePause } from './exchange-pause.js'
import { HistoryQueue } from './history-queue.js'
import type { Reconciler } from './reconcile.js'

/** The exchanges of one link: one that we opened, one that the other side did, and what we owe it. */
export interface Session {
  asking: Reconciler | undefined
  askedAt: Millis
  /** Our next message in it, which waits until what it has brought was asked for. */
  held: Uint8Array | undefined
  answering: Reconciler | undefined
  readonly queue: HistoryQueue
  readonly pause: ExchangePause
  /** A head of the peer's that we did not know when we opened the last exchange. */
  unknownHead: MessageId | undefined
}

/** Those of a link that has just come up. */
export function newSession(tuning: HistoryTuning): Session {
  return {
    asking: undefined,
    askedAt: 0,
    held: undefined,
    answering: undefined,
    queue: new HistoryQueue(),
    pause: new ExchangePause(tuning),
    unknownHead: undefined
  }
}
