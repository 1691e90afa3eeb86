import { atMost } from '../async/at-most.js'
import { backoff } from '../async/backoff.js'
import type { Millis } from '../base/time.js'

/** How often is looked whether a write has ended ... */
const LOOK_MILLIS: Millis = 500
/** ... and how many times: then it has failed, and nobody waits for it. Guess: a disk that sleeps wakes up in 5 s. */
const MAX_LOOKS = 10
/** A disk that failed is tried again after this ... Guess. */
const FIRST_RETRY_MILLIS: Millis = 1_000
/** ... and, while it goes on failing, ever more seldom, up to this. Guess. */
const LONGEST_RETRY_MILLIS: Millis = 60_000

/**
 * Rejects as the write does, and when it takes too long. Looks are counted, not time: on a busy machine they come late, and
 * so does the write, which is not the disk's fault.
 */
export async function inTime(write: Promise<void>, look = looked): Promise<void> {
  let isWritten = false
  const written = write.then(() => {
    isWritten = true
  })
  for (let looks = 0; looks < MAX_LOOKS && !isWritten; looks++) await look(written)
  if (!isWritten) throw new Error('the disk is too slow')
}

const looked = (written: Promise<void>) => atMost(LOOK_MILLIS, written)

/** When a disk that failed is tried again. */
export class Retries {
  readonly #retry: () => void
  #failures = 0
  #timer: NodeJS.Timeout | undefined

  constructor(retry: () => void) {
    this.#retry = retry
  }

  /** True while it fails. */
  get isFailing(): boolean {
    return this.#failures > 0
  }

  /** It failed: it is tried again later. How often it has failed in a row. */
  failed(): number {
    this.#failures += 1
    this.#after(backoff(this.#failures, FIRST_RETRY_MILLIS, LONGEST_RETRY_MILLIS))
    return this.#failures
  }

  /** It is known to be of no use for now. */
  postpone(): void {
    if (this.isFailing) this.#after(LONGEST_RETRY_MILLIS)
  }

  worked(): void {
    this.#failures = 0
  }

  /** It is not tried again by itself. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #after(pause: Millis): void {
    this.stop()
    this.#timer = setTimeout(this.#retry, pause).unref()
  }
}
