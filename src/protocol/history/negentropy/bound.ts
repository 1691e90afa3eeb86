import b4a from 'b4a'
import { ID_BYTES } from '../../../base/ids.js'
import { type ByteReader, encodeVarint, MAX_UINT64 } from './varint.js'

/**
 * Where a range ends (exclusive) and the next begins (inclusive): a timestamp (unsigned 64 bits, 2^64-1 being
 * infinity) and the first 0 to 32 bytes of an id; the bytes left out are zero.
 */
export interface Bound {
  readonly timestamp: bigint
  readonly prefix: Uint8Array
}

const NO_PREFIX = new Uint8Array(0)

/** The bound that everything is below. */
export const INFINITY: Bound = { timestamp: MAX_UINT64, prefix: NO_PREFIX }
/** The bound that nothing is below. */
export const ZERO: Bound = { timestamp: 0n, prefix: NO_PREFIX }

/** The bound below everything with this timestamp (a safe integer) or a later one. */
export function boundAt(timestamp: number): Bound {
  return { timestamp: BigInt(timestamp), prefix: NO_PREFIX }
}

/** Negative where a is below b, positive where it is above, 0 where both cut at the same place. */
export function compareBounds(a: Bound, b: Bound): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1
  return comparePrefixes(a.prefix, b.prefix)
}

function comparePrefixes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.byteLength, b.byteLength)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The shortest prefix of `id` that is above `previous`: what they share, and one byte more. */
export function separatingPrefix(previous: Uint8Array, id: Uint8Array): Uint8Array {
  let shared = 0
  while (shared < ID_BYTES && previous[shared] === id[shared]) shared++
  return id.subarray(0, shared + 1)
}

/** A bound's bytes after one with the timestamp `previous` (0n at the start of a message): 2 to 43 bytes. */
export function encodeBound(bound: Bound, previous: bigint): Uint8Array {
  const timestamp = bound.timestamp === MAX_UINT64 ? 0n : bound.timestamp - previous + 1n
  return b4a.concat([encodeVarint(timestamp), encodeVarint(bound.prefix.byteLength), bound.prefix])
}

/** The bound that comes next, after one with the timestamp `previous`; undefined where the bytes spell none. */
export function decodeBound(reader: ByteReader, previous: bigint): Bound | undefined {
  const encoded = reader.varint()
  const length = reader.length(ID_BYTES)
  if (encoded === undefined || length === undefined) return undefined
  const prefix = reader.bytes(length)
  return prefix && { timestamp: decodeTimestamp(encoded, previous), prefix }
}

function decodeTimestamp(encoded: bigint, previous: bigint): bigint {
  const timestamp = previous + encoded - 1n
  // The published text does not say what a sum over 64 bits means; its reference implementation says infinity.
  return encoded === 0n || timestamp > MAX_UINT64 ? MAX_UINT64 : timestamp
}
