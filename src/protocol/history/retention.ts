import type { IdentityKey } from '../../base/ids.js'
import { Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import { traitsOf } from '../wire/kinds.js'
import { type Envelope, MAX_SEALED_BYTES } from '../wire/message.js'
import type { KeepLimits } from './keep-limits.js'
import { isFitting, MAX_LASTING, MAX_LASTING_BYTES, MAX_LASTING_PER_AUTHOR } from './lasting.js'
import type { MessageTable } from './message-table.js'
import { NEWCOMER_SHARE, TIMELINE_ROOMS } from './tuning.js'

/** What matters of a message for whether it is kept. */
export interface Keepable extends Pick<Envelope, 'author' | 'clock' | 'id'> {
  /** Of the sealed message. */
  readonly bytes: number
}

type SizeLimits = Pick<KeepLimits, 'maxMessages' | 'maxBytes'>

/** Room for messages of some size. */
interface Room {
  readonly maxBytes: number
  readonly max: number
  /** Of one author. */
  readonly maxOfOne: number
  // BOUNDED: max together, and one more for a moment.
  readonly settled: Shares<IdentityKey, Keepable>
  readonly newcomers: Shares<IdentityKey, Keepable>
}

/**
 * Which messages are kept, if not all can be: a function of the messages alone, whatever the order in which they came, so
 * that members with one bound keep one set. Over the bound the oldest message of whoever has most goes ({@link Shares}).
 * Messages of different sizes do not contend with each other: each room counts messages, and so bounds bytes as well.
 *
 * What lasts has a room for each kind, the same for all members whatever they keep of the rest, and no age: the newest of each
 * author, so many at most. So an author's uses do not push out its invitations.
 *
 * Newcomers take a quarter from settled authors at most: over the bound, as long as they have more than that, the oldest
 * message of whichever newcomer has most goes. As long as all are newcomers, and as long as there is room, they have all.
 */
export class Retention {
  readonly #isSettled: (author: IdentityKey) => boolean
  /** By size. */
  readonly #rooms: readonly Room[]
  // BOUNDED: by the kinds that last.
  readonly #lasting = new Map<number, Room>()

  /** Keeps as many messages, of all sizes together, and bytes at most; at least one message of each size. */
  constructor(limits: SizeLimits, isSettled: (author: IdentityKey) => boolean) {
    this.#isSettled = isSettled
    this.#rooms = roomsFor(limits)
  }

  /** Takes in a message that is not here; gives what goes for it, which may be that very message. */
  add(message: Keepable, kind: number): Keepable | undefined {
    if (!isFitting(kind, message.bytes)) return message
    const room = this.#roomFor(message, kind)
    const shares = this.#sharesOf(room, message.author)
    shares.add(message.author, message)
    if (shares.countOf(message.author) > room.maxOfOne) return shares.takeFirstOf(message.author)
    return sizeOf(room) > room.max ? firstToGo(room).takeFirst() : undefined
  }

  /** Takes in these rows of a table, where nothing is; false if something would have to go for them: then nothing happens. */
  adopt(table: MessageTable, rows: Uint32Array): boolean {
    // BOUNDED: by the sizes, and the kinds that last.
    const parts = new Map<Room, Map<number, number[]>>()
    for (const row of rows) {
      const [bytes, kind] = [table.bytes(row), table.kind(row)]
      if (!isFitting(kind, bytes)) return false
      const room = this.#roomFor({ bytes }, kind)
      const byAuthor = parts.get(room) ?? new Map<number, number[]>()
      parts.set(room, byAuthor)
      push(byAuthor, table.authorAt(row), row)
    }
    if (![...parts].every(([room, byAuthor]) => fits(room, byAuthor))) return false
    for (const [room, byAuthor] of parts)
      for (const [author, own] of byAuthor) this.#adopt(room, table, author, Uint32Array.from(own))
    return true
  }

  #adopt(room: Room, table: MessageTable, at: number, rows: Uint32Array): void {
    const author = table.authors[at] as IdentityKey
    const keepable = (row: number) => {
      return { author, clock: table.clock(row), id: table.id(row), bytes: table.bytes(row) }
    }
    const run = { length: rows.length, at: (n: number) => keepable(rows[n] as number) }
    this.#sharesOf(room, author).adopt(author, run)
  }

  /** Takes out what is older than this, ms since 1970, and does not last. Costs as much as there are authors. */
  takeBefore(clock: Millis): Keepable[] {
    return this.#rooms.flatMap(room => takeBefore(room, clock))
  }

  /** Takes out all. */
  takeAll(): Keepable[] {
    const rooms = [...this.#rooms, ...this.#lasting.values()]
    return rooms.flatMap(room => takeBefore(room, Number.POSITIVE_INFINITY))
  }

  /** An author's messages count among the newcomers', or no longer do. */
  settle(author: IdentityKey, isSettled: boolean): void {
    for (const { newcomers, settled } of [...this.#rooms, ...this.#lasting.values()]) {
      if (isSettled) newcomers.moveTo(settled, author)
      else settled.moveTo(newcomers, author)
    }
  }

  #sharesOf({ newcomers, settled }: Room, author: IdentityKey): Shares<IdentityKey, Keepable> {
    return this.#isSettled(author) ? settled : newcomers
  }

  #roomFor({ bytes }: Pick<Keepable, 'bytes'>, kind: number): Room {
    if (traitsOf(kind).lasting) return this.#lastingRoom(kind)
    const room = this.#rooms.find(({ maxBytes }) => bytes <= maxBytes)
    if (room === undefined) throw new RangeError('no room for a message of any size')
    return room
  }

  #lastingRoom(kind: number): Room {
    const room = this.#lasting.get(kind) ?? emptyRoom(LASTING_BOUNDS)
    this.#lasting.set(kind, room)
    return room
  }
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** True if a room is empty, and has place for these rows by author. */
function fits(room: Room, byAuthor: ReadonlyMap<number, readonly number[]>): boolean {
  const counts = [...byAuthor.values()].map(({ length }) => length)
  const count = counts.reduce((sum, length) => sum + length, 0)
  const { max, maxOfOne } = room
  return sizeOf(room) === 0 && count <= max && counts.every(length => length <= maxOfOne)
}

