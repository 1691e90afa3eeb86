import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { SwarmchatError } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import { deletedAtOf, emptyDeleted } from './deletion.js'
import { LAYOUT_VERSION, VERSION_KEY } from './layout.js'
import { isCorrupt, isLocked, storeFailed, storeInUse, storeNewer } from './store-errors.js'

/** LevelDB, as the store uses it. */
export type Database = ClassicLevel<Uint8Array, Uint8Array>

/** What a database had at one moment. */
export type Snapshot = ReturnType<Database['snapshot']>

/** A database that was opened. */
export interface Opened {
  readonly database: Database
  /** When all that was kept was deleted last, ms since 1970; 0 if it never was. */
  readonly deletedAt: Millis
  /** True if there was none before. */
  readonly isFresh: boolean
  /** True if LevelDB has passed over something that it could not read. */
  readonly isDamaged: boolean
  /** Where the damaged one was put, of which this has what could be read. */
  readonly aside?: string
}

/** Sealed bytes do not compress. */
const OPTIONS = {
  keyEncoding: 'view',
  valueEncoding: 'view',
  compression: false,
  cacheSize: 8 << 20
} as const

/** Values that are read while nothing else is done: some hundred µs. Guess: a thread takes as long to begin. */
const READ_AT_ONCE = 16

/** Entries that are read one after the other come in pieces of so many bytes: of smaller ones most of the time goes into waiting. */
export const PIECE_BYTES = 1 << 20

/** What LevelDB writes when it opens, beside its log as a table: what it knows of its files. */
const OPENING_BYTES = 1 << 16

/**
 * Opens the database in this directory, and makes it if there is none. One that LevelDB cannot read is put aside, and what
 * can be saved of it is opened. `known`: when all was deleted last, as far as is known. Throws STORE_IN_USE, STORE_NEWER, STORE_FAILED.
 */
export async function openDatabase(directory: string, known: Millis = 0): Promise<Opened> {
  try {
    return await tryToOpen(directory, known)
  } catch (thrown) {
    if (!isCorrupt(thrown) || !isThere(directory)) throw explain(directory, thrown)
  }
  try {
    return await openRepaired(directory, known)
  } catch (thrown) {
    throw explain(directory, thrown)
  }
}

/**
 * The values at these keys. A few are read at once: handing them to another thread and back takes longer than to read them.
 * Throws what LevelDB does.
 */
export async function valuesAt(
  database: Database,
  keys: readonly Uint8Array[]
): Promise<(Uint8Array | undefined)[]> {
  if (keys.length > READ_AT_ONCE) return database.getMany([...keys])
  return keys.map(key => database.getSync(key))
}

/** Gives a database that is closed another name, and says which; it is never deleted. */
export function putAside(directory: string): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  const aside = `${directory}.damaged-${stamp}`
  renameSync(directory, aside)
  const copies = logCopies(directory)
  if (existsSync(copies)) {
    for (const log of readdirSync(copies)) renameSync(join(copies, log), join(aside, log))
    rmSync(copies, { recursive: true })
  }
  return aside
}

/** False if the files of an open database are gone: then what is written there is lost. */
export function isThere(directory: string): boolean {
  return existsSync(join(directory, 'CURRENT'))
}

/** Makes the directory of a database. If all above it was deleted as well, that was meant: this throws. */
export function makeAgain(directory: string): void {
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
}

async function tryToOpen(directory: string, known: Millis): Promise<Opened> {
  makeAgain(directory)
  emptyDeleted(directory)
  const database: Database = new ClassicLevel(directory, OPTIONS)
  try {
    copyLogs(directory)
    await database.open()
    const isDamaged = hasDropped(directory)
    if (!isDamaged) rmSync(logCopies(directory), { recursive: true, force: true })
    const isFresh = await checkVersion(database)
    return {
      database,
      deletedAt: await deletedAtOf(database, directory, known),
      isDamaged,
      isFresh
    }
  } catch (thrown) {
    await database.close().catch(() => {})
    throw thrown
  }
}

/** Throws what the disk says if it has no room for what opening a database writes: as long as it is open, it can be read. */
export function checkSpace(directory: string): void {
  const file = `${directory}.space`
  const logs = readdirSync(directory).filter(each => each.endsWith('.log'))
  const bytes = logs.reduce((sum, log) => sum + statSync(join(directory, log)).size, OPENING_BYTES)
  try {
    writeFileSync(file, new Uint8Array(bytes), { mode: 0o600 })
  } finally {
    rmSync(file, { force: true })
  }
}

async function openRepaired(directory: string, known: Millis): Promise<Opened> {
  const aside = putAside(directory)
  try {
    cpSync(aside, directory, { recursive: true })
    await ClassicLevel.repair(directory)
    return { ...(await tryToOpen(directory, known)), aside }
  } catch (thrown) {
    if (!isCorrupt(thrown)) throw thrown
    rmSync(directory, { recursive: true, force: true })
    return { ...(await tryToOpen(directory, known)), aside }
  }
}

const logCopies = (directory: string) => `${directory}.logs`

// LevelDB deletes its log once it has read it, the part that it passed over included. It is 4 MB at most.
function copyLogs(directory: string): void {
  const copies = logCopies(directory)
  rmSync(copies, { recursive: true, force: true })
  const logs = readdirSync(directory).filter(file => file.endsWith('.log'))
  if (logs.length > 0) mkdirSync(copies, { mode: 0o700 })
  for (const log of logs) copyFileSync(join(directory, log), join(copies, log))
}

// The one place where it says so. What `kill -9` leaves behind is no damage, and not named there.
function hasDropped(directory: string): boolean {
  return /: dropping \d+ bytes; /.test(readFileSync(join(directory, 'LOG'), 'utf8'))
}

/** True if the database is a new one. */
async function checkVersion(database: Database): Promise<boolean> {
  const [version = 0] = (await database.get(VERSION_KEY)) ?? []
  if (version > LAYOUT_VERSION) throw storeNewer(version, LAYOUT_VERSION)
  if (version < LAYOUT_VERSION) await database.put(VERSION_KEY, Uint8Array.of(LAYOUT_VERSION))
  return version === 0
}

function explain(directory: string, thrown: unknown): SwarmchatError {
  if (isLocked(thrown)) return storeInUse(thrown)
  return thrown instanceof SwarmchatError ? thrown : storeFailed(directory, thrown)
}
