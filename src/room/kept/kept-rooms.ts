import { codeOf, SwarmchatError } from '../../base/errors.js'
import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { homeDirectory } from '../../home/directory.js'
import type { Identity } from '../../home/identity.js'
import { type NamedRoom, namedRooms } from '../../home/room-directory.js'
import { privateNames } from '../../home/room-secrets.js'
import { chatMessageFrom } from '../../protocol/chat/chat-message.js'
import { foldLines } from '../../protocol/chat/fold-lines.js'
import { directsAmong } from '../../protocol/chat/kept-directs.js'
import { fitsQuery, foldText, hasWords, wordsOf } from '../../protocol/chat/search.js'
import type { ChatMessage, DirectMessage } from '../../protocol/events.js'
import type { Log } from '../../store/log.js'
import { privateRooms } from '../admission/private-rooms.js'
import { type RoomAccess, type RoomKeys, roomKeys } from '../keys.js'
import { cursorText } from './cursor.js'
import { askOrOpen, keptPlace, loadFrom, loadKept, readParts } from './kept-source.js'
import { type LinesRead, lastOf, newestLines } from './newest-lines.js'
import { openAll } from './read-history.js'

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
  /** Whose private messages are among them, as `DirectMessage`. Default: nobody's. */
  readonly identity?: Identity | undefined
  /** To whom it may have written who never said anything here themselves. Default: nobody. */
  readonly correspondents?: readonly IdentityKey[] | undefined
}

/** A line that is kept: said to all, or a private message. */
export type KeptLine = ChatMessage | DirectMessage

/** True for a private message. */
export function isDirect(line: KeptLine): line is DirectMessage {
  return 'to' in line
}

/** A room that is kept here. */
export interface KeptRoom {
  readonly name: string
  /**
   * Who can come in. Where it is 'password', nothing of it can be read without that; a private room whose secret is not kept here
   * looks the same.
   */
  readonly access: RoomAccess
  /** True: its secret is under the passphrase of an identity, which was not given. */
  readonly isLocked?: boolean
  /** Lines of chat; undefined if it has a password or is locked, if another program has the room open, or its history cannot be read. */
  readonly messages?: number
  /** When the newest was said, ms since 1970; undefined as above, and if there is none. */
  readonly last?: Millis
}

/**
 * The lines of chat that are kept of a room, in its order, without joining it. Throws BAD_ROOM_NAME, ROOM_NOT_KEPT,
 * STORE_IN_USE, STORE_NEWER, STORE_FAILED, and what `keptIdentity` throws.
 */
export async function keptHistory(
  room: string | RoomKeys,
  options: HistoryOptions = {}
): Promise<KeptLine[]> {
  return (await keptLines(keysOf(room), options)).lines
}

/** Lines that are kept, and where to go on after them. */
export interface KeptLines {
  readonly lines: KeptLine[]
  /** For each line where to go on after it: as far as possible without leaving out any line after it. */
  readonly cursors: readonly (string | undefined)[]
  /** Where to go on after all of them; undefined while the disk of the program that keeps them cannot be written. */
  readonly cursor: string | undefined
  /** How many messages could not be read: they were altered on the disk. */
  readonly damaged: number
}

/** The same, with cursors. */
export async function keptLines(
  keys: RoomKeys,
  { correspondents, home = homeDirectory(), identity, limit, ...query }: HistoryOptions = {}
): Promise<KeptLines> {
  const fits = fitting(query)
  const read = (log: Log, others: readonly IdentityKey[] = []) =>
    linesIn(log, keys, identity, [...others, ...(correspondents ?? [])])
  const newest = (log: Log, { damaged, lines }: LinesRead) =>
    withCursors(lastOf(lines.filter(fits), limit), log, damaged)
  const { directory, path } = keptPlace(home, keys)
  const all = async (log: Log) => newest(log, await read(log))
  return askOrOpen(path, all, async () => {
    if (limit === undefined) return all(await loadFrom(directory))
    const wanted = { fits, limit, own: identity?.key, read }
    return readParts(directory, async parts => {
      const { damaged, lines, log } = await newestLines(parts, wanted)
      return withCursors(lines, log, damaged)
    })
  })
}

