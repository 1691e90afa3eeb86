import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { equalSecrets, type KeyPair } from '../base/crypto.js'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { ensureDirectory } from './directory.js'
import { createFile, readIfThere, replaceFile } from './files.js'
import { identityFile } from './identity.js'
import { keyIfThere, orNoHome } from './key-file.js'
import { type KeyText, openKeyText } from './key-text.js'
import { type Lock, tryLock } from './lock.js'
import { roomDirectories } from './room-directory.js'
import { countLocked, unlockSecrets } from './room-secrets.js'
import { unlockedPair } from './unlocked.js'

/** IDENTITY_IN_USE: a program that is in a room goes by this identity. Exit code 1. */
const identityInUse = () =>
  new SwarmchatError('IDENTITY_IN_USE', 'A program of yours is in a room as who you are now.', {
    hint: 'End it, and try again.',
    exitCode: 1
  })

/** What became of the identity that was there. */
export interface IdentityChange {
  /** The file that the former one is in now; undefined if there was none, or it was this one. */
  readonly former?: string | undefined
  /** Private rooms whose secrets the former one has locked, and alone opens. */
  readonly lockedRooms?: number | undefined
}

/** What an identity is to a home: not there, or the one there, open or locked; `other`: another one is there, or a damaged one. */
export type Standing = 'new' | 'same' | 'locked' | 'other'

/** Throws OPEN_IDENTITY, NO_HOME. */
export function standingOf(home: string, { publicKey }: KeyPair): Standing {
  const known = identityIn(home)
  if (known === undefined) return 'new'
  if (known === 'damaged') return 'other'
  const knownKey = known.isLocked ? known.publicKey : known.pair.publicKey
  if (!equalSecrets(knownKey, publicKey)) return 'other'
  return known.isLocked ? 'locked' : 'same'
}

/**
 * Makes this the identity of a home, without a passphrase: the words are for who has forgotten it. Another one that was there is
 * put aside, in a file beside it; the rooms get device keys of their own, so that nobody can tell who one was. Throws IDENTITY_IN_USE, OPEN_IDENTITY, NO_HOME.
 */
export function changeIdentity(home: string, pair: KeyPair): IdentityChange {
  const file = identityFile(ensureDirectory(home))
  const text = openKeyText('identity', pair)
  const standing = standingOf(home, pair)
  if (standing !== 'other') {
    const write = standing === 'locked' ? replaceFile : createFile
    orNoHome(file, () => write(file, text))
    unlockSecrets(home, pair)
    return {}
  }
  const rooms = lockRooms(home)
  try {
    for (const { directory } of rooms) rmSync(join(directory, 'device'), { force: true })
    unlockAllOf(home)
    const former = orNoHome(file, () => putAside(file))
    orNoHome(file, () => replaceFile(file, text))
    unlockSecrets(home, pair)
    return { former, lockedRooms: countLocked(home) }
  } finally {
    for (const { lock } of rooms) lock.release()
  }
}

function identityIn(home: string): KeyText | 'damaged' | undefined {
  try {
    return keyIfThere(identityFile(home), 'identity')
  } catch (thrown) {
    if (codeOf(thrown) === 'BAD_IDENTITY') return 'damaged'
    throw thrown
  }
}

// What the one here has locked, if it is open to this program: the next one cannot open it.
function unlockAllOf(home: string): void {
  const known = identityIn(home)
  if (known === undefined || known === 'damaged') return
  const pair = known.isLocked ? unlockedPair(known.publicKey) : known.pair
  if (pair !== undefined) unlockSecrets(home, pair)
}

function putAside(file: string): string {
  const text = readIfThere(file) ?? ''
  for (let number = 1; ; number++) {
    const former = `${file}.former-${number}`
    if (createFile(former, text)) return former
  }
}

interface LockedRoom {
  readonly directory: string
  readonly lock: Lock
}

/** Every room that something is kept about, so that no program enters one meanwhile. */
function lockRooms(home: string): LockedRoom[] {
  const locked: LockedRoom[] = []
  try {
    for (const directory of roomDirectories(home)) {
      const lock = tryLock(join(directory, 'lock'))
      if (lock === undefined) throw identityInUse()
      locked.push({ directory, lock })
    }
    return locked
  } catch (thrown) {
    for (const { lock } of locked) lock.release()
    // Where there are no locks there are no device keys.
    if (codeOf(thrown) === 'NO_LOCKS') return []
    throw thrown
  }
}
