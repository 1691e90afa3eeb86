import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '../base/errors.js'

/** Mode of every directory that we make: its owner's alone. */
const PRIVATE_DIRECTORY = 0o700

/**
 * Makes the directory, and those above it, mode 0700 if they are new. Throws what the system does.
 *
 * Not mkdir's `recursive`: below a file system that says ENOENT to every mkdir, /proc for one, it never ends (Node 20).
 */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory()) throw new Error('it is not a directory')
    return
  }
  makeDirectory(dirname(directory))
  try {
    mkdirSync(directory, PRIVATE_DIRECTORY)
  } catch (thrown) {
    // Another process that starts as well was faster.
    if (codeOf(thrown) !== 'EEXIST') throw thrown
  }
}
