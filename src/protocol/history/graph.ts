import { IdNumbers } from '../../base/id-numbers.js'
import { IdShares } from '../../base/id-shares.js'
import { ID_BYTES, type IdentityKey, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Envelope } from '../wire/message.js'
import { Heads } from './heads.js'
import { Holes } from './holes.js'
import { ID_WORDS, type MessageTable } from './message-table.js'
import type { ShelvedMessage } from './shelf.js'
import type { Head } from './sorted-heads.js'
import { MAX_ABSENT_PARENTS } from './tuning.js'

/** A message in the graph: what matters of it here. */
type Node = Head & Pick<Envelope, 'parents'>

/** A message of which parents are missing. */
interface Incomplete<N> {
  readonly message: N
  readonly missing: MessageId[]
}

/** What the graph has to know of the messages that it is about. */
export interface GraphOptions {
  /** A message that is here: what it gives is held on to. */
  readonly get: (id: MessageId) => Head | undefined
  readonly has: (id: MessageId) => boolean
  /** True for a message that was here, or was refused: nobody looks for it. */
  readonly hadOnce: (id: MessageId) => boolean
  /** True for a message older than what is kept: nobody has its parents any more. Default: none is. */
  readonly isOld?: (message: Node) => boolean
  /** 32 bytes that strangers do not know. Default: zeros. */
  readonly seed?: Uint8Array | undefined
  /** How many parents that are not here are remembered. Default MAX_ABSENT_PARENTS. */
  readonly maxAbsent?: number
}

/** The messages by their parents: which are the heads, and which are missing. */
export class Graph {
  /** The messages that no other has as a parent. */
  readonly heads = new Heads()
  readonly #options: GraphOptions
  // BOUNDED: by the messages that are here, and `maxAbsent`: how many messages name this one as a parent; 0 is the same as none.
  #children: IdNumbers
  // BOUNDED: `maxAbsent`: parents that are not here, by who named them first, or said them if they were here. What has come since goes first.
  readonly #absent: IdShares<IdentityKey, MessageId>
  // BOUNDED: a subset of #children: parents that are not here.
  readonly #holes: Holes

