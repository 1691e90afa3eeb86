import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type KeyPair, keyPairFromSeed, SEED_BYTES } from '../base/crypto.js'
import { type IdentityKey, idFromBytes } from '../base/ids.js'
import { ensureDirectory, homeDirectory } from './directory.js'
import { loadKey, loadKeyPair } from './key-file.js'

/** Who signs messages: what a person is to the others, on however many devices. */
export interface Identity {
  readonly key: IdentityKey
  readonly keyPair: KeyPair
  /** The file it is kept in; undefined for one that lives in memory only. */
  readonly file?: string
}

/** What can be known of an identity without its passphrase. */
export interface KeptIdentity {
  readonly key: IdentityKey
  readonly file: string
  /** True: it is under a passphrase. */
  readonly isLocked: boolean
}

/** The file that the identity of this home is kept in, or would be. */
export function identityFile(home: string = homeDirectory()): string {
  return join(home, 'identity')
}

/**
 * The identity kept in this home; made on first use (directory 0700, file 0600). Throws BAD_IDENTITY, OPEN_IDENTITY,
 * NO_HOME, or IDENTITY_LOCKED if it has a passphrase that was not given to this program; never overwrites anything.
 */
export function loadIdentity(home: string = homeDirectory()): Identity {
  const file = identityFile(ensureDirectory(home))
  return { ...identityOf(loadKeyPair(file, 'identity')), file }
}

/** Which identity is kept in this home, locked or not; made on first use. Throws as `loadIdentity`, but for IDENTITY_LOCKED. */
export function keptIdentity(home: string = homeDirectory()): KeptIdentity {
  const file = identityFile(ensureDirectory(home))
  const key = loadKey(file, 'identity')
  const publicKey = key.isLocked ? key.publicKey : key.pair.publicKey
  return { key: idFromBytes<IdentityKey>(publicKey), file, isLocked: key.isLocked }
}

/** An identity from a key pair of the caller's; nothing is kept. */
export function identityOf(keyPair: KeyPair): Identity {
  return { key: idFromBytes<IdentityKey>(keyPair.publicKey), keyPair }
}

/** An identity that lives as long as its process. */
export function freshIdentity(): Identity {
  return identityOf(keyPairFromSeed(randomBytes(SEED_BYTES)))
}
