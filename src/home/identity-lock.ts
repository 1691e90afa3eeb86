import { dirname } from 'node:path'
import { equalSecrets, type KeyPair, keyPairFromSeed, seedOf } from '../base/crypto.js'
import { badIdentity, codeOf, SwarmchatError } from '../base/errors.js'
import { replaceFile } from './files.js'
import { identityFile } from './identity.js'
import { keyIfThere, loadKeyPair, orNoHome } from './key-file.js'
import { lockedKeyText, openKeyText } from './key-text.js'
import { checkPassphrase, openBox, sealInBox } from './passphrase-box.js'
import { lockSecrets, unlockSecrets } from './room-secrets.js'
import { keepUnlocked, unlockedPair } from './unlocked.js'

// An identity under a passphrase: its file says who it is, and is of no use to who reads it without the passphrase. The secrets
// of private rooms are locked with it: before it is, so that none is open beside a locked identity.

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
  lockLeftOpen(file, pair)
}

/**
 * Puts the identity of a home and the secrets of its private rooms under a passphrase, or under another one; it must be open to
 * this program. Rejects with BAD_PASSPHRASE, IDENTITY_LOCKED, NO_HOME.
 */
export async function lockHome(home: string, passphrase: string): Promise<void> {
  const file = identityFile(home)
  checkPassphrase(passphrase)
  lockSecrets(home, loadKeyPair(file, 'identity'))
  await lockFile(file, passphrase)
}

/** Takes the passphrase away: whoever may read the home has the identity and its rooms. Throws IDENTITY_LOCKED, NO_HOME. */
export function unlockHome(home: string): void {
  const file = identityFile(home)
  unlockFile(file)
  unlockSecrets(home, loadKeyPair(file, 'identity'))
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
function unlockFile(file: string): void {
  const pair = loadKeyPair(file, 'identity')
  orNoHome(file, () => replaceFile(file, openKeyText('identity', pair)))
}

async function writeLocked(file: string, pair: KeyPair, passphrase: string): Promise<void> {
  const box = await sealInBox('locked-identity', seedOf(pair), passphrase)
  orNoHome(file, () => replaceFile(file, lockedKeyText(pair.publicKey, box)))
}

// Of a version that left them open, or of a program that kept one while others were being locked.
function lockLeftOpen(file: string, pair: KeyPair): void {
  const home = dirname(file)
  if (file !== identityFile(home)) return
  try {
    lockSecrets(home, pair)
  } catch (thrown) {
    // Read all the same where nothing can be written.
    if (codeOf(thrown) !== 'NO_HOME') throw thrown
  }
}
