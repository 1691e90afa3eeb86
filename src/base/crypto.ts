import b4a from 'b4a'
import sodium from 'sodium-universal'

/** An Ed25519 key pair: 32-byte public key, 64-byte secret key (libsodium's form: seed, then public key). */
export interface KeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** Length in bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64
/** Length in bytes of the seed of a key pair. */
export const SEED_BYTES = 32

/**
 * What keeps a hash or signature of one use from being valid in another: the ASCII of `swarmchat/1/<use>` and a zero
 * byte, so that no domain is a prefix of another.
 */
export function domain(use: string): Uint8Array {
  return b4a.from(`swarmchat/1/${use}\0`)
}

/** BLAKE2b-256 of the parts, one after another; keyed where a key of 16 to 64 bytes is given (RFC 7693). */
export function hash(parts: readonly Uint8Array[], key?: Uint8Array): Uint8Array {
  const out = b4a.alloc(32)
  if (key === undefined) sodium.crypto_generichash_batch(out, parts)
  else sodium.crypto_generichash_batch(out, parts, key)
  return out
}

/** The key pair that a 32-byte seed gives. */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  const publicKey = b4a.alloc(32)
  const secretKey = b4a.alloc(64)
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed)
  return { publicKey, secretKey }
}

/** Ed25519 signature (RFC 8032), 64 bytes. */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const signature = b4a.alloc(SIGNATURE_BYTES)
  sodium.crypto_sign_detached(signature, message, secretKey)
  return signature
}

/** True where the signature is the key's over exactly this message. About 50 µs: never verify twice. */
export function verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.byteLength !== SIGNATURE_BYTES || publicKey.byteLength !== 32) return false
  return sodium.crypto_sign_verify_detached(signature, message, publicKey)
}

/** Constant-time comparison; lengths are not secret. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && sodium.sodium_memcmp(a, b)
}

/** SHA-256 (FIPS 180-4), 32 bytes. For Negentropy's fingerprints only: what is ours hashes with BLAKE2b. */
export function sha256(message: Uint8Array): Uint8Array {
  const out = b4a.alloc(32)
  sodium.crypto_hash_sha256(out, message)
  return out
}
