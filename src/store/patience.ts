import { atMost } from '../async/at-most.js'
import { backoff } from '../async/backoff.js'
import type { Millis } from '../base/time.js'

/** A write that takes longer has failed: nobody waits for it. Guess: a disk that sleeps wakes up sooner. */
const SLOW_MILLIS: Millis = 5_000
/** A disk that failed is tried again after this ... Guess. */
const FIRST_RETRY_MILLIS: Millis = 1_000
/** ... and, while it goes on failing, ever more seldom, up to this. Guess. */
const LONGEST_RETRY_MILLIS: Millis = 60_000

/** Rejects as the write does, and when it takes too long. */
export async function inTime(write: Promise<void>): Promise<void> {
  let isWritten = false
  const note = () => {
    isWritten = true
  }
  await atMost(SLOW_MILLIS, write.then(note))
  if (!isWritten) throw new Error('the disk is too slow')
}

/** A disk that failed so often is tried again after this. */
export function retryMillis(failures: number): Millis {
  return backoff(failures, FIRST_RETRY_MILLIS, LONGEST_RETRY_MILLIS)
}
