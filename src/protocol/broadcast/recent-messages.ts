import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import { isShelved } from '../history/shelf.js'
import type { Timeline } from '../history/timeline.js'
import { EPHEMERAL_LIFE_MILLIS, MAX_RECENT_MESSAGES } from '../history/tuning.js'
import type { Verifier } from '../history/verifier.js'
import type { Turn } from '../turn.js'
import { KIND_PRESENCE } from '../wire/kinds.js'
import type { CheckedMessage, KnownMessage, VerifiedMessage } from '../wire/message.js'

interface Kept {
  readonly message: VerifiedMessage
  readonly at: Millis
}

/** All that we can send on: what is stored, and for some seconds what is not. */
export class RecentMessages {
  readonly #turn: Turn
  readonly #timeline: Timeline
  readonly #verifier: Verifier
  // BOUNDED: MAX_RECENT_MESSAGES each. Who says that they are here is heard, whatever else is said.
  readonly #presences = new Passing()
  readonly #others = new Passing()

  constructor(turn: Turn, timeline: Timeline, verifier: Verifier) {
    this.#turn = turn
    this.#timeline = timeline
    this.#verifier = verifier
  }

  /** The same as {@link recall}, to tell of it and not to hand it on: nothing is checked. */
  peek(id: MessageId): KnownMessage | undefined {
    const message = this.#timeline.get(id) ?? this.#passed(id)
    return message?.isBare ? undefined : message
  }

  /** How long a message is that could be handed on whole, in bytes; 0 for any other. Nothing is read for it. */
  bytesOf(id: MessageId): number {
    const node = this.#timeline.node(id)
    if (node === undefined) return this.#passed(id)?.sealed.byteLength ?? 0
    if (node.isBare) return 0
    return isShelved(node) ? node.bytes : (this.#timeline.get(id)?.sealed.byteLength ?? 0)
  }

  /** A message that is stored, or came within the last 20 s and is not: an old presence would tell a lie. */
  recall(id: MessageId): VerifiedMessage | undefined {
    const message = this.recallAny(id)
    return message?.isBare ? undefined : message
  }

  /** The same, and what is stored without its body: that is not to be pushed. */
  recallAny(id: MessageId): CheckedMessage | undefined {
    return this.#verifier.recall(id) ?? this.#passed(id)
  }

  #passed(id: MessageId): VerifiedMessage | undefined {
    const kept = this.#presences.get(id) ?? this.#others.get(id)
    const isFresh = kept !== undefined && this.#turn.now - kept.at <= EPHEMERAL_LIFE_MILLIS
    return isFresh ? kept.message : undefined
  }

  /** Keeps a message for a while that the timeline does not keep: an ephemeral one, or one that had no room. */
  keep(message: VerifiedMessage): void {
    const passing = message.kind === KIND_PRESENCE ? this.#presences : this.#others
    passing.set({ message, at: this.#turn.now })
  }
}

/** MAX_RECENT_MESSAGES of the last ones, shared fairly by their authors. */
class Passing {
  readonly #kept = new Map<MessageId, Kept>()
  readonly #shares = new Shares<IdentityKey, { readonly id: MessageId; readonly clock: number }>()
  /** How many have come. */
  #count = 0

  get(id: MessageId): Kept | undefined {
    return this.#kept.get(id)
  }

  set(kept: Kept): void {
    const { author, id } = kept.message
    if (this.#kept.has(id)) return
    this.#kept.set(id, kept)
    this.#count += 1
    this.#shares.add(author, { id, clock: this.#count })
    const first = this.#kept.size > MAX_RECENT_MESSAGES ? this.#shares.takeFirst() : undefined
    if (first !== undefined) this.#kept.delete(first.id)
  }
}
