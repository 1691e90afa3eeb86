import { copyId, ID_BYTES, type Id } from './ids.js'

const WORDS = ID_BYTES / 4
const FIRST_ENTRIES = 32
/** The entries grow by this: half as much again leaves less unused than twice as much. */
const GROWTH = 1.5

/**
 * A number of 32 bits for each of very many ids, in 44 to 62 bytes of memory each: the ids one after another, and an open table
 * of where they are. Nothing is made for an id that is given as words of some buffer. BOUNDED: by the owner.
 */
export class IdNumbers {
  /** Odd, one for each word of an id. */
  readonly #factors: Uint32Array
  readonly #bytes = new Uint8Array(ID_BYTES)
  readonly #id = new Uint32Array(this.#bytes.buffer)
  #words = new Uint32Array(WORDS * FIRST_ENTRIES)
  #values = new Uint32Array(FIRST_ENTRIES)
  /** 1 and which entry; 0: free. At most half of them are taken. */
  #places = new Uint32Array(2 * FIRST_ENTRIES)
  #shift = shiftFor(2 * FIRST_ENTRIES)
  #size = 0

  /** `seed`: 32 bytes that say where ids are put; strangers do not know them, so that they cannot contend for one place. */
  constructor(seed: Uint8Array) {
    const words = new Uint32Array(seed.slice(0, ID_BYTES).buffer)
    this.#factors = words.map(word => word | 1)
  }

  /** How many ids have a number. */
  get size(): number {
    return this.#size
  }

  get(id: Id): number | undefined {
    copyId(id, this.#bytes, 0)
    return this.getAt(this.#id, 0)
  }

  /** `value`: an integer from 0 to 2^32 - 1. */
  set(id: Id, value: number): void {
    copyId(id, this.#bytes, 0)
    this.setAt(this.#id, 0, value)
  }

  /** False if it had none. */
  delete(id: Id): boolean {
    copyId(id, this.#bytes, 0)
    return this.deleteAt(this.#id, 0)
  }

  /** The same as {@link get} for the id whose eight words begin there. */
  getAt(words: Uint32Array, from: number): number | undefined {
    const entry = this.#places[this.#placeOf(words, from)] as number
    return entry === 0 ? undefined : this.#values[entry - 1]
  }

  /** The same as {@link set} for the id whose eight words begin there; gives the number that it had. */
  setAt(words: Uint32Array, from: number, value: number): number | undefined {
    if (this.#size === this.#values.length)
      this.reserve(Math.max(FIRST_ENTRIES, Math.ceil(GROWTH * this.#size)))
    const place = this.#placeOf(words, from)
    const entry = this.#places[place] as number
    if (entry > 0) {
      const former = this.#values[entry - 1]
      this.#values[entry - 1] = value
      return former
    }
    for (let word = 0; word < WORDS; word += 1)
      this.#words[this.#size * WORDS + word] = words[from + word] as number
    this.#values[this.#size] = value
    this.#size += 1
    this.#places[place] = this.#size
    return undefined
  }

  /** The same as {@link delete} for the id whose eight words begin there. */
  deleteAt(words: Uint32Array, from: number): boolean {
    const place = this.#placeOf(words, from)
    const entry = this.#places[place] as number
    if (entry === 0) return false
    this.#close(place)
    this.#fill(entry - 1)
    return true
  }

  /** Numbers of the same ids, made of these: it takes a tenth of the time of setting each. */
  mapped(change: (value: number) => number): IdNumbers {
    const copy = new IdNumbers(new Uint8Array(this.#factors.slice().buffer))
    copy.#words = this.#words.slice(0, this.#size * WORDS)
    copy.#values = this.#values.slice(0, this.#size).map(change)
    copy.#places = this.#places.slice()
    copy.#shift = this.#shift
    copy.#size = this.#size
    return copy
  }

  /** Makes room for so many at once. */
  reserve(count: number): void {
    if (count > this.#values.length) {
      const [words, values] = [new Uint32Array(count * WORDS), new Uint32Array(count)]
      words.set(this.#words.subarray(0, this.#size * WORDS))
      values.set(this.#values.subarray(0, this.#size))
      this.#words = words
      this.#values = values
    }
    let places = this.#places.length
    while (places < 2 * count) places *= 2
    if (places > this.#places.length) this.#spread(places)
  }

  #spread(places: number): void {
    this.#places = new Uint32Array(places)
    this.#shift = shiftFor(places)
    for (let entry = 0; entry < this.#size; entry += 1)
      this.#places[this.#placeOf(this.#words, entry * WORDS)] = entry + 1
  }

  /** Where its entry is, or would be. */
  #placeOf(words: Uint32Array, from: number): number {
    const mask = this.#places.length - 1
    let place = this.#home(words, from)
    for (;;) {
      const entry = this.#places[place] as number
      if (entry === 0 || this.#isAt(entry - 1, words, from)) return place
      place = (place + 1) & mask
    }
  }

  #home(words: Uint32Array, from: number): number {
    let sum = 0
    for (let word = 0; word < WORDS; word += 1)
      sum = (sum + Math.imul(words[from + word] as number, this.#factors[word] as number)) | 0
    return sum >>> this.#shift
  }

  #isAt(entry: number, words: Uint32Array, from: number): boolean {
    const at = entry * WORDS
    for (let word = 0; word < WORDS; word += 1)
      if (this.#words[at + word] !== words[from + word]) return false
    return true
  }

  /** Frees a place: whoever stands after it because it was taken moves up. */
  #close(place: number): void {
    const mask = this.#places.length - 1
    let hole = place
    for (let at = (hole + 1) & mask; this.#places[at] !== 0; at = (at + 1) & mask) {
      const home = this.#home(this.#words, ((this.#places[at] as number) - 1) * WORDS)
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      this.#places[hole] = this.#places[at] as number
      hole = at
    }
    this.#places[hole] = 0
  }

  /** The last entry moves to this one. */
  #fill(entry: number): void {
    const last = this.#size - 1
    if (entry !== last) {
      this.#places[this.#placeOf(this.#words, last * WORDS)] = entry + 1
      this.#words.copyWithin(entry * WORDS, last * WORDS, last * WORDS + WORDS)
      this.#values[entry] = this.#values[last] as number
    }
    this.#size = last
  }
}

/** Of a hash of 32 bits this leaves as many as say which of so many places, a power of two. */
function shiftFor(places: number): number {
  return Math.clz32(places) + 1
}
