import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeFailed } from './store-errors.js'

/** Where a database can be opened: whoever opens one writes to it. */
export interface WritablePlace {
  readonly directory: string
  /** Nobody needs it any more. */
  leave(): void
}

/**
 * A place from which the database of this directory can be read: that directory; or, if nothing can be written there, as on a
 * disk that is read-only, a copy among the temporary files, which goes when it is left. Throws STORE_FAILED.
 */
export function writablePlace(directory: string): WritablePlace {
  if (isWritable(directory)) return { directory, leave: () => {} }
  let leave = () => {}
  try {
    // Only its owner may enter it.
    const around = mkdtempSync(join(tmpdir(), 'swarmchat-read-'))
    leave = () => rmSync(around, { recursive: true, force: true })
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
