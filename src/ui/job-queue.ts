/** Jobs that wait; of more, some are done at once. Guess: a whole history that is caught up with. */
const MAX_WAITING = 20_000

/**
 * Does jobs in order, at most so many between two looks at what comes in from outside: at once while there were fewer, the others
 * later. So what somebody types never waits for more than that, however many come together. What a job throws is thrown by
 * whoever does it.
 */
export class JobQueue {
  readonly #atOnce: number
  // BOUNDED: MAX_WAITING.
  readonly #waiting: (() => unknown)[] = []
  /** Done since it was looked outside last. */
  #done = 0
  #turn: NodeJS.Immediate | undefined

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /** Does it now, or in its turn. */
  do(job: () => unknown): void {
    this.#turn ??= setImmediate(() => this.#next())
    if (this.#waiting.length === 0 && this.#done < this.#atOnce) {
      this.#done += 1
      job()
      return
    }
    this.#waiting.push(job)
    if (this.#waiting.length > MAX_WAITING) this.#doFirst(this.#atOnce)
  }

  /** Does all that waits now. */
  end(): void {
    this.#doFirst(this.#waiting.length)
  }

  // Comes after what was brought from outside, and before the next look.
  #next(): void {
    this.#turn = undefined
    const left = this.#atOnce - this.#done
    this.#done = 0
    if (this.#waiting.length === 0) return
    this.#turn = setImmediate(() => this.#next())
    this.#doFirst(left)
  }

  #doFirst(count: number): void {
    for (const job of this.#waiting.splice(0, count)) job()
  }
}
