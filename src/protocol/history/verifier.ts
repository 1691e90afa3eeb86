import type { IdentityKey, MessageId, Topic } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import type { VerifierTimer } from '../events.js'
import type { Turn } from '../turn.js'
import {
  type CheckedMessage,
  type CoveredMessage,
  coverEnvelope,
  type Envelope,
  type MessageRoom,
  type VerifiedMessage,
  verifyCovered
} from '../wire/message.js'
import type { KnownAuthors } from './known-authors.js'
import type { Timeline } from './timeline.js'
import {
  HISTORY_TUNING,
  type HistoryTuning,
  MAX_REFUSED_AUTHORS,
  UNCHECKED_EXTRA_BYTES,
  VERIFY_PER_TURN
} from './tuning.js'

/** What checking needs of the room. */
export interface VerifierParts {
  /** Default: HISTORY_TUNING. */
  readonly tuning?: HistoryTuning
  readonly turn: Turn
  readonly room: MessageRoom & { readonly topic: Topic }
  readonly timeline: Timeline
  readonly authors: Pick<KnownAuthors, 'hasSettled' | 'isSettled'>
  /** Ourselves: nothing is believed to be ours unless it was checked, for our next message vouches for it. */
  readonly self: IdentityKey
  /** These messages of one author are not kept any more, and nothing of that author is taken from now on. */
  readonly onforged: (author: IdentityKey, gone: readonly CoveredMessage[]) => void
}

/** A message that nobody has checked here. */
interface Unchecked {
  /** What it takes in memory, about. */
  readonly bytes: number
  /** When it came. */
  readonly since: Millis
  /** True if its author was a newcomer then. */
  readonly isNewcomers: boolean
}

/**
 * Takes messages at their authors' word where a later one vouches for them, and checks their signatures when somebody
 * asks for them, or when there is nothing else to do. Nothing that was not checked gets past {@link recall}.
 */
export class Verifier {
  readonly #parts: VerifierParts
  readonly #tuning: HistoryTuning
  // BOUNDED: uncheckedMaxBytes, and a message; in the order in which they came.
  readonly #unchecked = new Map<MessageId, Unchecked>()
  #uncheckedBytes = 0
  /** Newcomers', of those. */
  #newcomersBytes = 0
  // BOUNDED: MAX_REFUSED_AUTHORS, the oldest goes first.
  readonly #refused = new Recent<IdentityKey, true>(MAX_REFUSED_AUTHORS)
  /** When the alarm that counts fires. */
  #alarmAt: Millis = Number.POSITIVE_INFINITY
  #cameAt: Millis = 0
  #spentAt: Millis = 0
  /** Signatures that were checked at that time. */
  #spent = 0

  constructor(parts: VerifierParts) {
    this.#parts = parts
    this.#tuning = parts.tuning ?? HISTORY_TUNING
  }

  /** How many messages are kept that nobody has checked here. */
  get waiting(): number {
    return this.#unchecked.size
  }

  /** False if so many signatures were checked in this turn that the rest is for another one. */
  get hasTime(): boolean {
    return this.#spentAt !== this.#parts.turn.now || this.#spent < VERIFY_PER_TURN
  }

  /** True for an author that has vouched for what it did not sign. */
  refuses(author: IdentityKey): boolean {
    return this.#refused.has(author)
  }

