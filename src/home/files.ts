import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { codeOf } from '../base/errors.js'

/** Mode of every file that we make: its owner's alone. */
const PRIVATE_FILE = 0o600

/** File systems without hard links say one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES'])

/**
 * Creates the file with this text, mode 0600, at once and whole, unless a file of that name is there: nothing is ever
 * overwritten. True where this call made it; of several processes that try at once exactly one hears true.
 */
export function createFile(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    writeFileSync(draft, text, { mode: PRIVATE_FILE, flag: 'wx' })
    return publish(draft, file, text)
  } finally {
    rmSync(draft, { force: true })
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
    writeFileSync(file, text, { mode: PRIVATE_FILE, flag: 'wx' })
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    throw thrown
  }
}

/** The file's text, or undefined where there is no such file. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}
