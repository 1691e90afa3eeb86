import { equalSecrets, type KeyPair, keyPairFromSeed, seedOf } from '../base/crypto.js'
import { badIdentity, SwarmchatError } from '../base/errors.js'
import { replaceFile } from './files.js'
import { keyIfThere, loadKeyPair, orNoHome } from './key-file.js'
import { lockedKeyText, openKeyText } from './key-text.js'
import { openBox, sealInBox } from './passphrase-box.js'
import { keepUnlocked, unlockedPair } from './unlocked.js'

// An identity under a passphrase: its file says who it is, and is of no use to who reads it without the passphrase.

/** WRONG_PASSPHRASE: the passphrase does not open the file. */
export const wrongPassphrase = (file: string) =>
  new SwarmchatError('WRONG_PASSPHRASE', `That passphrase does not open ${file}.`, {
    hint: 'Try again: capital letters and spaces count. The 24 words restore an identity without it.'
  })

/** True if the identity in this file waits for its passphrase. Throws BAD_IDENTITY, OPEN_IDENTITY, NO_HOME. */
export function needsPassphrase(file: string): boolean {
  const key = keyIfThere(file, 'identity')
  return key?.isLocked === true && unlockedPair(key.publicKey) === undefined
}

/**
 * Lets this program use the identity in this file from now on; the file stays locked. Rejects with WRONG_PASSPHRASE,
 * BAD_PASSPHRASE, BAD_IDENTITY, OPEN_IDENTITY, NO_HOME.
 */
export async function openLocked(file: string, passphrase: string): Promise<void> {
  const key = keyIfThere(file, 'identity')
  if (key?.isLocked !== true) return
  const seed = await openBox('locked-identity', key.box, passphrase)
  if (seed === undefined) throw wrongPassphrase(file)
  const pair = keyPairFromSeed(seed)
  if (!equalSecrets(pair.publicKey, key.publicKey)) throw badIdentity(file, 'is damaged')
  keepUnlocked(pair)
}

/**
 * Puts the identity in this file under a passphrase, or under another one; it must be open to this program. Rejects with
 * BAD_PASSPHRASE, IDENTITY_LOCKED, NO_HOME.
 */
export async function lockFile(file: string, passphrase: string): Promise<void> {
  const pair = loadKeyPair(file, 'identity')
  await writeLocked(file, pair, passphrase)
  keepUnlocked(pair)
}

/** Takes the passphrase away: whoever may read the file has the identity. Throws IDENTITY_LOCKED, NO_HOME. */
export function unlockFile(file: string): void {
  const pair = loadKeyPair(file, 'identity')
  orNoHome(file, () => replaceFile(file, openKeyText('identity', pair)))
}

async function writeLocked(file: string, pair: KeyPair, passphrase: string): Promise<void> {
  const box = await sealInBox('locked-identity', seedOf(pair), passphrase)
  orNoHome(file, () => replaceFile(file, lockedKeyText(pair.publicKey, box)))
}
