import type { Millis } from '../base/time.js'

/** Of history several may come, one after the other: the last one is shown when no other has come for so long. Guess: batches follow faster. */
const PAUSE_MILLIS: Millis = 300

/** Hands on what is said of a room: of what comes with history, one after the other, only the last. */
export class NewsPause<U extends { readonly history: boolean }> {
  readonly #show: (update: U) => void
  #last: U | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(show: (update: U) => void) {
    this.#show = show
  }

  take(update: U): void {
    clearTimeout(this.#timer)
    this.#last = update
    if (!update.history) this.end()
    else this.#timer = setTimeout(() => this.end(), PAUSE_MILLIS).unref()
  }

  /** What waits is shown now. */
  end(): void {
    clearTimeout(this.#timer)
    const last = this.#last
    this.#last = undefined
    if (last !== undefined) this.#show(last)
  }
}
