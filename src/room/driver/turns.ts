/** Work that can be divided: some of it waits. */
export interface Divisible {
  readonly isEmpty: boolean
  /** Does the next piece; says how many bytes that were. */
  next(): number
}

/** Pieces of one turn. Measured: some 55 µs each on a quiet machine, so 1 ms. */
export const PIECES_PER_TURN = 16
/** Bytes of one turn, and a piece. Guess: as many of 2 KiB. */
export const BYTES_PER_TURN = 32_768

/**
 * Work of several that is divided over turns of the event loop, so many pieces in each, of one after the other: between two
 * turns whatever else there is goes on.
 */
export class Turns {
  // BOUNDED: by its users, once for each. Whose turn comes first is first.
  readonly #waiting = new Set<Divisible>()
  #next: NodeJS.Immediate | undefined

  /** Does what waits there in turns to come. */
  add(work: Divisible): void {
    this.#waiting.add(work)
    this.#next ??= setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#next = undefined
    let bytes = 0
    for (let n = 0; n < PIECES_PER_TURN && bytes < BYTES_PER_TURN; n += 1) {
      const [work] = this.#waiting
      if (work === undefined) return
      this.#waiting.delete(work)
      bytes += work.next()
      if (!work.isEmpty) this.#waiting.add(work)
    }
    if (this.#waiting.size > 0) this.#next ??= setImmediate(() => this.#turn())
  }
}

/** All rooms of a process share its event loop. */
export const historyTurns = new Turns()