  constructor(options: GraphOptions) {
    const { seed = new Uint8Array(ID_BYTES) } = options
    this.#options = options
    this.#children = new IdNumbers(seed)
    this.#absent = new IdShares(seed)
    this.#holes = new Holes(seed)
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { readonly heads: number; readonly children: number; readonly holes: number } {
    return { heads: this.heads.size, children: this.#children.size, holes: this.#holes.size }
  }

  /** True if a message names a parent that is not here; for ten minutes: then nobody is going to have it. */
  hasHoles(now: Millis): boolean {
    return this.#holes.hasAny(now)
  }

  /**
   * Adds a message that is here now. Whether the heads are others than before, and which of its parents are missing. `head`: what is held on to
   * of it. Default: the message.
   */
  add(
    message: Node,
    now: Millis,
    head: Head = message
  ): { headsChanged: boolean; missing: MessageId[] } {
    const { id, parents } = message
    const isHead = !this.#isNamed(id)
    if (isHead) this.heads.add(head)
    this.#holes.delete(id)
    let headsChanged = isHead
    for (const parent of parents) if (this.#adopt(parent, message)) headsChanged = true
    const missing = this.#missing(message, now)
    this.#forgetAbsent()
    return { headsChanged, missing }
  }

  /**
   * Adds messages that are all here now: the same as one after the other, but of those that have a child among them none is
   * a head meanwhile, and what was refused is not missing. Those of which parents are missing, with these.
   */
  addAll<N extends Node>(messages: readonly N[], now: Millis): Incomplete<N>[] {
    for (const message of messages) {
      for (const parent of message.parents) this.#adopt(parent, message)
      this.#forgetAbsent()
    }
    const incomplete: Incomplete<N>[] = []
    for (const message of messages) {
      if (!this.#isNamed(message.id)) this.heads.add(message)
      this.#holes.delete(message.id)
      const missing = this.#missing(message, now)
      if (missing.length > 0) incomplete.push({ message, missing })
    }
    return incomplete
  }

  /** The same as {@link addAll} for these rows of a table, where nothing is: all are here now. */
  adopt(table: MessageTable, rows: Uint32Array, now: Millis): Incomplete<ShelvedMessage>[] {
    const { counts, odd } = countChildren(table, rows)
    if (table.index === undefined) this.#countAll(table, rows, counts)
    else this.#children = table.index.mapped(row => counts[row] as number)
    for (const { message, outside } of odd) {
      for (const id of outside) this.#adopt(id, message)
      this.#forgetAbsent()
    }
    const isNamed = (row: number) =>
      odd.length > 0 && (this.#children.getAt(table.idWords, row * ID_WORDS) ?? 0) > 0
    for (const row of rows)
      if (counts[row] === 0 && !isNamed(row)) this.heads.add(headOf(table, row))
    const incomplete = odd.map(({ message }) => {
      return { message, missing: this.#missing(message, now) }
    })
    return incomplete.filter(({ missing }) => missing.length > 0)
  }

  /** Removes a message that is no longer here. A parent that only this one named is a head again. */
  remove({ author, id, parents }: Node): void {
    this.heads.delete(id)
    // Of what came in a table nobody may have named this one, and it is counted all the same.
    if (!this.#isNamed(id)) this.#children.delete(id)
    else this.#absent.add(author, id)
    for (const parent of parents) this.#disown(parent)
    this.#forgetAbsent()
  }

  /** A message that was here is missing: {@link remove} comes next. It is looked for if others name it. */
  miss(id: MessageId, now: Millis): void {
    if (this.#isNamed(id)) this.#holes.add(id, now)
  }

  #countAll(table: MessageTable, rows: Uint32Array, counts: Uint32Array): void {
    this.#children.reserve(rows.length)
    for (const row of rows) {
      const count = counts[row] as number
      if (count > 0) this.#children.setAt(table.idWords, row * ID_WORDS, count)
    }
  }

  #isNamed(id: MessageId): boolean {
    return (this.#children.get(id) ?? 0) > 0
  }

  /** Those that are not here, and may come: they are looked for from now on. */
  #missing(message: Node, now: Millis): MessageId[] {
    const { hadOnce, has, isOld } = this.#options
    if (isOld?.(message)) return []
    const missing = message.parents.filter(parent => !has(parent) && !hadOnce(parent))
    for (const parent of missing) if (this.#isNamed(parent)) this.#holes.add(parent, now)
    return missing
  }

  /** True if the parent was a head. */
  #adopt(parent: MessageId, { author }: Node): boolean {
    const count = this.#children.get(parent) ?? 0
    this.#children.set(parent, count + 1)
    if (count === 0 && !this.#options.has(parent)) this.#absent.add(author, parent)
    return this.heads.delete(parent)
  }

  // Whoever names most that is not here makes us forget it, and nothing else: if it comes it is a head, though it was named.
  #forgetAbsent(): void {
    const { has, maxAbsent = MAX_ABSENT_PARENTS } = this.#options
    while (this.#absent.size > maxAbsent) {
      const id = this.#absent.takeFirst() as MessageId
      if (has(id)) continue
      this.#children.delete(id)
      this.#holes.delete(id)
    }
  }

  #disown(parent: MessageId): void {
    const left = (this.#children.get(parent) ?? 1) - 1
    if (left > 0) {
      this.#children.set(parent, left)
      return
    }
    this.#children.delete(parent)
    this.#holes.delete(parent)
    const orphan = this.#options.get(parent)
    if (orphan !== undefined) this.heads.add(orphan)
  }
}

function headOf(table: MessageTable, row: number): Head {
  return { author: table.author(row), clock: table.clock(row), id: table.id(row) }
}

/** How many of these rows name each row as a parent; and those that name what is not among them. */
function countChildren(table: MessageTable, rows: Uint32Array) {
  const isIn = new Uint8Array(table.rows)
  for (const row of rows) isIn[row] = 1
  const counts = new Uint32Array(table.rows)
  const odd: { message: ShelvedMessage; outside: MessageId[] }[] = []
  let outside: MessageId[] = []
  const onrow = (parent: number) => {
    if (isIn[parent] === 1) counts[parent] = (counts[parent] as number) + 1
    else outside.push(table.id(parent))
  }
  const onid = (id: MessageId) => void outside.push(id)
  for (const row of rows) {
    table.eachParent(row, onrow, onid)
    if (outside.length === 0) continue
    odd.push({ message: table.message(row), outside })
    outside = []
  }
  return { counts, odd }
}
