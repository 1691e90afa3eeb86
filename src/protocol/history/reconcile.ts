import b4a from 'b4a'
import { ID_BYTES, idFromBytes, type MessageId } from '../../base/ids.js'
import {
  MAX_RECONCILE_BYTES,
  MAX_RECONCILE_ROUNDS,
  MIN_RECONCILE_FRAME_BYTES,
  RECONCILE_FRAME_BYTES
} from '../config.js'
import { type Bound, boundAt, INFINITY, ZERO } from './negentropy/bound.js'
import type { ItemSet } from './negentropy/item-set.js'
import {
  decodeRanges,
  isVersionByte,
  MessageWriter,
  NEGENTROPY_V1,
  type Range
} from './negentropy/message.js'

export { type Item, ItemSet } from './negentropy/item-set.js'

/** How an exchange is held. */
export interface ReconcilerOptions {
  /** True for the side that opens the exchange and learns the difference. */
  readonly initiator: boolean
  /** Largest message in bytes to send, 4,096 or more. Default 60,000. */
  readonly frameSizeLimit?: number
  /**
   * The initiator's window: nothing below this timestamp (ms) is compared, whatever either side has there; the other side
   * follows. Default 0, everything.
   */
  readonly since?: number
  /** The same at the other end: nothing from this timestamp (ms) on is compared. Default: everything. */
  readonly until?: number | undefined
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

/** What one message of the other side led to. */
export type ReconcileAnswer =
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
  }

  /** The initiator's first message, at most about 1 KB. */
  open(): Uint8Array {
    const writer = new MessageWriter(this.#limit)
    const start = boundAt(this.#since)
    if (this.#since > 0) writer.skip(start)
    const lower = this.#items.lowerBound(start)
    const end = this.#until === undefined ? INFINITY : boundAt(Math.max(this.#since, this.#until))
    const upper = this.#until === undefined ? this.#items.size : this.#items.lowerBound(end)
    writer.tryWrite(split(this.#items, lower, upper, end))
    return writer.finish()
  }

  /** Answers a message of the other side, whatever its bytes are; never throws for them. */
  answer(message: Uint8Array): ReconcileAnswer {
    const fault = this.#admit(message)
    if (fault !== undefined) return { ok: false, reason: fault }
    if (message[0] !== NEGENTROPY_V1) return this.#otherVersion()
    const decoded = decodeRanges(message.subarray(1))
    return decoded.ok ? this.#respond(decoded.ranges) : decoded
  }

  #admit(message: Uint8Array): ReconcileFault | undefined {
    if (message.byteLength > MAX_RECONCILE_BYTES) return 'too-large'
    if (!isVersionByte(message[0] ?? 0)) return 'not-negentropy'
    return ++this.#rounds > MAX_RECONCILE_ROUNDS ? 'too-many-rounds' : undefined
  }

  #otherVersion(): ReconcileAnswer {
    if (this.#initiator) return { ok: false, reason: 'unsupported-version' }
    return { ok: true, reply: Uint8Array.of(NEGENTROPY_V1), have: [], need: [] }
  }

  #respond(ranges: readonly Range[]): ReconcileAnswer {
    const writer = new MessageWriter(this.#limit)
    const end = ranges.findLast(range => range.mode !== 'skip')?.upper ?? ZERO
    const turn = new Turn(this.#items, this.#initiator, writer, end)
    ranges.every(range => turn.take(range))
    const found = { ok: true, have: turn.have, need: [...turn.need] } as const
    const isOver = this.#initiator && writer.isEmpty
    return isOver ? found : { ...found, reply: writer.finish() }
  }
}

/** The walk through the ranges of one message while the reply to it is written. */
class Turn {
  /** BOUNDED: by our own set. */
  readonly have: MessageId[] = []
  /** BOUNDED: by the ids of one message. */
  readonly need = new Set<MessageId>()
  readonly #items: ItemSet
  readonly #initiator: boolean
  readonly #writer: MessageWriter
  readonly #end: Bound
  #lower = 0

  /** `end`: the bound from which on the message skips everything. */
  constructor(items: ItemSet, initiator: boolean, writer: MessageWriter, end: Bound) {
    this.#items = items
    this.#initiator = initiator
    this.#writer = writer
    this.#end = end
  }

  /** Takes the next range; false where the reply is full and what follows is left for another round. */
  take(range: Range): boolean {
    const lower = this.#lower
    this.#lower = this.#items.lowerBound(range.upper, lower)
    if (range.mode === 'skip') return this.#skip(range.upper)
    if (range.mode === 'fingerprint') return this.#takeFingerprint(range, lower)
    return this.#initiator ? this.#compare(range, lower) : this.#list(range.upper, lower)
  }

  #skip(upper: Bound): true {
    this.#writer.skip(upper)
    return true
  }

  #takeFingerprint(range: Range & { mode: 'fingerprint' }, lower: number): boolean {
    const ours = this.#items.fingerprint(lower, this.#lower)
    if (b4a.equals(ours, range.fingerprint)) return this.#skip(range.upper)
    const parts = split(this.#items, lower, this.#lower, range.upper)
    return this.#writer.tryWrite(parts) || this.#close(lower)
  }

  #compare(range: Range & { mode: 'ids' }, lower: number): true {
    const theirs = readIds(range.ids)
    for (const id of this.#items.ids(lower, this.#lower)) {
      if (!theirs.delete(id)) this.have.push(id)
    }
    for (const id of theirs) this.need.add(id)
    return this.#skip(range.upper)
  }

  #list(upper: Bound, lower: number): boolean {
    const end = Math.min(this.#lower, lower + this.#writer.roomForIds)
    const isCut = end < this.#lower || this.#writer.roomForIds === 0
    if (end > lower || !isCut) {
      const ids = this.#items.idBytes(lower, end)
      this.#writer.write({ mode: 'ids', upper: isCut ? this.#items.boundOf(end) : upper, ids })
    }
    return isCut ? this.#close(end) : true
  }

  /** The reply is full: one fingerprint for all that is left, but not for what was settled and skipped behind it. */
  #close(lower: number): false {
    const fingerprint = this.#items.fingerprint(lower, this.#items.lowerBound(this.#end, lower))
    this.#writer.write({ mode: 'fingerprint', upper: this.#end, fingerprint })
    return false
  }
}

/** Parts that a range with other items on the other side is cut into. Negentropy: as the reference does. */
const BUCKETS = 16

/** What we say of a range that differs: all ids where they are few, or else the fingerprints of its sixteen parts. */
function split(items: ItemSet, lower: number, upper: number, bound: Bound): Range[] {
  const count = upper - lower
  if (count < 2 * BUCKETS) return [{ mode: 'ids', upper: bound, ids: items.idBytes(lower, upper) }]
  const ends = bucketEnds(lower, count)
  return ends.map((end, i) => ({
    mode: 'fingerprint',
    upper: end === upper ? bound : items.boundBefore(end),
    fingerprint: items.fingerprint(ends[i - 1] ?? lower, end)
  }))
}

/** The larger parts come first, again as the reference has it. */
function bucketEnds(lower: number, count: number): number[] {
  const size = Math.floor(count / BUCKETS)
  const larger = count % BUCKETS
  return Array.from({ length: BUCKETS }, (_, i) => lower + size * (i + 1) + Math.min(i + 1, larger))
}

function readIds(bytes: Uint8Array): Set<MessageId> {
  const ids = new Set<MessageId>()
  for (let at = 0; at < bytes.byteLength; at += ID_BYTES) {
    ids.add(idFromBytes(bytes.subarray(at, at + ID_BYTES)))
  }
  return ids
}
