import b4a from 'b4a'
import { hash } from '../base/crypto.js'
import type { IdNumbers } from '../base/id-numbers.js'
import { ID_BYTES, type IdentityKey, type MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { firstHeardIn } from '../protocol/history/first-heard.js'
import type { FirstHeard } from '../protocol/history/message-node.js'
import { ID_WORDS, MessageTable } from '../protocol/history/message-table.js'
import { ByteReader } from '../protocol/wire/bytes.js'
import { IdSum, indexedOf, type Row, RowReader, RowWriter } from './index-rows.js'
import { ALL_RECORDS, recordKey } from './layout.js'
import type { Database } from './level-database.js'
import { readAll } from './read-all.js'
import { RowBytes } from './row-bytes.js'
import type { BeforeMuch, Indexed } from './store.js'
import { isCorrupt } from './store-errors.js'

// A record of the index: the hash of what follows (8 bytes), how many messages are kept after it (8), the sum of their ids
// (32), and rows. It is written in the batch that changes the messages, so that a batch which a damaged disk has swallowed,
// and LevelDB passes over without a word, is noticed when the index is read.

const HASH_BYTES = 8
/** Rows of a record when the index is written anew. */
const ROWS_PER_RECORD = 4_096
/** Records are read in so large pieces at most. */
const READ_BYTES = 1 << 20
const READ_AT_ONCE = 1_000
/** Rows of no use that are not worth writing anything anew. Guess. */
const SPARE_ROWS = 10_000
/** With more a process that reads them does nothing else for a while. Guess: 20 ms. */
const MANY_ROWS = 5_000
/** Short records that are read as quickly as one long one. Guess. */
const SPARE_RECORDS = 1_000

/** A change of the database. */
export type Write =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** What was read of an index. */
export interface ReadIndex {
  readonly index: IndexLog
  /** What is kept. */
  readonly table: MessageTable
  /** False if some of it is not as it was written. */
  readonly isWhole: boolean
}

/**
 * What is kept in a database, beside what is in the messages themselves: a log of rows, of which a room's index is made
 * without a look at its messages. In memory: which messages are kept.
 */
export class IndexLog {
  /** A log whose first record gets this number. */
  static from(number: number): IndexLog {
    const index = new IndexLog()
    index.#first = number
    index.#next = number
    return index
  }

  readonly #rows = new RowWriter()
  readonly #sum = new IdSum()
  /** Of the records that there are. */
  #first = 0
  #next = 0

  /** Messages that are kept. */
  get size(): number {
    return this.#rows.size
  }

  /** True if there are no records. */
  get isEmpty(): boolean {
    return this.#next === this.#first
  }

  /** True if it takes much longer to read than it needs to: then it is to be written anew. */
  get isLong(): boolean {
    return this.hasWaste || this.#next - this.#first > SPARE_RECORDS + this.size / 16
  }

  /** True if most of it says nothing any more. */
  get hasWaste(): boolean {
    return this.#rows.count > 2 * this.size + SPARE_ROWS
  }

  has(id: MessageId): boolean {
    return this.#rows.has(id)
  }

  /** True if just these messages are kept. */
  isOf(ids: readonly MessageId[]): boolean {
    const sum = new IdSum()
    for (const id of ids) sum.toggle(id)
    return ids.length === this.size && b4a.equals(sum.bytes, this.#sum.bytes)
  }

  /** The record that says that these rows were added: it must be written, or the log is of no use any more. */
  add(rows: readonly Row[]): Write {
    const writer = new RowBytes()
    for (const row of rows) this.#write(row, writer)
    const tally = new RowBytes().uint64(this.size).bytes(this.#sum.bytes)
    const content = b4a.concat([tally.finish(), writer.finish()])
    const key = recordKey(this.#next)
    this.#next += 1
    return { type: 'put', key, value: b4a.concat([checksum(content), content]) }
  }

  /** The row of each message in the table of which all was noted. */
  indexOfTable(): IdNumbers {
    return this.#rows.indexOfTable()
  }

  /** Makes room for so many messages at once. */
  reserve(count: number): void {
    this.#rows.reserve(count)
  }

  /** Takes note of a record that is there, whose rows are those of the table from this one on. False if it cannot be the next one. */
  noted(key: Uint8Array, table: MessageTable, from: number, tally: Uint8Array): boolean {
    const number = numberOf(key)
    if (this.isEmpty) this.#first = number
    else if (number !== this.#next) return false
    this.#next = number + 1
    this.#rows.note(table, from, (row, former) => {
      const isKept = !table.isGone(row)
      if (isKept === (former === undefined)) this.#sum.toggleAt(table.idWords, row * ID_WORDS)
      if (former !== undefined) table.drop(former)
    })
    return b4a.equals(tally, new RowBytes().uint64(this.size).bytes(this.#sum.bytes).finish())
  }

  #write(row: Row, to: RowBytes): void {
    const former = this.#rows.write(row, to)
    const id = row.type === 'kept' ? row.message.id : row.id
    if ((row.type === 'kept') === (former === 0)) this.#sum.toggle(id)
  }
}

/** A log that is being read. */
class Reading implements ReadIndex {
  readonly index = new IndexLog()
  isWhole = true
  readonly #rows = new RowReader()

  get table(): MessageTable {
    return this.#rows.table
  }

  /** Makes room for all that there is, as the newest record says, and gives how many: growing step by step leaves as much again behind. */
  reserve(newest: Uint8Array): number {
    const from = contentOf(newest)
    const count = from?.uint64() ?? 0
    this.table.reserve(count)
    this.index.reserve(count)
    return count
  }

  /** False if this is not as it was written: then what follows cannot be read. */
  take(key: Uint8Array, record: Uint8Array): boolean {
    this.isWhole = this.#take(key, record)
    return this.isWhole
  }

  #take(key: Uint8Array, record: Uint8Array): boolean {
    const from = contentOf(record)
    if (from === undefined) return false
    const tally = from.bytes(8 + ID_BYTES)
    const first = this.table.rows
    if (from.failed || !this.#rows.read(from.rest())) return false
    return this.index.noted(key, this.table, first, tally)
  }
}

/**
 * Reads the index of a database. If there is none, because an earlier version wrote the messages, or it is damaged, it is made
 * of the messages, and of what can be read of it; then `isWhole` says whether anything is missing, as far as can be told.
 * `now`: ms since 1970.
 */
export async function readIndex(
  database: Database,
  now: Millis,
  beforeMuch?: BeforeMuch
): Promise<ReadIndex> {
  const read = await readRecords(database, beforeMuch)
  const isNone = read.isWhole && read.index.isEmpty
  if (read.isWhole && !isNone) {
    read.table.index = read.index.indexOfTable()
    return read
  }
  const { found, isWhole } = await readAll(database)
  if (isNone && found.length === 0) return read
  const messages = found.map(indexedOf)
  const table = MessageTable.of(messages, heardIn(read.table))
  const heard = firstHeardIn(table, now)
  for (const [at, author] of table.authors.entries()) table.heardAt[at] = heard.get(author)
  const index = await writeAnew(database, messages, heard)
  return { index, table, isWhole: isNone && isWhole }
}

/**
 * Writes the index of a database without what is of no use any more, and with the time when each author was first heard. To be
 * called while nothing else is written. `now`: ms since 1970.
 */
export async function rewriteIndex(database: Database, now: Millis): Promise<IndexLog> {
  const { table } = await readIndex(database, now)
  return writeAnew(database, table, firstHeardIn(table, now))
}

async function readRecords(database: Database, beforeMuch?: BeforeMuch): Promise<Reading> {
  const reading = new Reading()
  const iterator = database.iterator({ ...ALL_RECORDS, highWaterMarkBytes: READ_BYTES })
  try {
    for (const newest of await database.values({ ...ALL_RECORDS, reverse: true, limit: 1 }).all())
      if (reading.reserve(newest) > MANY_ROWS) await beforeMuch?.()
    let entries = await iterator.nextv(READ_AT_ONCE)
    while (entries.length > 0 && entries.every(([key, value]) => reading.take(key, value)))
      entries = await iterator.nextv(READ_AT_ONCE)
  } catch (thrown) {
    if (!isCorrupt(thrown)) throw thrown
    reading.isWhole = false
  } finally {
    await iterator.close()
  }
  return reading
}

/** `heard`: when the authors of these messages were. */
async function writeAnew(
  database: Database,
  messages: Iterable<Indexed>,
  heard: FirstHeard
): Promise<IndexLog> {
  const former = await database.keys(ALL_RECORDS).all()
  const last = former.at(-1)
  const index = IndexLog.from(last === undefined ? 0 : numberOf(last) + 1)
  const records = [...inParts(messages, heard)].map(rows => index.add(rows))
  await database.batch([...former.map(key => ({ type: 'del', key }) as const), ...records])
  return index
}

/** When authors were first heard, as far as a table says so. */
function heardIn({ authors, heardAt }: MessageTable): FirstHeard {
  const heard = new Map<IdentityKey, Millis>()
  for (const [at, author] of authors.entries()) {
    const since = heardAt[at]
    if (since !== undefined) heard.set(author, since)
  }
  return heard
}

/** What follows the hash of a record; undefined if that is not its own. */
function contentOf(record: Uint8Array): ByteReader | undefined {
  const content = record.subarray(HASH_BYTES)
  const isOwn = b4a.equals(record.subarray(0, HASH_BYTES), checksum(content))
  return isOwn ? new ByteReader(content) : undefined
}

function checksum(content: Uint8Array): Uint8Array {
  return hash([content]).subarray(0, HASH_BYTES)
}

function numberOf(key: Uint8Array): number {
  return new ByteReader(key.subarray(1)).uint64()
}

function* inParts(messages: Iterable<Indexed>, heard: FirstHeard): Generator<Row[]> {
  let rows: Row[] = []
  for (const message of messages) {
    rows.push({ type: 'kept', message, heardAt: heard.get(message.author) as Millis })
    if (rows.length < ROWS_PER_RECORD) continue
    yield rows
    rows = []
  }
  yield rows
}
