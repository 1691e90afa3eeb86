import { closeSync, constants, openSync } from 'node:fs'
import native from 'fs-native-extensions'
import { codeOf, noHome, noLocks } from '../base/errors.js'

// The one typed facade of fs-native-extensions.
const { tryLock: tryKernelLock } = native as { tryLock(descriptor: number): boolean }

/** A lock that is held. It falls with its process, however that ends. */
export interface Lock {
  /** Idempotent. */
  release(): void
}

/** What file systems without locks say. */
const NO_LOCKS = new Set(['ENOLCK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'])

/**
 * Takes the lock on this file, which is made if it is not there (mode 0600), or says undefined at
 * once if somebody has it, this process included. The kernel keeps it: it holds between containers
 * that share a volume, and nobody needs to find out who is dead. Throws NO_HOME if the file cannot
 * be opened, or is a symbolic link, and NO_LOCKS if its file system has none.
 */
export function tryLock(file: string): Lock | undefined {
  const descriptor = open(file)
  try {
    if (tryKernelLock(descriptor)) return held(descriptor)
  } catch (thrown) {
    closeSync(descriptor)
    throw NO_LOCKS.has(codeOf(thrown) ?? '') ? noLocks(file, thrown) : noHome('file', file, thrown)
  }
  closeSync(descriptor)
  return undefined
}

function open(file: string): number {
  const { O_CREAT, O_NOFOLLOW = 0, O_RDWR } = constants
  try {
    return openSync(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
  } catch (thrown) {
    throw noHome('file', file, thrown)
  }
}

function held(descriptor: number): Lock {
  let isHeld = true
  return {
    release: () => {
      if (isHeld) closeSync(descriptor)
      isHeld = false
    }
  }
}
