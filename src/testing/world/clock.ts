import type { Millis } from '../../base/time.js'
import { Agenda } from './agenda.js'

/** A clock that goes as fast as it can: from one thing on its agenda to the next. */
export class VirtualClock {
  readonly #agenda = new Agenda<() => void>()
  #now: Millis

  constructor(now: Millis) {
    this.#now = now
  }

  get now(): Millis {
    return this.#now
  }

  /** Runs something then, after what was to run at the same time; gives what calls it off. */
  at(at: Millis, run: () => void): () => void {
    return this.#agenda.add(at, run)
  }

  /** When something happens next; undefined if nothing does. */
  nextAt(): Millis | undefined {
    return this.#agenda.nextAt()
  }

  /** Lets time pass until then. */
  runUntil(end: Millis): void {
    for (let at = this.nextAt(); at !== undefined && at <= end; at = this.nextAt()) {
      this.#now = Math.max(this.#now, at)
      this.#agenda.take()?.()
    }
    this.#now = Math.max(this.#now, end)
  }
}
