import type { MessageId } from '../../base/ids.js'
import type { Timeline } from '../history/timeline.js'
import type { Verifier } from '../history/verifier.js'
import type { Turn } from '../turn.js'
import { KIND_DELETION } from '../wire/kinds.js'
import {
  type BareMessage,
  type Envelope,
  type KnownMessage,
  stripMessage,
  type VerifiedMessage
} from '../wire/message.js'
import type { Fold } from './fold.js'
import { deletedBy } from './said.js'

/** What taking back needs of the room. */
export interface TakenBackParts {
  readonly turn: Turn
  readonly fold: Fold
  readonly timeline: Timeline
  readonly verifier: Verifier
}

/** What was taken back: its body goes from the timeline and the store, and its envelope stays. */
export class TakenBack {
  readonly #parts: TakenBackParts

  constructor(parts: TakenBackParts) {
    this.#parts = parts
  }

  /** True if its author has taken this message back. */
  has(message: Pick<Envelope, 'author' | 'id'>): boolean {
    return this.#parts.fold.isDeleted(message)
  }

  /** The deletion by which a message was taken back, to be handed on with it. */
  of(message: BareMessage): VerifiedMessage | undefined {
    const { fold, verifier } = this.#parts
    const id = fold.deletionOf(message)
    const deletion = id && verifier.recall(id)
    return deletion === undefined || deletion.isBare ? undefined : deletion
  }

  /** A message that the fold has taken: it was taken back before it came, or takes others back. */
  take(message: KnownMessage): void {
    if (this.has(message)) this.dropBody(message.id)
    for (const id of deletedBy(message)) this.dropBody(id)
  }

  /** Drops the body of a message that was taken back. That of a deletion stays: it says why other bodies need not be there. */
  dropBody(id: MessageId): void {
    const { timeline, turn, verifier } = this.#parts
    const known = timeline.node(id)
    if (known === undefined || known.isBare || known.kind === KIND_DELETION) return
    if (!this.has(known)) return
    const message = verifier.recall(id)
    if (message === undefined || message.isBare) return
    const bare = stripMessage(message)
    timeline.replace(bare)
    turn.push({ type: 'store-bare', message: bare })
  }
}
