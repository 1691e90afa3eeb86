import { setTimeout as sleep } from 'node:timers/promises'
import { backoff } from '../../async/backoff.js'
import type { Millis } from '../../base/time.js'
import type { LevelStore } from '../../store/level-store.js'
import { watchDeletions } from '../../store/shared-deletions.js'
import { canShare } from '../../store/shared-socket.js'
import { waitFor } from './waiting.js'

/** A program that has ended gives its database free so soon. Guess: it has something to write first. */
const FIRST_TRY_MILLIS: Millis = 100
/** One that tells nothing is asked again, and the database tried, so often. Guess: neither costs more than ms. */
const LONGEST_PAUSE_MILLIS: Millis = 5_000

type Store = Pick<LevelStore, 'deletions' | 'retries' | 'retry'>

/**
 * What a store does while another program of ours has its database: it hears what that one deletes, and takes the database over
 * when that one ends.
 */
export class Beside {
  readonly #store: Store
  readonly #path: string
  readonly #ending = new AbortController()
  readonly #stopWaiting: () => void
  #isStarted = false

  /** `path`: where that program gives what it has. */
  constructor(store: Store, path: string) {
    this.#store = store
    this.#path = path
    this.#stopWaiting = waitFor(path)
  }

  start(): void {
    if (this.#isStarted || !canShare(this.#path)) return
    this.#isStarted = true
    void this.#stay(this.#ending.signal)
  }

  /** The database is ours, or not wanted any more. */
  end(): void {
    this.#ending.abort()
    this.#stopWaiting()
  }

  async #stay(signal: AbortSignal): Promise<void> {
    for (let tries = 1; !signal.aborted; tries += 1) {
      for await (const at of watchDeletions(this.#path, signal)) {
        tries = 0
        // It closes its database for a moment when it deletes it: that is not ours then.
        this.#store.retries.postpone()
        this.#store.deletions.heard(at)
      }
      if (signal.aborted) return
      await this.#store.retry()
      const pause = backoff(Math.max(tries, 1), FIRST_TRY_MILLIS, LONGEST_PAUSE_MILLIS)
      await sleep(pause, undefined, { ref: false, signal }).catch(() => {})
    }
  }
}
