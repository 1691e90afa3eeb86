import b4a from 'b4a'
import sodium from 'sodium-universal'
import { TAG_BYTES } from './crypto.js'

// Of one check, for as long as it lasts. Most are short, and new memory for each would cost as much as the check.
const tagKey = b4a.alloc(32)
const scratch = b4a.alloc(2_048)

/**
 * True if these bytes were sealed by `sealSecret` with this key: their tag alone is computed (RFC 8439, section 2.8, with the
 * key of draft-irtf-cfrg-xchacha-03), and nothing is opened. For looking at much that is for others: refusing costs a few
 * microseconds, and several times as much where libsodium's facade throws.
 */
export function isSealedWith(
  sealed: Uint8Array,
  bound: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array
): boolean {
  const length = sealed.byteLength - TAG_BYTES
  if (length < 0) return false
  sodium.crypto_stream_xchacha20(tagKey, nonce, key)
  const authenticated = zeros(padded(bound.byteLength) + padded(length) + 16)
  authenticated.set(bound)
  authenticated.set(sealed.subarray(0, length), padded(bound.byteLength))
  setLength(authenticated, authenticated.byteLength - 16, bound.byteLength)
  setLength(authenticated, authenticated.byteLength - 8, length)
  return sodium.crypto_onetimeauth_verify(sealed.subarray(length), authenticated, tagKey)
}

function zeros(length: number): Uint8Array {
  return length > scratch.byteLength ? b4a.alloc(length) : scratch.subarray(0, length).fill(0)
}

/** Little-endian, 24 bits: no message is longer. */
function setLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length
  bytes[at + 1] = length >> 8
  bytes[at + 2] = length >> 16
}

/** The next multiple of 16. */
function padded(length: number): number {
  return Math.ceil(length / 16) * 16
}
