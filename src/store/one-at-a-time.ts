/** Work of which each begins when all before it is done, whatever came of that. */
export class OneAtATime {
  #last: Promise<void> = Promise.resolve()

  /** Does this in its turn; rejects with what it throws. */
  do<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    const nothing = () => {}
    this.#last = done.then(nothing, nothing)
    return done
  }
}
