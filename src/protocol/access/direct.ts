import b4a from 'b4a'
import {
  CIPHER_NONCE_BYTES,
  domain,
  hash,
  type KeyPair,
  openSecret,
  sealSecret,
  sharedSecret,
  TAG_BYTES
} from '../../base/crypto.js'
import { idToBytes, type Topic } from '../../base/ids.js'
import { isSealedWith } from '../../base/tag-check.js'
import { DIRECT_STEPS_BYTES } from '../config.js'
import { ByteReader, ByteWriter } from '../wire/bytes.js'

// Words for one member: the body of a message of kind 7. To everybody else it is noise of one of five lengths, whoever it
// is for.

/** Before the line: how long it is. */
const LENGTH_BYTES = 2
/** Longest line in bytes that can be sealed. */
export const MAX_DIRECT_BYTES = (DIRECT_STEPS_BYTES.at(-1) ?? 0) - LENGTH_BYTES

const KEY_DOMAIN = domain('direct')

/** The key that two identities have in this room, from either side; undefined for a public key that is none. */
export function directKey(own: KeyPair, other: Uint8Array, topic: Topic): Uint8Array | undefined {
  const shared = sharedSecret(own, other)
  if (shared === undefined) return undefined
  const pair = [own.publicKey, other].sort(b4a.compare)
  return hash([KEY_DOMAIN, idToBytes(topic), ...pair], shared)
}

/**
 * Seals a line: the nonce, and XChaCha20-Poly1305 of its length (u16), the line, and zeros up to the next step. `nonce`: 24
 * bytes of the system's generator. RangeError for a line over MAX_DIRECT_BYTES: a bug of ours.
 */
export function sealDirect(line: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  const length = LENGTH_BYTES + line.byteLength
  const step = DIRECT_STEPS_BYTES.find(step => step >= length)
  if (step === undefined) throw new RangeError('the line is too long')
  const padding = b4a.alloc(step - length)
  const padded = new ByteWriter().uint16(line.byteLength).bytes(line).bytes(padding).finish()
  return b4a.concat([nonce, sealSecret(padded, KEY_DOMAIN, nonce, key)])
}

/** The line; undefined for what is not sealed with this key: it is for somebody else. */
export function openDirect(body: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (body.byteLength < CIPHER_NONCE_BYTES + TAG_BYTES) return undefined
  const nonce = body.subarray(0, CIPHER_NONCE_BYTES)
  const sealed = body.subarray(CIPHER_NONCE_BYTES)
  // Nearly all are for somebody else.
  if (!isSealedWith(sealed, KEY_DOMAIN, nonce, key)) return undefined
  const padded = openSecret(sealed, KEY_DOMAIN, nonce, key)
  if (padded === undefined) return undefined
  const reader = new ByteReader(padded)
  const line = reader.bytes(reader.uint16())
  return reader.failed ? undefined : line
}