  /** The message, at its author's word; undefined if nothing vouches for it here, or too much waits already: it is checked now. */
  cover(envelope: Envelope): CoveredMessage | undefined {
    const { room, self, timeline } = this.#parts
    if (envelope.author === self || this.#isFull(envelope.author)) return undefined
    const voucher = timeline.voucherOf(envelope)
    return voucher && coverEnvelope(envelope, voucher, room)
  }

  /** A message that was taken at its author's word is kept from now on. */
  keep({ author, id, sealed }: CoveredMessage): void {
    const { authors, turn } = this.#parts
    const { now } = turn
    this.forget(id)
    const bytes = sealed.byteLength + UNCHECKED_EXTRA_BYTES
    const isNewcomers = !authors.isSettled(author)
    this.#unchecked.set(id, { bytes, since: now, isNewcomers })
    this.#count(bytes, isNewcomers)
    this.#cameAt = now
    this.#wakeIn(this.#tuning.verifyIdleMillis)
  }

  /** A message is not kept any more. */
  forget(id: MessageId): void {
    const gone = this.#unchecked.get(id)
    if (gone === undefined) return
    this.#count(-gone.bytes, gone.isNewcomers)
    this.#unchecked.delete(id)
  }

  /** A kept message, to be handed on: its signature is checked by now. */
  recall(id: MessageId): CheckedMessage | undefined {
    const message = this.#parts.timeline.get(id)
    return message === undefined || message.isVerified ? message : this.#check(message)
  }

  /** What there was no time for comes soon. */
  goOn(): void {
    this.#wakeIn(this.#tuning.verifyOnMillis)
  }

  /** Our timer is over: checks some of what waits, if nothing else is going on. False if another one counts by now. */
  timer({ at }: VerifierTimer): boolean {
    if (at !== this.#alarmAt) return false
    this.#alarmAt = Number.POSITIVE_INFINITY
    if (this.#isIdle()) this.#checkSome()
    if (this.waiting > 0) this.#wakeIn(this.#tuning.verifyPauseMillis)
    return true
  }

  #count(bytes: number, isNewcomers: boolean): void {
    this.#uncheckedBytes += bytes
    if (isNewcomers) this.#newcomersBytes += bytes
  }

  // As long as all are newcomers, the room itself is caught up with.
  #isFull(author: IdentityKey): boolean {
    const { authors } = this.#parts
    const { newcomersMaxBytes, uncheckedMaxBytes } = this.#tuning
    if (this.#uncheckedBytes >= uncheckedMaxBytes) return true
    const isBounded = authors.hasSettled && !authors.isSettled(author)
    return isBounded && this.#newcomersBytes >= newcomersMaxBytes
  }

  #isIdle(): boolean {
    const { now } = this.#parts.turn
    const isCalm = now - this.#cameAt >= this.#tuning.verifyIdleMillis
    const [first] = this.#unchecked.values()
    return isCalm || now - (first?.since ?? now) >= this.#tuning.verifyLatestMillis
  }

  #checkSome(): void {
    let left = this.#tuning.verifyBatch
    for (const id of this.#unchecked.keys()) {
      if (left-- === 0) return
      this.recall(id)
    }
  }

  #check(message: CoveredMessage): VerifiedMessage | undefined {
    const { room, timeline, turn } = this.#parts
    this.forget(message.id)
    this.#spend()
    const verified = verifyCovered(message, room.topic)
    if (verified === undefined) {
      this.#refuse(message)
      return undefined
    }
    timeline.replace(verified)
    turn.push({ type: 'store', message: verified })
    return verified
  }

  // Whoever signs is not bound to sign well, but only the author itself can have named this: all that is here at its word goes.
  #refuse(forged: CoveredMessage): void {
    const { onforged, timeline } = this.#parts
    const { author } = forged
    this.#refused.set(author, true)
    const gone = [forged]
    for (const id of this.#unchecked.keys()) {
      const message = timeline.get(id)
      if (message?.author === author && !message.isVerified) gone.push(message)
    }
    for (const message of gone) timeline.drop(message)
    onforged(author, gone)
  }

  #spend(): void {
    const { now } = this.#parts.turn
    this.#spent = this.#spentAt === now ? this.#spent + 1 : 1
    this.#spentAt = now
  }

  #wakeIn(after: Millis): void {
    const { turn } = this.#parts
    const at = turn.now + after
    if (at >= this.#alarmAt) return
    this.#alarmAt = at
    turn.timer(after, { name: 'verify', at })
  }
}
