import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { type KeyPair, keyPairFromSeed, SEED_BYTES } from '../base/crypto.js'
import { badIdentity, codeOf, noHome, openIdentity, type SwarmchatError } from '../base/errors.js'
import { createFile, readIfThere, replaceFile } from './files.js'
import { type KeyKind, type KeyText, openKeyText, readKeyText } from './key-text.js'
import { lockedIdentity, unlockedPair } from './unlocked.js'

/**
 * The key pair kept in this file; made, at mode 0600, where the file is not there. Processes that
 * start at once end with the same pair. Throws BAD_IDENTITY, OPEN_IDENTITY, NO_HOME, or IDENTITY_LOCKED for one whose
 * passphrase was not given yet; an existing file is never written.
 */
export function loadKeyPair(file: string, kind: KeyKind): KeyPair {
  const key = loadKey(file, kind)
  if (!key.isLocked) return key.pair
  const pair = unlockedPair(key.publicKey)
  if (pair === undefined) throw lockedIdentity(file)
  return pair
}

/** What this file says; likewise, but one that is locked is no error. */
export function loadKey(file: string, kind: KeyKind): KeyText {
  return keyIfThere(file, kind) ?? orNoHome(file, () => makeKey(file, kind))
}

/** What this file says; undefined where it is not there. Throws BAD_IDENTITY, OPEN_IDENTITY, NO_HOME. */
export function keyIfThere(file: string, kind: KeyKind): KeyText | undefined {
  return orNoHome(file, () => readKey(file, kind))
}

/** Puts a new key pair in the place of the one in this file. Throws NO_HOME. */
export function renewKeyPair(file: string, kind: 'device'): KeyPair {
  return orNoHome(file, () => {
    const { pair, text } = newKeyPair(kind)
    replaceFile(file, text)
    return pair
  })
}

/** Throws NO_HOME in place of an error of the file system; ours carry codes of their own. */
export function orNoHome<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (thrown) {
    if (thrown instanceof Error && 'syscall' in thrown) throw noHome('file', file, thrown)
    throw thrown
  }
}

function newKeyPair(kind: KeyKind): { readonly pair: KeyPair; readonly text: string } {
  const pair = keyPairFromSeed(randomBytes(SEED_BYTES))
  return { pair, text: openKeyText(kind, pair) }
}

function makeKey(file: string, kind: KeyKind): KeyText {
  const { pair, text } = newKeyPair(kind)
  if (createFile(file, text)) return { isLocked: false, pair }
  const winner = readKey(file, kind)
  if (winner === undefined) throw badIdentity(file, 'vanished while it was read')
  return winner
}

function readKey(file: string, kind: KeyKind): KeyText | undefined {
  const text = readIfThere(file)
  if (text === undefined) return undefined
  refuseOpenFile(file)
  const key = readKeyText(text, kind)
  if (key === undefined) throw badIdentity(file, 'is damaged')
  return key
}

/**
 * Throws the refusal (default: OPEN_IDENTITY) for a file that others may read. Windows has no such bits: there the directory's access
 * list protects the file.
 */
export function refuseOpenFile(
  file: string,
  refusal: (file: string, mode: number) => SwarmchatError = openIdentity
): void {
  if (process.platform === 'win32') return
  const mode = modeOf(file)
  if ((mode & 0o077) !== 0) throw refusal(file, mode)
}

function modeOf(file: string): number {
  try {
    return statSync(file).mode & 0o777
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return 0
    throw thrown
  }
}
