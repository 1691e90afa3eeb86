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
 * What keeps a hash or signature of one use from being valid in another: the ASCII of `swarmchat/2/<use>` and a zero
 * byte, so that no domain is a prefix of another.
 */
export function domain(use: string): Uint8Array {
  return b4a.from(`swarmchat/2/${use}\0`)
}

/**
 * BLAKE2b-256 of the parts, one after another; keyed where a key of 16 to 64 bytes is given (RFC 7693). `out`: the 32 bytes
 * to write to, for who needs them for a moment only. Default: new ones.
 */
export function hash(
  parts: readonly Uint8Array[],
  key?: Uint8Array,
  out: Uint8Array = b4a.alloc(32)
): Uint8Array {
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

/** The seed that gives this pair, 32 bytes. */
export function seedOf({ secretKey }: KeyPair): Uint8Array {
  return secretKey.subarray(0, SEED_BYTES)
}

/** Ed25519 signature (RFC 8032), 64 bytes. */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const signature = b4a.allocUnsafe(SIGNATURE_BYTES)
  sodium.crypto_sign_detached(signature, message, secretKey)
  return signature
}

/** True where the signature is the key's over exactly this message. About 50 µs: never verify twice. */
export function verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.byteLength !== SIGNATURE_BYTES || publicKey.byteLength !== 32) return false
  return sodium.crypto_sign_verify_detached(signature, message, publicKey)
}

/** What sealing adds to the length of a secret, in bytes. */
export const TAG_BYTES = 16
/** XChaCha20's nonces in bytes. */
export const CIPHER_NONCE_BYTES = 24

/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): the secret, sealed, and its tag behind it. `bound` is authenticated with it.
 * The nonce has 24 bytes and is used once with a key of 32.
 */
export function sealSecret(
  secret: Uint8Array,
  bound: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array
): Uint8Array {
  const sealed = b4a.allocUnsafe(secret.byteLength + TAG_BYTES)
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, secret, bound, null, nonce, key)
  return sealed
}

/** What {@link sealSecret} sealed; undefined for anything else. */
export function openSecret(
  sealed: Uint8Array,
  bound: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array
): Uint8Array | undefined {
  if (sealed.byteLength < TAG_BYTES) return undefined
  const secret = b4a.allocUnsafeSlow(sealed.byteLength - TAG_BYTES)
  try {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(secret, null, sealed, bound, nonce, key)
    return secret
  } catch {
    return undefined
  }
}

/**
 * What two Ed25519 identities share, 32 bytes: X25519 (RFC 7748) of the keys in their other form (RFC 8032's birational map).
 * The same from either side. Undefined for a public key that is none.
 */
export function sharedSecret(own: KeyPair, other: Uint8Array): Uint8Array | undefined {
  const [secret, point, shared] = [b4a.alloc(32), b4a.alloc(32), b4a.alloc(32)]
  try {
    sodium.crypto_sign_ed25519_sk_to_curve25519(secret, own.secretKey)
    sodium.crypto_sign_ed25519_pk_to_curve25519(point, other)
    sodium.crypto_scalarmult(shared, secret, point)
    return shared
  } catch {
    return undefined
  }
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

/** Argon2id 1.3 (RFC 9106): how much work a hash is. */
export interface HashWork {
  readonly passes: number
  readonly memoryBytes: number
}

/** Length in bytes of the salt of {@link slowHash}. */
export const SALT_BYTES = 16

/**
 * Argon2id 1.3 of a password, 32 bytes, one lane: for what people choose, which can be guessed. Computed on a thread of its own;
 * resolves when it is done.
 */
export function slowHash(
  password: Uint8Array,
  salt: Uint8Array,
  { memoryBytes, passes }: HashWork
): Promise<Uint8Array> {
  const out = b4a.alloc(32)
  const algorithm = sodium.crypto_pwhash_ALG_ARGON2ID13
  return sodium
    .crypto_pwhash_async(out, password, salt, passes, memoryBytes, algorithm)
    .then(() => out)
}
