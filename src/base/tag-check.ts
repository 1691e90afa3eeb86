import b4a from 'b4a'
import sodium from 'sodium-universal'
import { TAG_BYTES } from './crypto.js'

// Of one check, for as long as it lasts.
const tagKey = b4a.alloc(32)

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
  const authenticated = b4a.alloc(padded(bound.byteLength) + padded(length) + 16)
  authenticated.set(bound)
  authenticated.set(sealed.subarray(0, length), padded(bound.byteLength))
  const lengths = new DataView(authenticated.buffer, authenticated.byteOffset)
  lengths.setUint32(authenticated.byteLength - 16, bound.byteLength, true)
  lengths.setUint32(authenticated.byteLength - 8, length, true)
  return sodium.crypto_onetimeauth_verify(sealed.subarray(length), authenticated, tagKey)
}

/** The next multiple of 16. */
function padded(length: number): number {
  return Math.ceil(length / 16) * 16
}
