import { withRoom } from '../../base/columns.js'
import { IdRows } from '../../base/id-rows.js'
import { ID_BYTES, type IdentityKey, type MessageId } from '../../base/ids.js'
import { SizeClasses, type Sized } from '../../base/size-classes.js'
import type { Millis } from '../../base/time.js'
import type { Envelope } from '../wire/message.js'

/** After the last row of an author. */
const NONE = 0xffffffff

/** What is remembered of one author: as a list of rows, and how many. */
interface Share extends Sized<Share> {
  readonly author: IdentityKey
  first: number
  last: number
}

/**
 * What was here and is not any more, and what was refused: nobody asks for it again. One author's cannot push out the
 * others': too many make the oldest forgotten of whoever has most, give or take a factor of two. No object or string for each: about 60 bytes an id.
 */
export class Had {
  readonly #max: number
  // BOUNDED: #max, and one more for a moment.
  readonly #rows: IdRows
  /** By row: how it is dated, and which one of its author came next. */
  #clocks = new Float64Array()
  #next = new Uint32Array()
  // BOUNDED: by the rows; each has one at least.
  readonly #shares = new Map<IdentityKey, Share>()
  readonly #sizes = new SizeClasses<Share>()

  /** Remembers at most `max` ids. `seed`: 32 bytes that strangers do not know. */
  constructor(max: number, seed: Uint8Array = new Uint8Array(ID_BYTES)) {
    this.#max = max
    this.#rows = new IdRows(seed)
  }

  get size(): number {
    return this.#rows.size
  }

  has(id: MessageId): boolean {
    return this.#rows.find(id) !== undefined
  }

  add({ author, clock, id }: Pick<Envelope, 'author' | 'clock' | 'id'>): void {
    if (this.has(id)) return
    const row = this.#rows.put(id)
    this.#clocks = withRoom(this.#clocks, this.#rows.room)
    this.#next = withRoom(this.#next, this.#rows.room)
    this.#clocks[row] = clock
    this.#append(this.#shares.get(author) ?? this.#begin(author), row)
    while (this.size > this.#max) this.#forgetOne()
  }

  /** Forgets what is dated before this: it is too old to be asked for. What lasts is never dated so: see `datedPlaceOf`. Costs as much as there are. */
  dropBefore(clock: Millis): void {
    for (const share of this.#shares.values()) {
      let before = NONE
      for (let row = share.first; row !== NONE; ) {
        const next = this.#next[row] as number
        if ((this.#clocks[row] as number) < clock) this.#forget(share, row, before)
        else before = row
        row = next
      }
    }
  }

  #begin(author: IdentityKey): Share {
    const share = { author, first: NONE, last: NONE, size: 0, before: undefined, after: undefined }
    this.#shares.set(author, share)
    return share
  }

  #append(share: Share, row: number): void {
    this.#next[row] = NONE
    if (share.size === 0) share.first = row
    else this.#next[share.last] = row
    share.last = row
    this.#sizes.resize(share, 1)
  }

  #forgetOne(): void {
    const share = this.#sizes.largest
    if (share !== undefined) this.#forget(share, share.first, NONE)
  }

  /** `before`: the row that it comes after. */
  #forget(share: Share, row: number, before: number): void {
    const next = this.#next[row] as number
    if (before === NONE) share.first = next
    else this.#next[before] = next
    if (next === NONE) share.last = before
    this.#sizes.resize(share, -1)
    this.#rows.deleteRow(row)
    if (share.size === 0) this.#shares.delete(share.author)
  }
}
