import b4a from 'b4a'
import { sha256 } from '../../../base/crypto.js'
import { encodeVarint } from './varint.js'

/** Length in bytes of the fingerprint of a range. */
export const FINGERPRINT_BYTES = 16

/** An unsigned 256-bit number as eight 32-bit words, the least significant first; sums wrap at 2^256. */
export type Sum = Uint32Array

/** Words of a sum. */
export const SUM_WORDS = 8
const WORD = 2 ** 32

/** Adds to `sum`, in place, the id (32 bytes, little-endian) that starts at this offset. */
export function addId(sum: Sum, ids: DataView, offset: number): void {
  let carry = 0
  for (let word = 0; word < SUM_WORDS; word++) {
    const total = (sum[word] ?? 0) + ids.getUint32(offset + 4 * word, true) + carry
    sum[word] = total
    carry = total >= WORD ? 1 : 0
  }
}

/** `a - b` modulo 2^256. */
export function subtract(a: Sum, b: Sum): Sum {
  const difference = new Uint32Array(SUM_WORDS)
  let borrow = 0
  for (let word = 0; word < SUM_WORDS; word++) {
    const total = (a[word] ?? 0) - (b[word] ?? 0) - borrow
    difference[word] = total
    borrow = total < 0 ? 1 : 0
  }
  return difference
}

/**
 * Negentropy's digest of the ids in a range: the first 16 bytes of SHA-256 over their sum (32 bytes, little-endian)
 * and their number (varint).
 */
export function fingerprintOf(sum: Sum, count: number): Uint8Array {
  return sha256(b4a.concat([sumBytes(sum), encodeVarint(count)])).subarray(0, FINGERPRINT_BYTES)
}

function sumBytes(sum: Sum): Uint8Array {
  const bytes = new Uint8Array(4 * SUM_WORDS)
  const view = new DataView(bytes.buffer)
  sum.forEach((value, word) => {
    view.setUint32(4 * word, value, true)
  })
  return bytes
}
