import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, SwarmchatError } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import { homeDirectory } from '../home/directory.js'
import { loadIdentity } from '../home/identity.js'
import { orNoHome } from '../home/key-file.js'
import { tryLock } from '../home/lock.js'
import { type NamedRoom, namedRooms, roomDirectory } from '../home/room-directory.js'
import { chatMessageFrom } from '../protocol/chat/chat-message.js'
import { foldLines } from '../protocol/chat/fold.js'
import { fitsQuery, foldText, hasWords, wordsOf } from '../protocol/chat/search.js'
import type { ChatMessage } from '../protocol/events.js'
import { type Log, logOf } from '../store/log.js'
import { readShared } from '../store/sharing.js'
import { storeInUse } from '../store/store-errors.js'
import { cursorText } from './cursor.js'
import { historyDirectory, openAll, sharingPath } from './history.js'
import { type RoomKeys, roomKeys } from './keys.js'

/** Which part of a history is wanted. */
export interface HistoryOptions {
  /** Default: {@link homeDirectory}. */
  readonly home?: string | undefined
  /** Only what is dated from then on, ms since 1970. Default: all. */
  readonly since?: Millis | undefined
  /** Only what is dated before then, ms since 1970. Default: all. */
  readonly until?: Millis | undefined
  /** Only of who goes by this nick, or whose identity begins with these hex digits. Default: of all. */
  readonly from?: string | undefined
  /** Only lines that have all words of this text, in any case of letters. Default: all. */
  readonly grep?: string | undefined
  /** Only so many of the newest. Default: all. */
  readonly limit?: number | undefined
}

/** A room that is kept here. */
export interface KeptRoom {
  readonly name: string
  /** True: it has a password, without which nothing of it can be read. Absent for a room that is open by name. */
  readonly hasPassword?: true
  /** Lines of chat; undefined if it has a password, if another program has the room open, or its history cannot be read. */
  readonly messages?: number
  /** When the newest was said, ms since 1970; undefined as above, and if there is none. */
  readonly last?: Millis
}

/** ROOM_NOT_KEPT: nothing of a room is kept in this home. Exit code 1. */
const roomNotKept = (name: string) =>
  new SwarmchatError('ROOM_NOT_KEPT', `Nothing of the room ${name} is kept here.`, {
    hint: 'swarmchat rooms lists the rooms that are kept.',
    exitCode: 1
  })

/**
 * The lines of chat that are kept of a room, in its order, without joining it. Throws BAD_ROOM_NAME, ROOM_NOT_KEPT,
 * STORE_IN_USE, STORE_NEWER, STORE_FAILED, and what `loadIdentity` throws.
 */
export async function keptHistory(
  room: string | RoomKeys,
  options: HistoryOptions = {}
): Promise<ChatMessage[]> {
  return (await keptLines(keysOf(room), options)).lines
}

/** Lines of chat that are kept, and where to go on after them. */
export interface KeptLines {
  readonly lines: ChatMessage[]
  /** For each line where to go on after it: as far as possible without leaving out any line after it. */
  readonly cursors: readonly (string | undefined)[]
  /** Where to go on after all of them; undefined while the disk of the program that keeps them cannot be written. */
  readonly cursor: string | undefined
}

/** The same, with cursors. */
export async function keptLines(
  keys: RoomKeys,
  { home = homeDirectory(), limit, ...query }: HistoryOptions = {}
): Promise<KeptLines> {
  const log = await loadKept(home, keys)
  const wanted = (await linesIn(log, keys)).filter(fitting(query))
  const lines = limit === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - limit))
  const { epoch, last } = log
  const textOf = (number: number) => epoch && cursorText({ epoch, number })
  return { lines, cursors: numbersAfter(lines, log).map(textOf), cursor: textOf(last) }
}

/** True for lines that are wanted, of those that are kept. */
export function fitting({ from, grep = '', since, until }: HistoryOptions) {
  const words = wordsOf(grep)
  return (line: ChatMessage) =>
    fitsQuery(line, { from, since, until }) && hasWords(foldText(line.text), words)
}

