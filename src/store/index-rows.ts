import { randomBytes } from 'node:crypto'
import { IdNumbers } from '../base/id-numbers.js'
import {
  copyId,
  ID_BYTES,
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId
} from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { MAX_PARENTS } from '../protocol/config.js'
import { ID_WORDS, MessageTable } from '../protocol/history/message-table.js'
import { ByteReader } from '../protocol/wire/bytes.js'
import { readHead } from '../protocol/wire/layout.js'
import { keptAt } from './layout.js'
import type { Change } from './pending.js'
import type { RowBytes } from './row-bytes.js'
import type { Indexed, Kept } from './store.js'

// A row of the index says that a message is kept, or no longer. Kept: 1, its id, its clock in ms (8 bytes), how long it is sealed
// (4), its kind (1), its author, how many parents it names (1), and these. No longer: 0 and its id. All numbers
// are big-endian. An author: how many authors had come before this one first came (4); or, if it comes now, 0xfffffffe, its
// key, and when that is, in ms since 1970 by this machine's clock (8), whatever its messages are dated; layout 2 had 0xffffffff
// and its key. A parent: by how many rows it is before this one (4); or 0 and its id, if it is not kept.

const NO_BYTES = new Uint8Array(0)
const GONE = 0
const KEPT = 1
/** An author that comes for the first time. */
const NEW = 0xfffffffe
/** The same where nobody has noted when that was. */
const NEW_UNDATED = 0xffffffff
/** A parent that is not kept. */
const ELSEWHERE = 0

/** A row of the index. */
export type Row =
  /** `heardAt`: when its author was first heard here, ms since 1970, if no row says so yet. */
  | { readonly type: 'kept'; readonly message: Indexed; readonly heardAt: Millis }
  | { readonly type: 'gone'; readonly id: MessageId }

/** What the index says of a message. What cannot be read of its bytes is empty: a store takes whatever it is given. */
export function indexedOf({ clock, id, sealed }: Kept): Indexed {
  const head = readHead(sealed, { id, bodyHash: NO_BYTES })
  const author = head?.author ?? idFromBytes<IdentityKey>(new Uint8Array(ID_BYTES))
  const parents = head?.parents ?? []
  const [kind, bytes] = [head?.kind ?? 0, sealed.byteLength]
  return { id, clock, kind, author, parents, bytes, isVerified: true, isBare: false }
}

/** What changes say of what is kept. `heardAt`: when an author was first heard here that is new to the index. */
export function rowsOf(
  changes: readonly [MessageId, Change][],
  index: { has(id: MessageId): boolean },
  heardAt: (author: IdentityKey) => Millis
): Row[] {
  return changes.flatMap(([id, change]): Row[] => {
    if (change.type === 'del') return index.has(id) ? [{ type: 'gone', id }] : []
    const kept = keptAt(change.key, change.value)
    if (kept === undefined) return []
    const message = indexedOf(kept)
    return [{ type: 'kept', message, heardAt: heardAt(message.author) }]
  })
}

/** Writes rows, one after the other: what one says may be short for what those before it have said. */
export class RowWriter {
  // BOUNDED: by what is kept: the number of the row of each message, from 1.
  readonly #rows = new IdNumbers(randomBytes(ID_BYTES))
  // BOUNDED: by the rows, which are written anew when too many of them are of no use.
  readonly #authors = new Map<IdentityKey, number>()
  #count = 0

  /** Rows so far. */
  get count(): number {
    return this.#count
  }

  /** Messages that are kept. */
  get size(): number {
    return this.#rows.size
  }

  has(id: MessageId): boolean {
    return this.#rows.get(id) !== undefined
  }

  /** The row of each message in the table that was noted. */
  indexOfTable(): IdNumbers {
    return this.#rows.mapped(number => number - 1)
  }

  /** Makes room for so many messages at once. */
  reserve(count: number): void {
    this.#rows.reserve(count)
  }

