import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync
} from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '../base/errors.js'
import type { Millis } from '../base/time.js'

/** Up to where a bot has handled what was said in a room. */
export interface Handled {
  /** It goes on after this; undefined while it has handled nothing. */
  readonly cursor?: string | undefined
  /** When it first came, ms since 1970: it has missed nothing that was said before. */
  readonly cameAt: Millis
}

/** Where that is kept between runs. */
export interface Bookmark {
  /** What was put last; undefined at first, and if it is damaged. Throws what the disk does. */
  read(): Handled | undefined
  /** Survives the end of the process as soon as this returns; a power cut may bring an earlier one back. Throws what the disk does. */
  write(handled: Handled): void
}

/** Bytes of a file: a sector has room for them, so they are written as one. */
const RECORD_BYTES = 128
const PRIVATE_FILE = 0o600

/**
 * Keeps it in a file, mode 0600, that is written in place: some 10 us. Its directory is made for the first write; if it is deleted
 * after that with the one above it, that was meant, and `write` throws.
 */
export function fileBookmark(file: string): Bookmark {
  let isFirst = true
  const put = (handled: Handled) => {
    write(file, handled, isFirst)
    isFirst = false
  }
  return { read: () => read(file), write: put }
}

function read(file: string): Handled | undefined {
  try {
    return handledIn(readFileSync(file, 'utf8'))
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT' || thrown instanceof SyntaxError) return undefined
    throw thrown
  }
}

function handledIn(text: string): Handled | undefined {
  const { cameAt, cursor }: Record<string, unknown> = Object(JSON.parse(text))
  if (typeof cameAt !== 'number') return undefined
  return typeof cursor === 'string' ? { cursor, cameAt } : { cameAt }
}

function write(file: string, handled: Handled, isFirst: boolean): void {
  const opened = open(file, isFirst)
  try {
    writeSync(opened, `${JSON.stringify(handled).padEnd(RECORD_BYTES - 1)}\n`, 0)
  } finally {
    closeSync(opened)
  }
}

// Never through a link. Windows has no such flag.
function open(file: string, isFirst: boolean): number {
  const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants
  try {
    return openSync(file, O_WRONLY | O_NOFOLLOW)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
    makeDirectory(dirname(file), isFirst)
    return openSync(file, O_WRONLY | O_CREAT | O_EXCL, PRIVATE_FILE)
  }
}

function makeDirectory(directory: string, recursive: boolean): void {
  if (!existsSync(directory)) mkdirSync(directory, { recursive, mode: 0o700 })
}