// They are in the room's order, and numbers are in that of arrival.
function numbersAfter(lines: readonly ChatMessage[], { last, messages }: Log): number[] {
  const numbers = new Map(messages.map(({ id, number }) => [id, number]))
  const after: number[] = []
  let lowest = last + 1
  for (const { id } of lines.toReversed()) {
    after.push(lowest - 1)
    lowest = Math.min(lowest, numbers.get(id) || lowest)
  }
  return after.reverse()
}

/** The rooms that are kept here, by name. Throws NO_HOME. */
export async function keptRooms(home: string = homeDirectory()): Promise<KeptRoom[]> {
  const rooms: KeptRoom[] = []
  for (const room of namedRooms(home)) rooms.push(await describe(home, room))
  return rooms
}

/**
 * Deletes all that is kept of a room: messages, name and device key. Throws BAD_ROOM_NAME, ROOM_NOT_KEPT, STORE_IN_USE if a
 * program is in it, NO_HOME, NO_LOCKS.
 */
export function forgetRoom(room: string | RoomKeys, home: string = homeDirectory()): void {
  const keys = keysOf(room)
  const directory = roomDirectory(home, keys.topic)
  if (!existsSync(directory)) throw roomNotKept(keys.name)
  const lock = tryLock(join(directory, 'lock'))
  if (lock === undefined) throw storeInUse()
  try {
    orNoHome(directory, () => deleteAll(directory))
  } finally {
    lock.release()
  }
  orNoHome(directory, () => rmSync(directory, { recursive: true, force: true }))
}

// What is locked cannot be deleted on Windows.
function deleteAll(directory: string): void {
  for (const entry of readdirSync(directory))
    if (entry !== 'lock') rmSync(join(directory, entry), { recursive: true, force: true })
}

/** A name alone leads to the room that has no password. */
function keysOf(room: string | RoomKeys): RoomKeys {
  return typeof room === 'string' ? roomKeys(room) : room
}

async function describe(home: string, { name, topic }: NamedRoom): Promise<KeptRoom> {
  const keys = roomKeys(name)
  if (keys.topic !== topic) return { name, hasPassword: true }
  try {
    const lines = await linesOf(home, keys)
    const last = lines.at(-1)?.time
    return { name, messages: lines.length, ...(last === undefined ? {} : { last }) }
  } catch (thrown) {
    if (codeOf(thrown) === 'ROOM_NOT_KEPT') return { name, messages: 0 }
    if (thrown instanceof SwarmchatError) return { name }
    throw thrown
  }
}

/** The lines of chat that are kept of a room, as they read now. Throws what {@link loadKept} does. */
export async function linesOf(home: string, keys: RoomKeys): Promise<ChatMessage[]> {
  return linesIn(await loadKept(home, keys), keys)
}

async function linesIn(log: Log, keys: RoomKeys): Promise<ChatMessage[]> {
  const { messages } = await openAll(log.messages, keys)
  return foldLines(messages).map(line => chatMessageFrom(line, true))
}

/**
 * All that is kept of a room, in its order: of the program that has the database open, if one has. Throws ROOM_NOT_KEPT,
 * STORE_IN_USE, STORE_NEWER, STORE_FAILED, and what `loadIdentity` throws.
 */
export async function loadKept(home: string, keys: RoomKeys): Promise<Log> {
  const { directory, path } = keptPlace(home, keys)
  return (await readShared(path)) ?? loadFrom(directory)
}

/** Where a room is kept, and where the program that has it open gives it. Throws ROOM_NOT_KEPT, and what `loadIdentity` throws. */
export function keptPlace(home: string, keys: RoomKeys) {
  if (!existsSync(roomDirectory(home, keys.topic))) throw roomNotKept(keys.name)
  const identity = loadIdentity(home)
  const directory = historyDirectory(home, keys, identity)
  if (!existsSync(directory)) throw roomNotKept(keys.name)
  return { directory, path: sharingPath(home, keys, identity) }
}

/** The same of a database that nobody has open. Throws STORE_IN_USE, STORE_NEWER, STORE_FAILED. */
export async function loadFrom(directory: string): Promise<Log> {
  const { LevelStore } = await import('../store/level-store.js')
  const store = await LevelStore.open(directory)
  try {
    return await logOf(store)
  } finally {
    await store.close()
  }
}
