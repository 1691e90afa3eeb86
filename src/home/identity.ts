import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type KeyPair, keyPairFromSeed, SEED_BYTES } from '../base/crypto.js'
import { type IdentityKey, idFromBytes } from '../base/ids.js'
import { ensureDirectory, homeDirectory } from './directory.js'
import { loadKeyPair } from './key-file.js'

/** Who signs messages: what a person is to the others, on however many devices. */
export interface Identity {
  readonly key: IdentityKey
  readonly keyPair: KeyPair
  /** The file it is kept in; undefined for one that lives in memory only. */
  readonly file?: string
}

/**
 * The identity kept in this home; made on first use (directory 0700, file 0600). Throws BAD_IDENTITY, OPEN_IDENTITY or
 * NO_HOME, and never overwrites anything.
 */
export function loadIdentity(home: string = homeDirectory()): Identity {
  const file = join(ensureDirectory(home), 'identity')
  return { ...identityOf(loadKeyPair(file, 'identity')), file }
}

/** An identity from a key pair of the caller's; nothing is kept. */
export function identityOf(keyPair: KeyPair): Identity {
  return { key: idFromBytes<IdentityKey>(keyPair.publicKey), keyPair }
}

/** An identity that lives as long as its process. */
export function freshIdentity(): Identity {
  return identityOf(keyPairFromSeed(randomBytes(SEED_BYTES)))
}
