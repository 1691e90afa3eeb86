import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { codeOf } from '../base/errors.js'

// Every file of ours is made here: mode 0600, and made by us. What is there already, a symbolic
// link above all, is never written through.

/** Mode of every file that we make: its owner's alone. */
const PRIVATE_FILE = 0o600

/** File systems without hard links say one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES'])

/**
 * Creates the file with this text, mode 0600, at once and whole, unless a file of that name is
 * there: nothing is ever overwritten. True if this call made it; of several processes that try at
 * once exactly one hears true.
 */
export function createFile(file: string, text: string): boolean {
  return withDraft(file, text, draft => publish(draft, file, text))
}

/**
 * Puts a file with this text, or these bytes, mode 0600, in the place of what has that name, at once and whole; a
 * symbolic link is replaced, and not followed.
 */
export function replaceFile(file: string, content: string | Uint8Array): void {
  withDraft(file, content, draft => renameSync(draft, file))
}

/** The file's text, or undefined if there is no such file. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

function withDraft<T>(file: string, content: string | Uint8Array, use: (draft: string) => T): T {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    writeNew(draft, content)
    return use(draft)
  } finally {
    rmSync(draft, { force: true })
  }
}

// On the disk before it has its name: a machine that loses its power leaves the old file or the new
// one.
function writeNew(file: string, content: string | Uint8Array): void {
  const handle = openSync(file, 'wx', PRIVATE_FILE)
  try {
    writeFileSync(handle, content)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function publish(draft: string, file: string, text: string): boolean {
  try {
    linkSync(draft, file)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    if (!NO_LINKS.has(codeOf(thrown) ?? '')) throw thrown
    return createInPlace(file, text)
  }
}

function createInPlace(file: string, text: string): boolean {
  try {
    writeNew(file, text)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    throw thrown
  }
}
