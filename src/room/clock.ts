import type { Millis } from '../base/time.js'

/** Milliseconds since 1970. */
export type Clock = () => Millis

/** Wall-clock time that never runs backwards, whatever is done to the system's clock: the machines rely on that. */
export function steadyClock(wall: Clock = Date.now): Clock {
  let latest = 0
  return () => {
    latest = Math.max(latest, wall())
    return latest
  }
}
