import type { Log } from '../log.js'
import { MAX_WAITING } from '../queue.js'
import type { Update } from '../updates.js'

type Dispatch = (update: Update) => Promise<void>

/** The updates of a room on their way to a host, one at a time; they wait while there is none. */
export class Feed {
  readonly #log: Log
  // BOUNDED: MAX_WAITING updates; further ones are dropped, and that is logged.
  #waiting: Update[] = []
  #dispatch: Dispatch | undefined
  #delivering: Promise<void> | undefined
  #dropped = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** Takes an update in. */
  push(update: Update): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#drop()
      return
    }
    this.#waiting.push(update)
    this.#pump()
  }

  /** Hands updates to this from now on; `first` before those that wait. */
  attach(dispatch: Dispatch, first?: Update): void {
    if (first !== undefined && !this.#waiting.some(({ type }) => type === first.type))
      this.#waiting.unshift(first)
    this.#dispatch = dispatch
    this.#pump()
  }

  /** Hands over no more; resolves when what was handed over is done with. */
  async detach(): Promise<void> {
    this.#dispatch = undefined
    await this.#delivering
  }

  #pump(): void {
    if (this.#delivering !== undefined) return
    this.#delivering = this.#deliver().finally(() => {
      this.#delivering = undefined
      // Attached anew in the meantime.
      if (this.#dispatch !== undefined && this.#waiting.length > 0) this.#pump()
    })
  }

  async #deliver(): Promise<void> {
    while (this.#dispatch !== undefined) {
      const update = this.#waiting.shift()
      if (update === undefined) return
      await this.#dispatch(update)
      this.#tellDropped()
    }
  }

  #drop(): void {
    if (this.#dropped === 0) this.#log.error(`the bot is too slow: ${MAX_WAITING} updates wait`)
    this.#dropped += 1
  }

  #tellDropped(): void {
    if (this.#dropped === 0 || this.#waiting.length > MAX_WAITING / 2) return
    this.#log.error(`${this.#dropped} updates were dropped`, { dropped: this.#dropped })
    this.#dropped = 0
  }
}
