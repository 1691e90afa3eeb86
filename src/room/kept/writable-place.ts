import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Millis } from '../../base/time.js'
import { type Lock, tryLock } from '../../home/lock.js'
import { storeFailed } from '../../store/store-errors.js'

/** Where a database can be opened: whoever opens one writes to it. */
export interface WritablePlace {
  readonly directory: string
  /** Nobody needs it any more. */
  leave(): void
}

/** What the directories of copies begin with. */
const COPY_PREFIX = 'swarmchat-read-'
/** A copy without a lock that is younger than this may be about to get one. Guess. */
const YOUNG_MILLIS: Millis = 60_000

/**
 * A place from which the database of this directory can be read: that directory; or, if nothing can be written there, as on a
 * disk that is read-only, a copy among the temporary files. It goes when it is left; that of a program that was killed goes when
 * the next one is made. Throws STORE_FAILED.
 */
export function writablePlace(directory: string): WritablePlace {
  if (isWritable(directory)) return { directory, leave: () => {} }
  let leave = () => {}
  try {
    // Only its owner may enter it.
    const around = mkdtempSync(join(tmpdir(), COPY_PREFIX))
    const lock = lockOf(around)
    leave = () => {
      rmSync(around, { recursive: true, force: true })
      lock?.release()
    }
    removeLeftovers(lstatSync(around).mtimeMs)
    const copy = join(around, 'messages')
    copyFiles(directory, copy)
    return { directory: copy, leave }
  } catch (thrown) {
    leave()
    throw storeFailed(directory, thrown)
  }
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}

// As files that can be written, which those need not be.
function copyFiles(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 })
  for (const file of readdirSync(from)) {
    copyFileSync(join(from, file), join(to, file))
    chmodSync(join(to, file), 0o600)
  }
}

// By the clock of the file system, which dates them.
function removeLeftovers(now: Millis): void {
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(COPY_PREFIX)) removeIfLeft(join(tmpdir(), name), now)
}

// Another program may be at it as well, or may just be making it.
function removeIfLeft(around: string, now: Millis): void {
  try {
    const { mtimeMs, uid } = lstatSync(around)
    if (uid !== process.getuid?.() || now - mtimeMs < YOUNG_MILLIS) return
    const lock = lockOf(around)
    if (lock === undefined) return
    rmSync(around, { recursive: true, force: true })
    lock.release()
  } catch {
    // It is somebody else's, or gone.
  }
}

/** The lock of who uses the copy; undefined if somebody has it, or its file system has none. */
function lockOf(around: string): Lock | undefined {
  try {
    return tryLock(join(around, 'lock'))
  } catch {
    return undefined
  }
}
