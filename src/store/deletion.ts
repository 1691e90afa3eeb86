import { readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Millis } from '../base/time.js'
import { DELETED_KEY } from './layout.js'

// All that is kept is deleted by giving its database another name, which has the time of that in it. So it is done at once, also
// on a full disk, and known to whoever opens the next database, whenever a program is killed: that one gets the time, and only
// then the name goes. Other programs that have a copy of what was deleted compare.

/** Where the time is kept: a database is one. */
interface Times {
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  put(key: Uint8Array, value: Uint8Array): Promise<void>
}

/** What follows the name of a database that is deleted; earlier versions gave no time. */
const DELETED = /^\.deleted(?:-(\d{1,15}))?$/
const TIME_BYTES = 8
/** Two clocks of one machine differ by less: both are rounded. */
const ROUNDED_MILLIS: Millis = 1

/** Deletes a database that is closed, at this time, and all that was put aside of it. */
export function deleteFiles(directory: string, at: Millis): void {
  renameSync(directory, `${directory}.deleted-${at}`)
  for (const name of besides(directory)) if (!DELETED.test(name)) remove(directory + name)
  emptyDeleted(directory)
}

/** Deletes what a program that was killed has not deleted to the end: only the time of that is left. */
export function emptyDeleted(directory: string): void {
  for (const name of deletedBesides(directory)) {
    const deleted = directory + name
    for (const file of readdirSync(deleted)) remove(join(deleted, file))
  }
}

/**
 * When all that was in this database, or in one before it, was deleted last, ms since 1970; 0 if it never was. `known`: as far
 * as is known without it.
 */
export async function deletedAtOf(
  database: Times,
  directory: string,
  known: Millis
): Promise<Millis> {
  const written = timeIn(await database.get(DELETED_KEY))
  const names = deletedBesides(directory)
  const at = names.reduce((last, name) => Math.max(last, timeOf(name)), Math.max(written, known))
  if (at > written) await writeDeletedAt(database, at)
  for (const name of names) remove(directory + name)
  return at
}

async function writeDeletedAt(database: Times, at: Millis): Promise<void> {
  const value = new Uint8Array(TIME_BYTES)
  new DataView(value.buffer).setBigUint64(0, BigInt(at))
  await database.put(DELETED_KEY, value)
}

/** The time, ms since 1970, but later than this: no two deletions have one time, whatever the clock does. */
export function timeAfter(last: Millis): Millis {
  return Math.max(Date.now(), last + 1)
}

/**
 * A time, ms since 1970, on the clock that never jumps, or a moment after it; undefined if it is yet to come: then the other
 * clock was set back, and nobody can say.
 */
export function momentOf(at: Millis): Millis | undefined {
  const age = Date.now() - at
  return age < 0 ? undefined : performance.now() - age + ROUNDED_MILLIS
}

function timeIn(value: Uint8Array | undefined): Millis {
  if (value?.byteLength !== TIME_BYTES) return 0
  const time = new DataView(value.buffer, value.byteOffset).getBigUint64(0)
  return time > BigInt(Number.MAX_SAFE_INTEGER) ? 0 : Number(time)
}

const timeOf = (name: string): Millis => Number(DELETED.exec(name)?.[1] ?? 0)

const deletedBesides = (directory: string) => besides(directory).filter(name => DELETED.test(name))

/** What follows the name of this directory in those of its neighbours that begin with it and a dot. */
function besides(directory: string): string[] {
  const own = basename(directory)
  return readdirSync(dirname(directory)).flatMap(name =>
    name.startsWith(`${own}.`) ? [name.slice(own.length)] : []
  )
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
