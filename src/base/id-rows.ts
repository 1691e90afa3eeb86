import { domain, hash } from './crypto.js'
import { IdHash } from './id-hash.js'
import { copyId, ID_BYTES, type Id, idAt } from './ids.js'

const WORDS = ID_BYTES / 4
const FIRST_ROWS = 32
/** The rows grow by this: half as much again leaves less unused than twice as much. */
const GROWTH = 1.5

/**
 * Very many ids, each with a row of its own as long as it is here, in 40 to 58 bytes of memory each: the ids one after another, and an open
 * table of where they are. Whoever notes more of each has columns by these rows. Nothing is made for an id that is given as
 * words of some buffer. BOUNDED: by the owner.
 */
export class IdRows {
  readonly #hash: IdHash
  readonly #bytes = new Uint8Array(ID_BYTES)
  readonly #id = new Uint32Array(this.#bytes.buffer)
  #words = new Uint32Array(WORDS * FIRST_ROWS)
  /** 1 and which row; 0: free. At most half of them are taken. */
  #places = new Uint32Array(2 * FIRST_ROWS)
  #size = 0
  /** Rows that were ever taken. */
  #used = 0
  /** 1 and a row that is free again, whose first word says in the same way which one is next; 0: none is. */
  #free = 0

  /** `seed`: 32 bytes that strangers do not know, so that they cannot have ids contend for one place; or where those of others are put. */
  constructor(seed: Uint8Array | IdHash) {
    this.#hash = seed instanceof IdHash ? seed : hashFrom(seed)
  }

  /** How many ids there are. */
  get size(): number {
    return this.#size
  }

  /** For how many rows there is room, before it grows: all rows are below that. */
  get room(): number {
    return this.#words.length / WORDS
  }

  /** The id that has this row. */
  idOf<I extends Id>(row: number): I {
    return idAt(new Uint8Array(this.#words.buffer), row * ID_BYTES)
  }

  /** The row of an id; undefined if it is not here. */
  find(id: Id): number | undefined {
    copyId(id, this.#bytes, 0)
    return this.findAt(this.#id, 0)
  }

  /** Gives an id a row, or the one that it has. */
  put(id: Id): number {
    copyId(id, this.#bytes, 0)
    return this.putAt(this.#id, 0)
  }

  /** The row that the id had, which is free now; undefined if it had none. */
  delete(id: Id): number | undefined {
    copyId(id, this.#bytes, 0)
    return this.deleteAt(this.#id, 0)
  }

  /** The same as {@link find} for the id whose eight words begin there. */
  findAt(words: Uint32Array, from: number): number | undefined {
    const taken = this.#places[this.#placeOf(words, from)] as number
    return taken === 0 ? undefined : taken - 1
  }

  /** The same as {@link put} for the id whose eight words begin there. */
  putAt(words: Uint32Array, from: number): number {
    if (this.#size === this.room) this.reserve(Math.max(FIRST_ROWS, Math.ceil(GROWTH * this.#size)))
    const place = this.#placeOf(words, from)
    const taken = this.#places[place] as number
    if (taken > 0) return taken - 1
    const row = this.#takeRow()
    for (let word = 0; word < WORDS; word += 1)
      this.#words[row * WORDS + word] = words[from + word] as number
    this.#places[place] = row + 1
    return row
  }

  /** The same as {@link delete} for the id whose eight words begin there. */
  deleteAt(words: Uint32Array, from: number): number | undefined {
    const place = this.#placeOf(words, from)
    const taken = this.#places[place] as number
    if (taken === 0) return undefined
    this.#close(place)
    this.#freeRow(taken - 1)
    return taken - 1
  }

  /** Frees a row that is taken. */
  deleteRow(row: number): void {
    this.deleteAt(this.#words, row * WORDS)
  }

  /** The same ids with the same rows. */
  copy(): IdRows {
    const copy = new IdRows(this.#hash)
    copy.#words = this.#words.slice()
    copy.#places = this.#places.slice()
    copy.#size = this.#size
    copy.#used = this.#used
    copy.#free = this.#free
    return copy
  }

  /** Makes room for so many at once. */
  reserve(count: number): void {
    if (count > this.room) {
      const words = new Uint32Array(count * WORDS)
      words.set(this.#words)
      this.#words = words
    }
    let places = this.#places.length
    while (places < 2 * count) places *= 2
    if (places > this.#places.length) this.#spread(places)
  }

  #takeRow(): number {
    this.#size += 1
    const row = this.#free - 1
    if (row < 0) {
      this.#used += 1
      return this.#used - 1
    }
    this.#free = this.#words[row * WORDS] as number
    return row
  }

  #freeRow(row: number): void {
    this.#size -= 1
    this.#words[row * WORDS] = this.#free
    this.#free = row + 1
  }

  #spread(places: number): void {
    const former = this.#places
    this.#places = new Uint32Array(places)
    for (const taken of former)
      if (taken > 0) this.#places[this.#placeOf(this.#words, (taken - 1) * WORDS)] = taken
  }

  /** Where its row is, or would be. */
  #placeOf(words: Uint32Array, from: number): number {
    const mask = this.#places.length - 1
    let place = this.#hash.of(words, from) & mask
    for (;;) {
      const taken = this.#places[place] as number
      if (taken === 0 || this.#isAt(taken - 1, words, from)) return place
      place = (place + 1) & mask
    }
  }

  #isAt(row: number, words: Uint32Array, from: number): boolean {
    const at = row * WORDS
    for (let word = 0; word < WORDS; word += 1)
      if (this.#words[at + word] !== words[from + word]) return false
    return true
  }

  /** Frees a place: whoever stands after it because it was taken moves up. */
  #close(place: number): void {
    const mask = this.#places.length - 1
    let hole = place
    for (let at = (hole + 1) & mask; this.#places[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hash.of(this.#words, ((this.#places[at] as number) - 1) * WORDS) & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      this.#places[hole] = this.#places[at] as number
      hole = at
    }
    this.#places[hole] = 0
  }
}

function hashFrom(seed: Uint8Array): IdHash {
  const parts = [0, 1].map(part => hash([domain('rows'), seed, Uint8Array.of(part)]))
  const words = parts.flatMap(bytes => [...new Uint32Array(Uint8Array.from(bytes).buffer)])
  let at = 0
  return new IdHash(WORDS, () => words[at++ % words.length] as number)
}
