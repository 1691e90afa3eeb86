import { messageOf } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import type { Bookmark, Handled } from './bookmark.js'
import type { Log } from './log.js'

/** What a bot's progress is made of. */
export interface ProgressParts {
  readonly bookmark: Bookmark
  readonly now: () => Millis
  readonly log: Log
}

/** How far a bot is in what was said in a room, also over restarts. */
export class Progress {
  readonly #parts: ProgressParts
  #handled: Handled
  #isKept = true

  constructor(parts: ProgressParts) {
    this.#parts = parts
    this.#handled = this.#read() ?? this.#begin()
  }

  /** It goes on after this; undefined: with what is kept. */
  get cursor(): string | undefined {
    return this.#handled.cursor
  }

  /** True for what was said since the bot first came here. */
  isMissed(time: Millis): boolean {
    return time >= this.#handled.cameAt
  }

  /** It has handled everything up to this, and is never given it again. */
  handled(cursor: string): void {
    this.#write({ ...this.#handled, cursor })
  }

  /** It cannot go on where it was: it goes on with what comes, and has missed nothing. */
  lost(why: unknown): void {
    const sentence = `${messageOf(why)} The bot goes on with what is said from now on.`
    this.#parts.log.warn(sentence)
    this.#handled = this.#begin()
  }

  #read(): Handled | undefined {
    try {
      return this.#parts.bookmark.read()
    } catch (thrown) {
      this.#failed(thrown)
      return undefined
    }
  }

  #begin(): Handled {
    const handled = { cameAt: this.#parts.now() }
    this.#write(handled)
    return handled
  }

  #write(handled: Handled): void {
    this.#handled = handled
    try {
      this.#parts.bookmark.write(handled)
      this.#isKept = true
    } catch (thrown) {
      this.#failed(thrown)
    }
  }

  // Once, and once more after it had been well.
  #failed(thrown: unknown): void {
    if (this.#isKept) this.#parts.log.error(`what it has handled is not kept: ${messageOf(thrown)}`)
    this.#isKept = false
  }
}
