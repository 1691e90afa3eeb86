import b4a from 'b4a'
import { ID_BYTES, idFromBytes, type MessageId } from '../../../base/ids.js'
import {
  MAX_RECONCILE_BYTES,
  MAX_RECONCILE_ROUNDS,
  MIN_RECONCILE_FRAME_BYTES,
  RECONCILE_FRAME_BYTES
} from '../../config.js'
import { type Bound, boundAt, compareBounds, INFINITY, ZERO } from '../negentropy/bound.js'
import type { ItemSet } from '../negentropy/item-set.js'
import {
  decodeRanges,
  isVersionByte,
  MessageWriter,
  NEGENTROPY_V1,
  type Range
} from '../negentropy/message.js'
import { split } from '../negentropy/split.js'
import { MAX_RECONCILE_WORK } from '../tuning.js'

export type { Item } from '../negentropy/item.js'
export { ItemSet } from '../negentropy/item-set.js'

/** How an exchange is held. */
export interface ReconcilerOptions {
  /** True for the side that opens the exchange and learns the difference. */
  readonly initiator: boolean
  /** Largest message in bytes to send, 4,096 or more. Default 60,000. */
  readonly frameSizeLimit?: number
  /**
   * This side's mark: nothing below this timestamp (ms) is compared, whatever either side has there. The initiator's first
   * message skips it, a responder's answers do. Default 0, everything.
   */
  readonly since?: number
  /** The same at the other end: nothing from this timestamp (ms) on is compared. Default: everything. */
  readonly until?: number | undefined
  /** ... but for what is from this timestamp on, for as long a span from there. Default: nothing. */
  readonly resume?: number | undefined
}

/** Why a message of the other side ended the exchange. */
export type ReconcileFault =
  /** Longer than any frame. */
  | 'too-large'
  /** The first byte is no version of Negentropy. */
  | 'not-negentropy'
  /** To the initiator: the highest version that the other side speaks is not ours. There is none below ours to try. */
  | 'unsupported-version'
  | 'malformed'
  | 'too-many-ranges'
  /** The other side never comes to an end. */
  | 'too-many-rounds'

/** What one message of the other side led to, and how much work it was: 1 is a fingerprint, about 10 us. */
export type ReconcileAnswer = { readonly work: number } & Outcome

type Outcome =
  | {
      readonly ok: true
      /** What to send back; undefined where the initiator knows all it asked for and the exchange is over. */
      readonly reply?: Uint8Array
      /**
       * To the initiator: we have these, the other side lacks them. One that an earlier answer named can come again where
       * messages were cut off at their size limit. BOUNDED: by our own set.
       */
      readonly have: readonly MessageId[]
      /** To the initiator: we lack these, the other side has them; again, seldom twice. BOUNDED: 2,047 fit a message. */
      readonly need: readonly MessageId[]
    }
  | { readonly ok: false; readonly reason: ReconcileFault }

/**
 * One side of one exchange of Negentropy protocol V1: range-based set reconciliation.
 * https://github.com/hoytech/negentropy/blob/master/docs/negentropy-protocol-v1.md
 *
 * The initiator sends what `open` gives; then each side sends the `reply` that the other's message got, until the
 * initiator has none. Only the initiator learns the difference, piece by piece with every answer. Both sides end with
 * the union because the initiator then sends the messages it has (`have`) and asks for those it needs (`need`).
 * The responder just answers. It keeps nothing but a count of rounds, so it may be made anew at any time.
 */
export class Reconciler {
  readonly #items: ItemSet
  readonly #initiator: boolean
  readonly #limit: number
  readonly #since: number
  readonly #until: number | undefined
  readonly #resume: number | undefined
  /** BOUNDED: MAX_RECONCILE_ROUNDS. */
  #rounds = 0

  /** RangeError for a frame size limit below 4,096: a bug of ours. */
  constructor(items: ItemSet, options: ReconcilerOptions) {
    const limit = options.frameSizeLimit ?? RECONCILE_FRAME_BYTES
    if (limit < MIN_RECONCILE_FRAME_BYTES) throw new RangeError('the frame size limit is too small')
    this.#items = items
    this.#initiator = options.initiator
    this.#limit = limit
    this.#since = options.since ?? 0
    this.#until = options.until
    this.#resume = options.resume
  }

