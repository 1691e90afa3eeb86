import { withRoom } from './columns.js'
import { IdRows } from './id-rows.js'
import type { Id } from './ids.js'
import { SizeClasses, type Sized } from './size-classes.js'

/** After the last row of an owner. */
const NONE = 0xffffffff

/** What one owner has: a list of rows, and how many. */
interface Share<Owner> extends Sized<Share<Owner>> {
  readonly owner: Owner
  first: number
  last: number
}

/**
 * Very many ids that are bounded, shared fairly by their owners: what goes first is what came first of whoever has most, give or take a factor
 * of two. No object or string for each: 45 to 65 bytes of memory, and some 220 for each owner. BOUNDED: by the owner of this, who takes as much as is too much.
 */
export class IdShares<Owner extends string, I extends Id> {
  readonly #rows: IdRows
  /** By row: which one of its owner came next. */
  #next = new Uint32Array()
  // BOUNDED: by the rows; each has one at least.
  readonly #shares = new Map<Owner, Share<Owner>>()
  readonly #sizes = new SizeClasses<Share<Owner>>()

  /** `seed`: 32 bytes that strangers do not know. */
  constructor(seed: Uint8Array) {
    this.#rows = new IdRows(seed)
  }

  get size(): number {
    return this.#rows.size
  }

  /** All rows are below that. */
  get room(): number {
    return this.#rows.room
  }

  has(id: I): boolean {
    return this.#rows.find(id) !== undefined
  }

  /** Adds an id; gives its row, by which more of it can be noted as long as it is here. Undefined if it is here already, whoever has it. */
  add(owner: Owner, id: I): number | undefined {
    if (this.has(id)) return undefined
    const row = this.#rows.put(id)
    this.#next = withRoom(this.#next, this.#rows.room)
    this.#append(this.#shares.get(owner) ?? this.#begin(owner), row)
    return row
  }

  /** Removes and returns what goes first; undefined if there is nothing. */
  takeFirst(): I | undefined {
    const share = this.#sizes.largest
    if (share === undefined) return undefined
    const id = this.#rows.idOf<I>(share.first)
    this.#remove(share, share.first, NONE)
    return id
  }

  /** Removes all of whose row this is true. Costs as much as there are. */
  removeWhere(isGone: (row: number) => boolean): void {
    for (const share of this.#shares.values()) {
      let before = NONE
      for (let row = share.first; row !== NONE; ) {
        const next = this.#next[row] as number
        if (isGone(row)) this.#remove(share, row, before)
        else before = row
        row = next
      }
    }
  }

  #begin(owner: Owner): Share<Owner> {
    const share = { owner, first: NONE, last: NONE, size: 0, before: undefined, after: undefined }
    this.#shares.set(owner, share)
    return share
  }

  #append(share: Share<Owner>, row: number): void {
    this.#next[row] = NONE
    if (share.size === 0) share.first = row
    else this.#next[share.last] = row
    share.last = row
    this.#sizes.resize(share, 1)
  }

  /** `before`: the row that it comes after. */
  #remove(share: Share<Owner>, row: number, before: number): void {
    const next = this.#next[row] as number
    if (before === NONE) share.first = next
    else this.#next[before] = next
    if (next === NONE) share.last = before
    this.#sizes.resize(share, -1)
    this.#rows.deleteRow(row)
    if (share.size === 0) this.#shares.delete(share.owner)
  }
}
