import type { Millis } from '../base/time.js'

/**
 * A timer that fires later than this was held up by a busy process, which had no time to read
 * either.
 */
const LATE_MILLIS: Millis = 100

/**
 * Calls back after this time, unless the process was too busy to be punctual: then it waits once
 * more. For conclusions from the silence of others, which our own stalling must not cause.
 */
export function punctualTimeout(millis: Millis, onTime: () => void): { cancel(): void } {
  let timer: NodeJS.Timeout
  const start = () => {
    const due = performance.now() + millis
    timer = setTimeout(() => (performance.now() > due + LATE_MILLIS ? start() : onTime()), millis)
  }
  start()
  return { cancel: () => clearTimeout(timer) }
}
