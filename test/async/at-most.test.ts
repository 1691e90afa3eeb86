import { expect, test } from 'vitest'
import { atMost } from '../../src/async/at-most.js'
import { deferred } from '../../src/async/deferred.js'

test.each([Number.POSITIVE_INFINITY, 2 ** 31])(
  'a job is waited for, though that is for %s ms',
  async millis => {
    const job = deferred()
    let isOver = false
    const waited = atMost(millis, job.promise).then(() => (isOver = true))
    // A timer that is too long for the system is one of 1 ms there, which fires before a later one of 2 ms.
    await new Promise(resolve => setTimeout(resolve, 2))
    expect(isOver).toBe(false)
    job.resolve()
    await waited
  }
)
