import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessageId } from '../base/ids.js'
import { aBoolean, anyOf, aString, type Checks, checkOptions, numberFrom } from '../base/options.js'
import type { Millis } from '../base/time.js'
import type { LineQuery } from '../protocol/chat/search.js'
import type { ChatMessage, RoomCard, RoomSubject } from '../protocol/events.js'
import { noCursor, numberOf } from './kept/cursor.js'
import type { RoomLog } from './kept/room-log.js'
import { Speaker } from './speaker.js'

/** Which part of what a room has is wanted. */
export interface HistoryRange {
  /**
   * Only what is dated from then on, ms since 1970; or only what came after this cursor of a `Feed`, in the order in
   * which it came. Default: all.
   */
  readonly since?: Millis | string | undefined
  /** Only what is dated before then, ms since 1970. Default: all. */
  readonly until?: Millis | undefined
  /** So many lines at most, from where it begins. Default: all. */
  readonly limit?: number | undefined
  /** True: the newest first. Default false: the oldest first. */
  readonly reverse?: boolean | undefined
}

/** What is searched for in a room. */
export interface SearchOptions extends Omit<LineQuery, 'text'> {
  /** So many lines at most: the newest. Default 100. */
  readonly limit?: number | undefined
}

/** What a room has of what was said. */
export interface Reading {
  /** Ids of all messages dated from `since` and before `until`, in the room's order. */
  idsBetween(since: Millis, until: Millis): MessageId[]
  /** A line as people see it now; undefined if it is none, or gone. */
  lineShown(id: MessageId): ChatMessage | undefined
  /** What the room is about now; undefined: nothing in particular. */
  subject(): RoomSubject | undefined
  /** What the room is now; undefined: it has no card. */
  card(): RoomCard | undefined
  /** The newest lines that fit, the newest first. */
  search(query: LineQuery, limit: number): ChatMessage[]
  /** Reads so many older lines for searches to come; true if there are no more. */
  readOn(count: number): boolean
}

/** Whatever else happens waits for so many lines to be read: a few ms. Guess. */
const READ_AT_ONCE = 200
const FOUND_BY_DEFAULT = 100

const SEARCH: Checks<SearchOptions> = {
  from: aString,
  since: numberFrom(0),
  until: numberFrom(0),
  limit: numberFrom(0)
}
const RANGE: Checks<HistoryRange> = {
  since: anyOf('a time or a cursor', numberFrom(0), aString),
  until: numberFrom(0),
  limit: numberFrom(0),
  reverse: aBoolean
}

/** What can be read of a room that is open: the part of {@link Room} that only looks at what is there. */
export abstract class Conversation extends Speaker {
  #readingOn: Promise<void> | undefined

  /**
   * The lines that the room has, as they read when their turn comes: ourselves and what was said before we came included. What
   * was deleted is left out, and what comes meanwhile is not in it. Throws BAD_OPTION, and for a cursor BAD_CURSOR, CURSOR_UNKNOWN,
   * NO_CURSOR, STORE_FAILED.
   */
  async *history(range: HistoryRange = {}): AsyncGenerator<ChatMessage, void, undefined> {
    checkOptions('Room.history', range, RANGE)
    const { limit = Number.POSITIVE_INFINITY, reverse = false } = range
    const ids = await this.#idsOf(range)
    let [left, read] = [limit, 0]
    for (const id of reverse ? ids.reverse() : ids) {
      if (left <= 0) return
      const line = this.reading.lineShown(id)
      if (line !== undefined) yield line
      if (line !== undefined) left -= 1
      read += 1
      if (read % READ_AT_ONCE === 0) await nextTurn()
    }
  }

  async #idsOf({ since = 0, until = Number.MAX_SAFE_INTEGER }: HistoryRange): Promise<MessageId[]> {
    if (typeof since === 'number') return this.reading.idsBetween(since, until)
    if (!this.log?.isKept) throw noCursor()
    const log = await this.log.arrivals()
    const from = numberOf(since, log)
    const isOver = new Set(this.reading.idsBetween(until, Number.POSITIVE_INFINITY))
    return log.arrivals
      .filter(({ id, number }) => number > from && !isOver.has(id))
      .map(({ id }) => id)
  }

  /**
   * Finds lines that have all words of a text, in any order, in any case of letters, with or without accents; parts of words
   * as well. In the room's order, the newest last. The first search of a large room looks at its newest 3,000 lines; the
   * others are read while nothing else happens, and found from then on: see {@link searched}. Throws BAD_OPTION.
   */
  search(text: string, options: SearchOptions = {}): ChatMessage[] {
    checkOptions('Room.search', options, SEARCH)
    const { limit = FOUND_BY_DEFAULT, ...query } = options
    const found = this.reading.search({ ...query, text }, limit).reverse()
    this.#readingOn ??= this.#readOn()
    return found
  }

  /** Resolves when a search finds every line that the room has: after the first one, some seconds for 100,000 lines. */
  async searched(): Promise<void> {
    await this.#readingOn
  }

  /** False while lines are being read that the last search may have missed: see {@link searched}. */
  get hasSearchedAll(): boolean {
    return this.reading.readOn(0)
  }

  async #readOn(): Promise<void> {
    while (!this.reading.readOn(READ_AT_ONCE)) await nextTurn()
    this.#readingOn = undefined
  }

  /** What the room is about now, as the member who was last put it; undefined: nothing in particular. */
  subject(): RoomSubject | undefined {
    return this.reading.subject()
  }

  /** What the room is now, as the member who was last put it; undefined: it has no card. */
  card(): RoomCard | undefined {
    return this.reading.card()
  }

  /** The order in which what is kept came, which a `Feed` follows; undefined if nothing is kept on the disk. */
  abstract get log(): RoomLog | undefined

  protected abstract get reading(): Reading
}