function sizeOf({ newcomers, settled }: Room): number {
  return newcomers.size + settled.size
}

/** Of whom something goes if there is too much. */
function firstToGo({ max, newcomers, settled }: Room): Shares<IdentityKey, Keepable> {
  if (newcomers.size > Math.ceil(max * NEWCOMER_SHARE)) return newcomers
  return newcomers.goesBefore(settled) ? newcomers : settled
}

function takeBefore({ newcomers, settled }: Room, clock: Millis): Keepable[] {
  return [...newcomers.takeBefore(clock), ...settled.takeBefore(clock)]
}

const LASTING_BOUNDS = {
  maxBytes: MAX_LASTING_BYTES,
  max: MAX_LASTING,
  maxOfOne: MAX_LASTING_PER_AUTHOR
}

function emptyRoom(bounds: Pick<Room, 'max' | 'maxBytes' | 'maxOfOne'>): Room {
  return { ...bounds, settled: new Shares(), newcomers: new Shares() }
}

/**
 * The rooms' bounds: their parts of all messages, with what is left over for the short ones; and, each, no more than its part
 * of the bytes has place for.
 */
function roomsFor({ maxBytes: maxBytesOfAll, maxMessages }: SizeLimits): Room[] {
  const parts = TIMELINE_ROOMS.reduce((sum, room) => sum + room.parts, 0)
  const bounds = TIMELINE_ROOMS.map(room => Math.floor((maxMessages * room.parts) / parts))
  const left = Math.max(0, maxMessages - bounds.reduce((sum, bound) => sum + bound, 0))
  return TIMELINE_ROOMS.map(({ maxBytes }, at) => {
    const bound = (bounds[at] ?? 0) + (at === 0 ? left : 0)
    const largest = Math.min(maxBytes, MAX_SEALED_BYTES)
    const fitting = Math.floor(maxBytesOfAll / TIMELINE_ROOMS.length / largest)
    const max = Math.max(1, Math.min(bound, fitting))
    return emptyRoom({ maxBytes, max, maxOfOne: max })
  })
}