  /** The initiator's first message, at most about 1 KB. */
  open(): Uint8Array {
    const writer = new MessageWriter(this.#limit)
    const [since, until, resume] = [this.#since, this.#until, this.#resume]
    if (until === undefined) this.#propose(writer, since, INFINITY)
    else this.#propose(writer, since, boundAt(Math.max(since, until)))
    if (until !== undefined && resume !== undefined)
      this.#propose(writer, resume, boundAt(resume + until))
    return writer.finish()
  }

  #propose(writer: MessageWriter, from: number, end: Bound): void {
    const start = boundAt(from)
    if (from > 0) writer.skip(start)
    const lower = this.#items.lowerBound(start)
    const upper = this.#items.lowerBound(end)
    writer.tryWrite(split(this.#items, lower, upper, end))
  }

  /** Answers a message of the other side, whatever its bytes are; never throws for them. */
  answer(message: Uint8Array): ReconcileAnswer {
    const before = this.#items.effort
    const answer = this.#answer(message)
    const work = answer.work + (this.#items.effort - before) * WORK_PER_ITEM
    return { ...answer, work }
  }

  #answer(message: Uint8Array): ReconcileAnswer {
    const fault = this.#admit(message)
    if (fault !== undefined) return { ok: false, reason: fault, work: 1 }
    if (message[0] !== NEGENTROPY_V1) return { ...this.#otherVersion(), work: 1 }
    const decoded = decodeRanges(message.subarray(1))
    if (!decoded.ok) return { ...decoded, work: message.byteLength * WORK_PER_BYTE }
    return this.#respond(decoded.ranges)
  }

  #admit(message: Uint8Array): ReconcileFault | undefined {
    if (message.byteLength > MAX_RECONCILE_BYTES) return 'too-large'
    if (!isVersionByte(message[0] ?? 0)) return 'not-negentropy'
    return ++this.#rounds > MAX_RECONCILE_ROUNDS ? 'too-many-rounds' : undefined
  }

  #otherVersion(): Outcome {
    if (this.#initiator) return { ok: false, reason: 'unsupported-version' }
    return { ok: true, reply: Uint8Array.of(NEGENTROPY_V1), have: [], need: [] }
  }

  #respond(ranges: readonly Range[]): ReconcileAnswer {
    const writer = new MessageWriter(this.#limit)
    const end = ranges.findLast(range => range.mode !== 'skip')?.upper ?? ZERO
    const mark = this.#initiator ? ZERO : boundAt(this.#since)
    const turn = new Turn(this.#items, { initiator: this.#initiator, writer, end, mark })
    ranges.every(range => turn.take(range))
    const work = 1 + ranges.length * WORK_PER_RANGE + turn.work
    const found = { ok: true, have: turn.have, need: [...turn.need], work } as const
    const isOver = this.#initiator && writer.isEmpty
    return isOver ? found : { ...found, reply: writer.finish() }
  }
}

// What is cheaper than a fingerprint, rounded up: ids cost us little to list, but every one of them bytes to send.
const WORK_PER_RANGE = 1 / 4
const WORK_PER_BYTE = 1 / 64
const WORK_PER_ID = 1 / 16
// What came in among old items since the last look makes this one move and sum all that are newer.
const WORK_PER_ITEM = 1 / 1_024

function workOf(ranges: readonly Range[]): number {
  let bytes = 0
  for (const range of ranges) bytes += range.mode === 'ids' ? range.ids.byteLength : 0
  return ranges.length + (bytes / ID_BYTES) * WORK_PER_ID
}

interface TurnOptions {
  readonly initiator: boolean
  readonly writer: MessageWriter
  /** From here on the message skips everything. */
  readonly end: Bound
  /** What is below is answered with a skip. */
  readonly mark: Bound
}

/** The walk through the ranges of one message while the reply to it is written. */
class Turn {
  /** BOUNDED: by our own set. */
  readonly have: MessageId[] = []
  /** BOUNDED: by the ids of one message. */
  readonly need = new Set<MessageId>()
  /** What the walk has cost, in fingerprints. BOUNDED: MAX_RECONCILE_WORK, and one range. */
  work = 0
  readonly #items: ItemSet
  readonly #options: TurnOptions
  /** Where the range before ended: its bound, and the first item that is not below. */
  #bound = ZERO
  #lower = 0

  constructor(items: ItemSet, options: TurnOptions) {
    this.#items = items
    this.#options = options
  }

  /** Takes the next range; false where the reply is full and what follows is left for another round. */
  take(range: Range): boolean {
    if (this.work >= MAX_RECONCILE_WORK) return this.#close(this.#lower)
    const [start, lower] = [this.#bound, this.#lower]
    this.#bound = range.upper
    this.#lower = this.#items.lowerBound(range.upper, lower)
    const { initiator, mark } = this.#options
    if (range.mode === 'skip' || compareBounds(range.upper, mark) <= 0) {
      return this.#skip(range.upper)
    }
    if (range.mode === 'fingerprint') return this.#takeFingerprint(range, start, lower)
    if (initiator) return this.#compare(range, lower)
    return this.#list(range.upper, this.#skipToMark(start, lower))
  }

  #skip(upper: Bound): true {
    this.#options.writer.skip(upper)
    return true
  }

  /** The first item of a range that starts there and ends above the mark, without those below the mark. */
  #skipToMark(start: Bound, lower: number): number {
    const { mark } = this.#options
    if (compareBounds(start, mark) >= 0) return lower
    this.#skip(mark)
    return this.#items.lowerBound(mark, lower)
  }

  #takeFingerprint(
    { fingerprint, upper }: Range & { mode: 'fingerprint' },
    start: Bound,
    first: number
  ): boolean {
    if (b4a.equals(this.#fingerprint(first, this.#lower), fingerprint)) return this.#skip(upper)
    const lower = this.#skipToMark(start, first)
    const parts = split(this.#items, lower, this.#lower, upper)
    this.work += workOf(parts)
    return this.#options.writer.tryWrite(parts) || this.#close(lower)
  }

  #fingerprint(lower: number, upper: number): Uint8Array {
    this.work += 1
    return this.#items.fingerprint(lower, upper)
  }

  #compare(range: Range & { mode: 'ids' }, lower: number): true {
    const theirs = readIds(range.ids)
    this.work += (theirs.size + this.#lower - lower) * WORK_PER_ID
    for (const id of this.#items.ids(lower, this.#lower)) {
      if (!theirs.delete(id)) this.have.push(id)
    }
    for (const id of theirs) this.need.add(id)
    return this.#skip(range.upper)
  }

  #list(upper: Bound, lower: number): boolean {
    const { writer } = this.#options
    const end = Math.min(this.#lower, lower + writer.roomForIds)
    const isCut = end < this.#lower || writer.roomForIds === 0
    this.work += 1 + (end - lower) * WORK_PER_ID
    if (end > lower || !isCut) {
      const ids = this.#items.idBytes(lower, end)
      writer.write({ mode: 'ids', upper: isCut ? this.#items.boundOf(end) : upper, ids })
    }
    return isCut ? this.#close(end) : true
  }

  /** The reply is full: one fingerprint for all that is left, but not for what was settled and skipped behind it. */
  #close(lower: number): false {
    const { end, writer } = this.#options
    const fingerprint = this.#fingerprint(lower, this.#items.lowerBound(end, lower))
    writer.write({ mode: 'fingerprint', upper: end, fingerprint })
    return false
  }
}

function readIds(bytes: Uint8Array): Set<MessageId> {
  const ids = new Set<MessageId>()
  for (let at = 0; at < bytes.byteLength; at += ID_BYTES) {
    ids.add(idFromBytes(bytes.subarray(at, at + ID_BYTES)))
  }
  return ids
}
