import { MAX_TIMER_MILLIS, type Millis } from '../base/time.js'

/** Waits for a job, but no longer than this (of over 24 days: than that); the job goes on. Rejects where the job does in time. */
export async function atMost(millis: Millis, job: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, Math.min(millis, MAX_TIMER_MILLIS))
  })
  await Promise.race([job, timeout]).finally(() => clearTimeout(timer))
}
