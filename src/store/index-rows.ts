import b4a from 'b4a'
import {
  copyId,
  ID_BYTES,
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId
} from '../base/ids.js'
import { MAX_PARENTS } from '../protocol/config.js'
import { ByteReader } from '../protocol/wire/bytes.js'
import { readHead } from '../protocol/wire/layout.js'
import { keptAt } from './layout.js'
import type { Change } from './pending.js'
import type { RowBytes } from './row-bytes.js'
import type { Indexed, Kept } from './store.js'

// A row of the index says that a message is kept, or no longer. Kept: 1, its id, its clock in ms (8 bytes), how long it is sealed
// (4), its kind (1), its author, how many parents it names (1), and these. No longer: 0 and its id. All numbers
// are big-endian. An author: how many authors had come before this one first came (4); or 0xffffffff and its key, if it
// comes now. A parent: by how many rows it is before this one (4); or 0 and its id, if it is not kept.

const NO_BYTES = new Uint8Array(0)
const GONE = 0
const KEPT = 1
/** An author that comes for the first time. */
const NEW = 0xffffffff
/** A parent that is not kept. */
const ELSEWHERE = 0

/** A row of the index. */
export type Row =
  | { readonly type: 'kept'; readonly message: Indexed }
  | { readonly type: 'gone'; readonly id: MessageId }

/** What the index says of a message. What cannot be read of its bytes is empty: a store takes whatever it is given. */
export function indexedOf({ clock, id, sealed }: Kept): Indexed {
  const head = readHead(sealed, { id, bodyHash: NO_BYTES })
  const author = head?.author ?? idFromBytes<IdentityKey>(new Uint8Array(ID_BYTES))
  const parents = head?.parents ?? []
  const [kind, bytes] = [head?.kind ?? 0, sealed.byteLength]
  return { id, clock, kind, author, parents, bytes, isVerified: true, isBare: false }
}

/** What changes say of what is kept. */
export function rowsOf(
  changes: readonly [MessageId, Change][],
  index: { has(id: MessageId): boolean }
): Row[] {
  return changes.flatMap(([id, change]): Row[] => {
    if (change.type === 'del') return index.has(id) ? [{ type: 'gone', id }] : []
    const kept = keptAt(change.key, change.value)
    return kept === undefined ? [] : [{ type: 'kept', message: indexedOf(kept) }]
  })
}

/** Writes rows, one after the other: what one says may be short for what those before it have said. */
export class RowWriter {
  // BOUNDED: by what is kept: the number of the row of each message, from 1.
  readonly #rows = new Map<MessageId, number>()
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
    return this.#rows.has(id)
  }

  /** Takes note of a row that is written already; gives the number of the one that it replaces, 0 if there was none. */
  note(row: Row): number {
    this.#count += 1
    const { author, id } = row.type === 'kept' ? row.message : { id: row.id, author: undefined }
    const former = this.#rows.get(id) ?? 0
    if (author === undefined) this.#rows.delete(id)
    else this.#rows.set(id, this.#count)
    if (author !== undefined && !this.#authors.has(author))
      this.#authors.set(author, this.#authors.size)
    return former
  }

  /** As {@link note}, for one that is written now. */
  write(row: Row, to: RowBytes): number {
    if (row.type === 'gone') to.uint8(GONE).bytes(idToBytes(row.id))
    else this.#writeKept(row.message, to)
    return this.note(row)
  }

  #writeKept({ author, bytes, clock, id, kind, parents }: Indexed, to: RowBytes): void {
    to.uint8(KEPT).bytes(idToBytes(id)).uint64(clock).uint32(bytes).uint8(kind)
    const known = this.#authors.get(author)
    to.uint32(known ?? NEW)
    if (known === undefined) to.bytes(idToBytes(author))
    to.uint8(parents.length)
    for (const parent of parents) this.#writeParent(parent, to)
  }

  #writeParent(parent: MessageId, to: RowBytes): void {
    const row = this.#rows.get(parent)
    to.uint32(row === undefined ? ELSEWHERE : this.#count + 1 - row)
    if (row === undefined) to.bytes(idToBytes(parent))
  }
}

/** Reads rows in the order in which they were written. */
export class RowReader {
  // BOUNDED: by the rows that there are.
  readonly #ids: (MessageId | undefined)[] = [undefined]
  readonly #authors: IdentityKey[] = []

  /** All rows of these bytes; undefined if they are not rows, or not the next ones. */
  read(bytes: Uint8Array): Row[] | undefined {
    const from = new ByteReader(bytes)
    const rows: Row[] = []
    while (!from.complete) {
      const row = this.#row(from)
      if (row === undefined || from.failed) return undefined
      this.#ids.push(row.type === 'kept' ? row.message.id : undefined)
      rows.push(row)
    }
    return rows
  }

  #row(from: ByteReader): Row | undefined {
    const type = from.uint8()
    const id = from.id<MessageId>()
    if (id === undefined || type > KEPT) return undefined
    if (type === GONE) return { type: 'gone', id }
    const [clock, bytes, kind] = [from.uint64(), from.uint32(), from.uint8()]
    const author = this.#author(from)
    const parents = this.#parents(from)
    if (author === undefined || parents === undefined) return undefined
    // Spelled out: copying takes longer.
    const message: Indexed = {
      id,
      clock,
      kind,
      author,
      parents,
      bytes,
      isVerified: true,
      isBare: false
    }
    return { type: 'kept', message }
  }

  #author(from: ByteReader): IdentityKey | undefined {
    const number = from.uint32()
    if (number !== NEW) return this.#authors[number]
    const author = from.id<IdentityKey>()
    if (author !== undefined) this.#authors.push(author)
    return author
  }

  #parents(from: ByteReader): MessageId[] | undefined {
    const count = from.uint8()
    if (count > MAX_PARENTS) return undefined
    // One that grows would hold 17 places for the parents of every message.
    const parents = new Array<MessageId>(count)
    for (let at = 0; at < count; at += 1) {
      const back = from.uint32()
      const parent = back === ELSEWHERE ? from.id<MessageId>() : this.#ids[this.#ids.length - back]
      if (parent === undefined) return undefined
      parents[at] = parent
    }
    return parents
  }
}

const ADDED = new Uint8Array(ID_BYTES)

/** The sum of ids that a check of the index goes by: the same whatever their order. */
export function addToSum(sum: Uint8Array, id: MessageId): void {
  copyId(id, ADDED, 0)
  for (let at = 0; at < ID_BYTES; at += 1) sum[at] = (sum[at] as number) ^ (ADDED[at] as number)
}

/** True if both sums are of the same ids. */
export function isSameSum(a: Uint8Array, b: Uint8Array): boolean {
  return b4a.equals(a, b)
}
