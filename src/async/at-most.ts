import type { Millis } from '../base/time.js'

/** Waits for a job, but no longer than this; the job goes on. Rejects where the job does in time. */
export async function atMost(millis: Millis, job: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, millis)
  })
  await Promise.race([job, timeout]).finally(() => clearTimeout(timer))
}
