import { compareBytes, grown } from '../../base/columns.js'
import type { IdNumbers } from '../../base/id-numbers.js'
import { copyId, ID_BYTES, type IdentityKey, idFromBytes, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { FirstHeard, ShelvedMessage } from './message-node.js'
import { TableParents } from './table-parents.js'

/** How many words of {@link MessageTable.idWords} an id has. */
export const ID_WORDS = ID_BYTES / 4
const FIRST_ROWS = 64
const DROPPED = 1
const EMPTY = 2

/** What a row says beside its id, its author and its parents. */
export interface RowFacts {
  readonly clock: Millis
  readonly kind: number
  /** Of the sealed message. */
  readonly bytes: number
}

/**
 * Messages that the store has, very many of them, without an object or a string for each: about 60 bytes a message. A row is a
 * message; it keeps its number. BOUNDED: by the store that it is read of.
 */
export class MessageTable implements Iterable<ShelvedMessage> {
  #count = 0
  #ids = new Uint8Array(FIRST_ROWS * ID_BYTES)
  #idWords = new Uint32Array(this.#ids.buffer)
  #clocks = new Float64Array(FIRST_ROWS)
  #bytes = new Uint32Array(FIRST_ROWS)
  #authorAt = new Uint32Array(FIRST_ROWS)
  #kinds = new Uint8Array(FIRST_ROWS)
  /** DROPPED: it is there no longer; EMPTY: it never was a message. */
  #isGone = new Uint8Array(FIRST_ROWS)
  #isBare = new Uint8Array(FIRST_ROWS)
  readonly #parents = new TableParents()
  readonly #authors: IdentityKey[] = []
  /** When each of the authors was first heard here, ms since 1970; undefined where that is not known. */
  readonly heardAt: (Millis | undefined)[] = []
  #order: Uint32Array | undefined
  /** The row of each message, by its id; undefined if nobody has made it, or somebody has taken it, who changes it. */
  index: IdNumbers | undefined

  /** A table of these messages. `heard`: when their authors were, as far as that is known. */
  static of(messages: Iterable<ShelvedMessage>, heard?: FirstHeard): MessageTable {
    const table = new MessageTable()
    const rows = new Map<MessageId, number>()
    const authors = new Map<IdentityKey, number>()
    for (const message of messages) {
      const { author, id, parents } = message
      if (!authors.has(author)) authors.set(author, table.addAuthor(author, heard?.get(author)))
      const row = table.add(message, authors.get(author) as number)
      copyId(id, table.#ids, row * ID_BYTES)
      rows.set(id, row)
      for (const parent of parents) table.addParent(rows.get(parent) ?? parent)
      if (message.isBare) table.strip(row)
    }
    return table
  }

  /** Rows that there are, with those of messages that are gone. */
  get rows(): number {
    return this.#count
  }

  /** How many messages there are. */
  get length(): number {
    return this.order.length
  }

  /** Whoever has said something, by the number that {@link authorAt} gives. */
  get authors(): readonly IdentityKey[] {
    return this.#authors
  }

  /** The ids of all rows, eight words each. */
  get idWords(): Uint32Array {
    return this.#idWords
  }

  /** The rows of all messages, in the room's order. */
  get order(): Uint32Array {
    this.#order ??= this.#sorted()
    return this.#order
  }

  /** Makes room for so many rows at once. */
  reserve(rows: number): void {
    if (rows > this.#kinds.length) this.#grow(rows)
  }

  /** Adds an author; gives its number. */
  addAuthor(author: IdentityKey, heardAt?: Millis): number {
    this.heardAt.push(heardAt)
    return this.#authors.push(author) - 1
  }

  /** Adds a row, whose id comes by {@link putId} and whose parents by {@link addParent}; gives its number. */
  add({ bytes, clock, kind }: RowFacts, author: number): number {
    const row = this.#newRow()
    this.#clocks[row] = clock
    this.#bytes[row] = bytes
    this.#kinds[row] = kind
    this.#authorAt[row] = author
    return row
  }

  /** Adds a row that is no message. */
  addGone(): number {
    const row = this.#newRow()
    this.#isGone[row] = EMPTY
    return row
  }

  /** Says which id this row has: the 32 bytes from there on. */
  putId(row: number, bytes: Uint8Array, from: number): void {
    const at = row * ID_BYTES
    for (let each = 0; each < ID_BYTES; each += 1)
      this.#ids[at + each] = bytes[from + each] as number
  }

  /** The newest row names this one as a parent: by its row, if it has one before. */
  addParent(parent: number | MessageId): void {
    this.#parents.add(this.#count - 1, parent)
  }

  /** This message is there no longer. */
  drop(row: number): void {
    this.#isGone[row] = DROPPED
    this.#order = undefined
  }

  /** This message has left its body behind. */
  strip(row: number): void {
    this.#isBare[row] = 1
  }

  /** True for a row that never was a message. */
  isEmptyRow(row: number): boolean {
    return row >= this.#count || this.#isGone[row] === EMPTY
  }

  isGone(row: number): boolean {
    return this.#isGone[row] !== 0
  }

  isBare(row: number): boolean {
    return this.#isBare[row] !== 0
  }

  id(row: number): MessageId {
    return idFromBytes(this.#ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES))
  }

  clock(row: number): Millis {
    return this.#clocks[row] as number
  }

  kind(row: number): number {
    return this.#kinds[row] as number
  }

  bytes(row: number): number {
    return this.#bytes[row] as number
  }

  /** The number of its author. */
  authorAt(row: number): number {
    return this.#authorAt[row] as number
  }

  author(row: number): IdentityKey {
    return this.#authors[this.authorAt(row)] as IdentityKey
  }

  parentCount(row: number): number {
    return this.#parents.count(row)
  }

  /** Calls one of both for each parent: with its row, which may be gone, or with its id. */
  eachParent(row: number, onrow: (row: number) => void, onid: (id: MessageId) => void): void {
    this.#parents.each(row, onrow, onid)
  }

  /** The clocks of these rows. */
  clocksOf(rows: Uint32Array): Float64Array<ArrayBuffer> {
    const clocks = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at += 1) clocks[at] = this.clock(rows[at] as number)
    return clocks
  }

  /** The ids of these rows, one after another. */
  idBytesOf(rows: Uint32Array): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(rows.length * ID_BYTES)
    const words = new Uint32Array(bytes.buffer)
    for (let at = 0; at < rows.length; at += 1) {
      const from = (rows[at] as number) * ID_WORDS
      for (let word = 0; word < ID_WORDS; word += 1)
        words[at * ID_WORDS + word] = this.#idWords[from + word] as number
    }
    return bytes
  }

  /** The message of a row: an object of its own each time. */
  message(row: number): ShelvedMessage {
    return {
      id: this.id(row),
      clock: this.clock(row),
      kind: this.kind(row),
      author: this.author(row),
      parents: this.#parents.ids(row, parent => this.id(parent)),
      bytes: this.bytes(row),
      isVerified: true,
      isBare: this.isBare(row)
    }
  }

  /** All messages, in the room's order. */
  *[Symbol.iterator](): Generator<ShelvedMessage> {
    for (const row of this.order) yield this.message(row)
  }

  #newRow(): number {
    const row = this.#count
    if (row === this.#kinds.length) this.#grow(2 * row)
    this.#count += 1
    this.#parents.begin(row, this.#kinds.length)
    this.#order = undefined
    return row
  }

  #grow(rows: number): void {
    this.#ids = grown(this.#ids, rows * ID_BYTES)
    this.#idWords = new Uint32Array(this.#ids.buffer)
    this.#clocks = grown(this.#clocks, rows)
    this.#bytes = grown(this.#bytes, rows)
    this.#authorAt = grown(this.#authorAt, rows)
    this.#kinds = grown(this.#kinds, rows)
    this.#isGone = grown(this.#isGone, rows)
    this.#isBare = grown(this.#isBare, rows)
  }

  // Most of it came in the room's order.
  #sorted(): Uint32Array {
    const rows = new Uint32Array(this.#count)
    let length = 0
    let isSorted = true
    for (let row = 0; row < this.#count; row += 1) {
      if (this.isGone(row)) continue
      if (length > 0 && this.#compare(rows[length - 1] as number, row) > 0) isSorted = false
      rows[length] = row
      length += 1
    }
    const order = rows.slice(0, length)
    return isSorted ? order : order.sort((a, b) => this.#compare(a, b))
  }

  #compare(a: number, b: number): number {
    const difference = this.clock(a) - this.clock(b)
    return difference === 0 ? compareBytes(this.#ids, a * ID_BYTES, b * ID_BYTES) : difference
  }
}

/** What the store has of a room. */
export type ShelvedMessages = MessageTable | readonly ShelvedMessage[]
