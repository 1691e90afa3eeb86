import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync
} from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../home/files.js'
import { isOurs, isOwnDirectory, makeOwnDirectory } from './cache-directory.js'

/** What V8 has compiled. */
export interface CompiledCode {
  /** The commands that have run with it. */
  readonly commands: readonly string[]
  readonly data: Buffer
}

/** BOUNDED: files in the directory, of some 2 MB each: one for each version of Node and place of the program. */
const MAX_FILES = 8
const DIGEST_BYTES = 32
/** BOUNDED: bytes of the list of commands. */
const MAX_LIST_BYTES = 4_096

/**
 * Compiled code in a directory that is this user's alone. V8 does not notice if a byte of it is wrong, and runs it: what is
 * not whole, or could be of somebody else, is not read. Nothing here throws.
 *
 * The file is 32 bytes of SHA-256 of what follows; two bytes, the length of a list; the list, JSON; and V8's data.
 */
export class CodeStore {
  readonly #directory: string
  readonly #file: string

  /** `key`: everything that the code depends on. */
  constructor(directory: string, key: string) {
    this.#directory = directory
    this.#file = join(directory, createHash('sha256').update(key).digest('hex').slice(0, 32))
  }

  /** Undefined if there is none that can be trusted. */
  read(): CompiledCode | undefined {
    try {
      return isOwnDirectory(this.#directory) ? parsed(readOwn(this.#file)) : undefined
    } catch {
      return undefined
    }
  }

  /** Puts this in the place of what there was, at once and whole. */
  write(code: CompiledCode): void {
    try {
      makeOwnDirectory(this.#directory)
      if (!isOwnDirectory(this.#directory)) return
      replaceFile(this.#file, bytesOf(code))
      this.#removeOldest()
    } catch {
      // The next run tries it again.
    }
  }

  /** Forgets what V8 refused. */
  forget(): void {
    this.#remove(this.#file)
  }

  #remove(file: string): void {
    try {
      rmSync(file, { force: true })
    } catch {
      // It stays, and is refused the next time as well.
    }
  }

  #removeOldest(): void {
    const files = readdirSync(this.#directory).map(name => join(this.#directory, name))
    const age = new Map(files.map(file => [file, writtenAt(file)]))
    const newestFirst = files.sort((a, b) => (age.get(b) ?? 0) - (age.get(a) ?? 0))
    for (const file of newestFirst.slice(MAX_FILES)) this.#remove(file)
  }
}

// Others may remove files as well.
function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function readOwn(file: string): Buffer {
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const found = fstatSync(opened)
    if (!found.isFile() || !isOurs(found)) throw new Error('not ours')
    return readFileSync(opened)
  } finally {
    closeSync(opened)
  }
}

function bytesOf({ commands, data }: CompiledCode): Buffer {
  const list = Buffer.from(JSON.stringify(commands)).subarray(0, MAX_LIST_BYTES)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(list.length)
  const rest = Buffer.concat([length, list, data])
  return Buffer.concat([digestOf(rest), rest])
}

function parsed(bytes: Buffer): CompiledCode | undefined {
  const rest = bytes.subarray(DIGEST_BYTES)
  if (rest.length < 2 || !digestOf(rest).equals(bytes.subarray(0, DIGEST_BYTES))) return undefined
  const end = 2 + rest.readUInt16BE()
  return { commands: JSON.parse(rest.toString('utf8', 2, end)), data: rest.subarray(end) }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
