import { randomBytes } from 'node:crypto'
import {
  CIPHER_NONCE_BYTES,
  domain,
  openSecret,
  SALT_BYTES,
  sealSecret,
  slowHash
} from '../base/crypto.js'
import { SwarmchatError } from '../base/errors.js'
import { opaqueString, PASSWORD_WORK } from '../protocol/access/password.js'

/** BAD_PASSPHRASE: a passphrase is empty, longer than 1024 bytes of UTF-8, or holds what cannot be typed everywhere. */
const badPassphrase = (reason: string) =>
  new SwarmchatError('BAD_PASSPHRASE', `That cannot be a passphrase: ${reason}.`, {
    hint: 'A passphrase has 1 to 1024 bytes of visible characters and spaces, for example five words drawn by lot.'
  })

/** Something that was sealed under a passphrase. */
export interface PassphraseBox {
  /** 16 bytes. */
  readonly salt: Uint8Array
  /** 24 bytes. */
  readonly nonce: Uint8Array
  /** 16 bytes longer than what was sealed. */
  readonly sealed: Uint8Array
}

/** What a box is for; one for something else does not open. */
export type BoxUse = 'locked-identity' | 'identity-export'

/** Throws BAD_PASSPHRASE for what no passphrase can be. */
export function checkPassphrase(passphrase: string): void {
  bytesOf(passphrase)
}

/**
 * Seals something: XChaCha20-Poly1305 by a key that Argon2id makes of the passphrase, with the work of a room's password
 * (some tenths of a second, 64 MiB). Rejects with BAD_PASSPHRASE.
 */
export async function sealInBox(
  use: BoxUse,
  secret: Uint8Array,
  passphrase: string
): Promise<PassphraseBox> {
  const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(CIPHER_NONCE_BYTES)]
  const key = await slowHash(bytesOf(passphrase), salt, PASSWORD_WORK)
  return { salt, nonce, sealed: sealSecret(secret, domain(use), nonce, key) }
}

/** What is in the box; undefined for another passphrase, or if it was altered. Rejects with BAD_PASSPHRASE. */
export async function openBox(
  use: BoxUse,
  { nonce, salt, sealed }: PassphraseBox,
  passphrase: string
): Promise<Uint8Array | undefined> {
  const key = await slowHash(bytesOf(passphrase), salt, PASSWORD_WORK)
  return openSecret(sealed, domain(use), nonce, key)
}

function bytesOf(passphrase: string): Uint8Array {
  const form = opaqueString(passphrase)
  if (!form.ok) throw badPassphrase(form.reason)
  return form.bytes
}
