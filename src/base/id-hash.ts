/** Ids are put by sums modulo this: all of it fits into a number of JavaScript. */
const PRIME = 2 ** 31 - 1

/**
 * Where ids are put in an open table, by the words that they begin with: a sum of half words, each with a factor that nobody else knows,
 * modulo a prime (universal hashing, Carter and Wegman 1979). So nobody can make many that contend for one place, also of ids that
 * are no hashes: what a message names as its parent may be anything.
 */
export class IdHash {
  readonly #words: number
  /** For each half of a word. */
  readonly #factors: Float64Array

  /** `words`: of each id so many are looked at. `next`: gives integers that others cannot know, from 0 to 2^31 - 1 or more. */
  constructor(words: number, next: () => number) {
    this.#words = words
    this.#factors = Float64Array.from({ length: 2 * words }, () => next() % PRIME)
  }

  /** An integer from 0 to 2^31 - 2 for the id whose words begin there. */
  of(words: Uint32Array, from: number): number {
    let sum = 0
    for (let word = 0; word < this.#words; word += 1) {
      const value = words[from + word] as number
      sum += (value & 0xffff) * (this.#factors[2 * word] as number)
      sum += (value >>> 16) * (this.#factors[2 * word + 1] as number)
    }
    return sum % PRIME
  }
}
