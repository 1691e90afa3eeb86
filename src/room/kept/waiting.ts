import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { tryLock } from '../../home/lock.js'

// Who waits for a database that another program has holds a lock beside the place where that one gives it to others. So whoever
// finds nobody there knows whether somebody is about to be.

/** Says that a program waits for what is given at this path, until the function is called that this gives. Never throws. */
export function waitFor(path: string): () => void {
  const file = `${path}.${randomBytes(8).toString('hex')}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const lock = tryLock(file)
    return () => {
      lock?.release()
      rmSync(file, { force: true })
    }
  } catch {
    // Where there are no locks nobody waits, as far as others know.
    return () => {}
  }
}

/** True if a program waits for what is given at this path. What programs have left that were killed goes. Never throws. */
export function isWaitedFor(path: string): boolean {
  try {
    const files = readdirSync(dirname(path)).filter(name => name.startsWith(`${basename(path)}.`))
    return files.map(name => isLocked(join(dirname(path), name))).includes(true)
  } catch {
    return false
  }
}

function isLocked(file: string): boolean {
  const lock = tryLock(file)
  if (lock === undefined) return true
  rmSync(file, { force: true })
  lock.release()
  return false
}
