/** Jobs of a room that may wait. Guess: 20 s of the busiest room. */
export const MAX_WAITING = 10_000

/** One job after another, in order. */
export class UpdateQueue {
  // BOUNDED: MAX_WAITING jobs.
  #tail: Promise<void> = Promise.resolve()
  #size = 0

  /** How many run or wait. */
  get size(): number {
    return this.#size
  }

  /** Runs it after those before it; resolves when it is done, whatever came of it. False at once where too many wait. */
  add(job: () => Promise<void>): Promise<void> | false {
    if (this.#size >= MAX_WAITING) return false
    this.#size += 1
    this.#tail = this.#tail.then(job).then(
      () => this.#done(),
      () => this.#done()
    )
    return this.#tail
  }

  /** Resolves when none runs or waits. */
  async idle(): Promise<void> {
    while (this.#size > 0) await this.#tail
  }

  #done(): void {
    this.#size -= 1
  }
}
