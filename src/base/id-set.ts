import { IdHash } from './id-hash.js'
import { copyId, ID_BYTES, type Id } from './ids.js'
import type { Random } from './random.js'

/** What is kept of an id: whoever wants two that are the same in this has 2^64 hashes to make. */
const KEPT_BYTES = 16
const WORDS = KEPT_BYTES / 4
const FIRST_PLACES = 64
/** Of its places at most so many are taken. */
const MAX_FILLED = 0.7

/** Ids, very many of them, in 23 to 46 bytes of memory each: the first half of each, in an open table. BOUNDED: by the owner. */
export class IdSet {
  readonly #hash: IdHash
  readonly #bytes = new Uint8Array(ID_BYTES)
  readonly #id = new Uint32Array(this.#bytes.buffer)
  /** All zeros: nothing is there. */
  #places = new Uint32Array(WORDS * FIRST_PLACES)
  #size = 0
  #hasZero = false

  /** `random`: says where ids are put, so that nobody can make many that contend for one place. */
  constructor(random: Random) {
    this.#hash = new IdHash(WORDS, () => Math.floor(random() * 2 ** 31))
  }

  /** How many there are. */
  get size(): number {
    return this.#size + (this.#hasZero ? 1 : 0)
  }

  has(id: Id): boolean {
    copyId(id, this.#bytes, 0)
    return this.#hasWords(this.#id, 0)
  }

  /** False if it is here already. */
  add(id: Id): boolean {
    copyId(id, this.#bytes, 0)
    return this.#addWords(this.#id, 0)
  }

  /** How many of these are not in the other one. */
  countOutside(other: IdSet): number {
    let count = this.#hasZero && !other.#hasZero ? 1 : 0
    for (let at = 0; at < this.#places.length; at += WORDS)
      if (!isZero(this.#places, at) && !other.#hasWords(this.#places, at)) count += 1
    return count
  }

  #hasWords(words: Uint32Array, from: number): boolean {
    if (isZero(words, from)) return this.#hasZero
    return !isZero(this.#places, this.#placeOf(words, from))
  }

  #addWords(words: Uint32Array, from: number): boolean {
    if (this.#hasWords(words, from)) return false
    if (isZero(words, from)) this.#hasZero = true
    else this.#put(words, from)
    return true
  }

  #put(words: Uint32Array, from: number): void {
    if (this.#size >= (MAX_FILLED * this.#places.length) / WORDS) this.#grow()
    this.#places.set(words.subarray(from, from + WORDS), this.#placeOf(words, from))
    this.#size += 1
  }

  /** Where it is, or would be put. */
  #placeOf(words: Uint32Array, from: number): number {
    const mask = this.#places.length - 1
    let at = (this.#hash.of(words, from) * WORDS) & mask
    while (!isZero(this.#places, at) && !isSame(this.#places, at, words, from))
      at = (at + WORDS) & mask
    return at
  }

  #grow(): void {
    const former = this.#places
    this.#places = new Uint32Array(2 * former.length)
    for (let at = 0; at < former.length; at += WORDS) {
      if (isZero(former, at)) continue
      this.#places.set(former.subarray(at, at + WORDS), this.#placeOf(former, at))
    }
  }
}

function isZero(words: Uint32Array, at: number): boolean {
  for (let word = 0; word < WORDS; word += 1) if (words[at + word] !== 0) return false
  return true
}

function isSame(a: Uint32Array, at: number, b: Uint32Array, from: number): boolean {
  for (let word = 0; word < WORDS; word += 1) if (a[at + word] !== b[from + word]) return false
  return true
}