  /** Takes note of all rows of a table from this one on: they are written already. `onrow`: which row each replaces. */
  note(
    table: MessageTable,
    from: number,
    onrow: (row: number, former: number | undefined) => void
  ) {
    for (let row = from; row < table.rows; row += 1) {
      const former = this.#noteAt(table, row)
      onrow(row, former === undefined ? undefined : former - 1)
    }
    for (const author of table.authors.slice(this.#authors.size))
      this.#authors.set(author, this.#authors.size)
  }

  /** Writes a row; gives the number of the one that it replaces, 0 if there was none. */
  write(row: Row, to: RowBytes): number {
    if (row.type === 'gone') to.uint8(GONE).bytes(idToBytes(row.id))
    else this.#writeKept(row, to)
    this.#count += 1
    return row.type === 'gone' ? this.#remove(row.id) : this.#put(row.message)
  }

  #noteAt(table: MessageTable, row: number): number | undefined {
    this.#count += 1
    const [words, at] = [table.idWords, row * ID_WORDS]
    if (!table.isGone(row)) return this.#rows.setAt(words, at, this.#count)
    const former = this.#rows.getAt(words, at)
    if (former !== undefined) this.#rows.deleteAt(words, at)
    return former
  }

  #remove(id: MessageId): number {
    const former = this.#rows.get(id) ?? 0
    this.#rows.delete(id)
    return former
  }

  #put({ author, id }: Indexed): number {
    const former = this.#rows.get(id) ?? 0
    this.#rows.set(id, this.#count)
    if (!this.#authors.has(author)) this.#authors.set(author, this.#authors.size)
    return former
  }

  #writeKept({ heardAt, message }: Row & { type: 'kept' }, to: RowBytes): void {
    const { author, bytes, clock, id, kind, parents } = message
    to.uint8(KEPT).bytes(idToBytes(id)).uint64(clock).uint32(bytes).uint8(kind)
    const known = this.#authors.get(author)
    to.uint32(known ?? NEW)
    if (known === undefined) to.bytes(idToBytes(author)).uint64(Math.max(0, heardAt))
    to.uint8(parents.length)
    for (const parent of parents) this.#writeParent(parent, to)
  }

  #writeParent(parent: MessageId, to: RowBytes): void {
    const row = this.#rows.get(parent)
    to.uint32(row === undefined ? ELSEWHERE : this.#count + 1 - row)
    if (row === undefined) to.bytes(idToBytes(parent))
  }
}

/** Reads rows in the order in which they were written: into a table, whose rows they are. */
export class RowReader {
  readonly table = new MessageTable()

  /** False if these bytes are not rows, or not the next ones. */
  read(bytes: Uint8Array): boolean {
    const from = new ByteReader(bytes)
    while (!from.complete) if (!this.#read(from, bytes) || from.failed) return false
    return true
  }

  #read(from: ByteReader, bytes: Uint8Array): boolean {
    const type = from.uint8()
    const at = from.offset
    from.skip(ID_BYTES)
    if (from.failed || type > KEPT) return false
    const row = type === GONE ? this.table.addGone() : this.#readKept(from)
    if (row === undefined) return false
    this.table.putId(row, bytes, at)
    return type === GONE || this.#readParents(from, row)
  }

  #readKept(from: ByteReader): number | undefined {
    const [clock, bytes, kind] = [from.uint64(), from.uint32(), from.uint8()]
    const author = this.#readAuthor(from)
    return author === undefined ? undefined : this.table.add({ clock, bytes, kind }, author)
  }

  #readAuthor(from: ByteReader): number | undefined {
    const number = from.uint32()
    if (number < NEW) return number < this.table.authors.length ? number : undefined
    const author = from.id<IdentityKey>()
    const heardAt = number === NEW_UNDATED ? undefined : from.uint64()
    return author && this.table.addAuthor(author, heardAt)
  }

  #readParents(from: ByteReader, row: number): boolean {
    const count = from.uint8()
    if (count > MAX_PARENTS) return false
    for (let at = 0; at < count; at += 1) {
      const back = from.uint32()
      const parent = back === ELSEWHERE ? from.id<MessageId>() : this.#before(row, back)
      if (parent === undefined) return false
      this.table.addParent(parent)
    }
    return true
  }

  // Rows of what is kept, which may be kept no longer.
  #before(row: number, back: number): number | undefined {
    const parent = row - back
    return parent < 0 || this.table.isEmptyRow(parent) ? undefined : parent
  }
}

const ADDED = new Uint8Array(ID_BYTES)
const ADDED_WORDS = new Uint32Array(ADDED.buffer)

/** The sum of ids that a check of the index goes by: the same whatever their order. */
export class IdSum {
  readonly bytes = new Uint8Array(ID_BYTES)
  readonly #words = new Uint32Array(this.bytes.buffer)

  /** Adds an id that is not in it, and takes out one that is. */
  toggle(id: MessageId): void {
    copyId(id, ADDED, 0)
    this.toggleAt(ADDED_WORDS, 0)
  }

  /** The same for the id whose words begin there. */
  toggleAt(words: Uint32Array, from: number): void {
    for (let at = 0; at < ID_WORDS; at += 1)
      this.#words[at] = (this.#words[at] as number) ^ (words[from + at] as number)
  }
}
