import b4a from 'b4a'
import { ID_BYTES } from '../../../base/ids.js'
import { MAX_RECONCILE_RANGES } from '../../config.js'
import { type Bound, compareBounds, decodeBound, encodeBound, ZERO } from './bound.js'
import { FINGERPRINT_BYTES } from './fingerprint.js'
import { ByteReader, encodeVarint } from './varint.js'

/** First byte of a message: Negentropy protocol version 1. */
export const NEGENTROPY_V1 = 0x61
/** First bytes of all versions that there can be: 0x60 to 0x6f. */
export const isVersionByte = (byte: number) => byte >= 0x60 && byte <= 0x6f

/** What the sender says of the items from the bound before to this one. */
export type Range =
  /** Nothing more to do there. */
  | { readonly mode: 'skip'; readonly upper: Bound }
  /** The 16-byte fingerprint of all that it has there. */
  | { readonly mode: 'fingerprint'; readonly upper: Bound; readonly fingerprint: Uint8Array }
  /** The ids of all that it has there, 32 bytes each, one after another. */
  | { readonly mode: 'ids'; readonly upper: Bound; readonly ids: Uint8Array }

const MODE_NUMBERS = { skip: 0, fingerprint: 1, ids: 2 } as const

/** What a stranger's bytes after the version byte say, or why they say nothing. */
export type DecodedRanges =
  | { readonly ok: true; readonly ranges: readonly Range[] }
  | { readonly ok: false; readonly reason: 'malformed' | 'too-many-ranges' }

/**
 * Reads the ranges of a message (without its version byte). All or nothing: malformed where the bytes end early, a mode
 * is unknown, a number is padded, or a bound is below the one before it. Ids and fingerprints are not copied.
 * BOUNDED: MAX_RECONCILE_RANGES ranges, and no more ids than the bytes hold.
 */
export function decodeRanges(bytes: Uint8Array): DecodedRanges {
  const reader = new ByteReader(bytes)
  const ranges: Range[] = []
  for (let previous = ZERO; !reader.done; ) {
    if (ranges.length >= MAX_RECONCILE_RANGES) return { ok: false, reason: 'too-many-ranges' }
    const range = decodeRange(reader, previous)
    if (range === undefined) return { ok: false, reason: 'malformed' }
    ranges.push(range)
    previous = range.upper
  }
  return { ok: true, ranges }
}

function decodeRange(reader: ByteReader, previous: Bound): Range | undefined {
  const upper = decodeBound(reader, previous.timestamp)
  if (upper === undefined || compareBounds(upper, previous) < 0) return undefined
  switch (reader.length(MODE_NUMBERS.ids)) {
    case MODE_NUMBERS.skip:
      return { mode: 'skip', upper }
    case MODE_NUMBERS.fingerprint:
      return decodeFingerprint(reader, upper)
    case MODE_NUMBERS.ids:
      return decodeIds(reader, upper)
    default:
      return undefined
  }
}

function decodeFingerprint(reader: ByteReader, upper: Bound): Range | undefined {
  const fingerprint = reader.bytes(FINGERPRINT_BYTES)
  return fingerprint && { mode: 'fingerprint', upper, fingerprint }
}

function decodeIds(reader: ByteReader, upper: Bound): Range | undefined {
  const count = reader.length(Number.MAX_SAFE_INTEGER)
  const ids = count === undefined ? undefined : reader.bytes(count * ID_BYTES)
  return ids && { mode: 'ids', upper, ids }
}

/** The bytes of a range after a bound with the timestamp `previous` (0n at the start of a message). */
function encodeRange(range: Range, previous: bigint): Uint8Array {
  const head = [encodeBound(range.upper, previous), encodeVarint(MODE_NUMBERS[range.mode])]
  return b4a.concat([...head, ...payload(range)])
}

function payload(range: Range): Uint8Array[] {
  if (range.mode === 'skip') return []
  if (range.mode === 'fingerprint') return [range.fingerprint]
  return [encodeVarint(range.ids.byteLength / ID_BYTES), range.ids]
}

/**
 * Bytes kept free for what can still follow once a message counts as full: one id too many (32), a skip (44), the head
 * of an id list (47) and a last fingerprint (60). Negentropy: the reference keeps as many.
 */
const RESERVED_BYTES = 200
/** Ranges kept free for the same. */
const RESERVED_RANGES = 4

/** Writes one message, range by range in ascending order, within a limit in bytes. */
export class MessageWriter {
  readonly #limit: number
  /** BOUNDED: MAX_RECONCILE_RANGES, and by the limit in bytes. */
  readonly #ranges: Uint8Array[] = []
  #length = 1
  #timestamp = 0n
  #skipped: Bound | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** True where the message says nothing of any range. */
  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  /** How many ids an id list that comes next may have; 0 where the message is full. */
  get roomForIds(): number {
    const room = this.#limit - RESERVED_BYTES - this.#length
    return room < 0 || !this.#hasRoomFor(0) ? 0 : Math.floor(room / ID_BYTES) + 1
  }

  /** Nothing to do up to here. Written once something follows: the end of a message skips the rest. */
  skip(upper: Bound): void {
    this.#skipped = upper
  }

  /** Writes all of these ranges, or gives false and writes none where the message would be full. */
  tryWrite(ranges: readonly Range[]): boolean {
    const encoded = this.#encode(ranges)
    const length = encoded.reduce((sum, bytes) => sum + bytes.byteLength, 0)
    if (this.#length + length > this.#limit - RESERVED_BYTES) return false
    if (!this.#hasRoomFor(ranges.length)) return false
    this.#append(encoded, length, ranges.at(-1)?.upper)
    return true
  }

  /** Writes a range into the room that is kept free: an id list within `roomForIds`, and what ends the message. */
  write(range: Range): void {
    const encoded = this.#encode([range])
    const length = encoded.reduce((sum, bytes) => sum + bytes.byteLength, 0)
    this.#append(encoded, length, range.upper)
  }

  /** The message. */
  finish(): Uint8Array {
    return b4a.concat([Uint8Array.of(NEGENTROPY_V1), ...this.#ranges], this.#length)
  }

  #hasRoomFor(ranges: number): boolean {
    return this.#ranges.length + ranges + RESERVED_RANGES <= MAX_RECONCILE_RANGES
  }

  #encode(ranges: readonly Range[]): Uint8Array[] {
    const skip: Range[] = this.#skipped ? [{ mode: 'skip', upper: this.#skipped }] : []
    let previous = this.#timestamp
    return [...skip, ...ranges].map(range => {
      const bytes = encodeRange(range, previous)
      previous = range.upper.timestamp
      return bytes
    })
  }

  #append(encoded: readonly Uint8Array[], length: number, upper: Bound | undefined): void {
    for (const bytes of encoded) this.#ranges.push(bytes)
    this.#length += length
    this.#timestamp = upper?.timestamp ?? this.#timestamp
    this.#skipped = undefined
  }
}
