import { grown, withRoom } from '../../base/columns.js'
import { copyId, ID_BYTES, idAt, type MessageId } from '../../base/ids.js'

/** In place of the row of a parent: which one of those that have no row it is. */
const ELSEWHERE = 0x80000000

/** The parents of the rows of a table: each by its row there, or by its id. BOUNDED: by the table. */
export class TableParents {
  /** Where the parents of a row end, those of the next one begin. */
  #ends = new Uint32Array()
  #places = new Uint32Array(64)
  #count = 0
  /** Ids, one after another, as bytes: whoever means ill has messages kept that name eight each. */
  #elsewhere = new Uint8Array(ID_BYTES)
  #elsewhereCount = 0

  /** A row that comes after all others. `room`: for how many rows to make room at least. */
  begin(row: number, room: number): void {
    this.#ends = withRoom(this.#ends, room)
    this.#ends[row] = this.#count
  }

  /** The newest row names this one: by its row, if it has one before. */
  add(newest: number, parent: number | MessageId): void {
    if (this.#count === this.#places.length) this.#places = grown(this.#places, 2 * this.#count)
    this.#places[this.#count] = typeof parent === 'number' ? parent : this.#addElsewhere(parent)
    this.#count += 1
    this.#ends[newest] = this.#count
  }

  count(row: number): number {
    return (this.#ends[row] as number) - this.#begin(row)
  }

  /** Calls one of both for each: with its row, which may be gone, or with its id. */
  each(row: number, onrow: (row: number) => void, onid: (id: MessageId) => void): void {
    for (let at = this.#begin(row); at < (this.#ends[row] as number); at += 1) {
      const place = this.#places[at] as number
      if (place < ELSEWHERE) onrow(place)
      else onid(this.#idElsewhere(place))
    }
  }

  /** Their ids. `idOf`: the id of a row. */
  ids(row: number, idOf: (row: number) => MessageId): MessageId[] {
    const begin = this.#begin(row)
    // One that grows would hold 17 places for the parents of every message.
    const ids = new Array<MessageId>(this.count(row))
    for (let at = 0; at < ids.length; at += 1) {
      const place = this.#places[begin + at] as number
      ids[at] = place < ELSEWHERE ? idOf(place) : this.#idElsewhere(place)
    }
    return ids
  }

  #begin(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] as number)
  }

  #addElsewhere(id: MessageId): number {
    const at = this.#elsewhereCount * ID_BYTES
    if (at === this.#elsewhere.length) this.#elsewhere = grown(this.#elsewhere, 2 * at)
    copyId(id, this.#elsewhere, at)
    this.#elsewhereCount += 1
    return ELSEWHERE + this.#elsewhereCount - 1
  }

  #idElsewhere(place: number): MessageId {
    return idAt(this.#elsewhere, (place - ELSEWHERE) * ID_BYTES)
  }
}