function withCursors(lines: KeptLine[], log: Log, damaged: number): KeptLines {
  const { epoch, last } = log
  const textOf = (number: number) => epoch && cursorText({ epoch, number })
  const cursors = numbersAfter(lines, log).map(textOf)
  return { lines, cursors, cursor: textOf(last), damaged }
}

/** True for lines that are wanted, of those that are kept. */
export function fitting({ from, grep = '', since, until }: HistoryOptions) {
  const words = wordsOf(grep)
  return (line: KeptLine) =>
    fitsQuery(line, { from, since, until }) && hasWords(foldText(line.text), words)
}

// They are in the room's order, and numbers are in that of arrival.
function numbersAfter(lines: readonly KeptLine[], { last, messages }: Log): number[] {
  const numbers = new Map(messages.map(({ id, number }) => [id, number]))
  const after: number[] = []
  let lowest = last + 1
  for (const { id } of lines.toReversed()) {
    after.push(lowest - 1)
    lowest = Math.min(lowest, numbers.get(id) || lowest)
  }
  return after.reverse()
}

/** The rooms that are kept here, by name; private ones also if nobody was in them yet. Throws NO_HOME. */
export async function keptRooms(home: string = homeDirectory()): Promise<KeptRoom[]> {
  const named = namedRooms(home)
  const known = new Set(named.map(({ topic }) => topic))
  const privates = privateNames(home)
  const unvisited = privates.filter(({ topic }) => !known.has(topic))
  const about = { home, privates, secrets: privateRooms(home) }
  const rooms: KeptRoom[] = []
  for (const room of [...named, ...unvisited]) rooms.push(await describe(room, about))
  return rooms.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A name alone leads to the room that has no password. */
export function keysOf(room: string | RoomKeys): RoomKeys {
  return typeof room === 'string' ? roomKeys(room) : room
}

/** The private rooms of a home: all, and those whose secrets are open to this program. */
interface PrivateHere {
  readonly home: string
  readonly privates: readonly NamedRoom[]
  readonly secrets: readonly RoomKeys[]
}

async function describe(
  { name, topic }: NamedRoom,
  { home, privates, secrets }: PrivateHere
): Promise<KeptRoom> {
  const all = [...secrets, roomKeys(`#${name}`)]
  const keys = all.find(each => each.topic === topic)
  const isPrivate = privates.some(each => each.topic === topic)
  if (keys === undefined && isPrivate) return { name, access: 'private', isLocked: true }
  if (keys === undefined) return { name, access: 'password' }
  const { access } = keys
  try {
    const { lines } = await linesOf(home, keys)
    const last = lines.at(-1)?.time
    return { name, access, messages: lines.length, ...(last === undefined ? {} : { last }) }
  } catch (thrown) {
    if (codeOf(thrown) === 'ROOM_NOT_KEPT') return { name, access, messages: 0 }
    if (thrown instanceof SwarmchatError) return { name, access }
    throw thrown
  }
}

/** The lines of chat that are kept of a room, as they read now. Throws what {@link loadKept} does. */
export async function linesOf(home: string, keys: RoomKeys): Promise<LinesRead> {
  return linesIn(await loadKept(home, keys), keys)
}

/** `identity`: and its private messages. */
async function linesIn(
  log: Log,
  keys: RoomKeys,
  identity?: Identity,
  correspondents?: readonly IdentityKey[]
): Promise<LinesRead> {
  const { damaged, messages } = await openAll(log.messages, keys)
  const lines = foldLines(messages).map(line => chatMessageFrom(line, true))
  if (identity === undefined) return { lines, damaged }
  const directs = directsAmong(messages, identity.keyPair, keys.topic, correspondents)
  return { lines: inRoomOrder([...lines, ...directs]), damaged }
}

// By clock and id.
function inRoomOrder(lines: readonly KeptLine[]): KeptLine[] {
  return lines.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
}
