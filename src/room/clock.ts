import type { Millis } from '../base/time.js'

/** The two clocks of a room: one to measure with, one to date with. */
export interface Clock {
  /** For spans: never jumps, and stands still while the process does. Its zero means nothing. */
  now(): Millis
  /** For dates: ms since 1970 as the system has them, which may jump. */
  wall(): Millis
}

/**
 * A look that comes later than this after the one before says that the process slept. Guess: a room
 * looks every second.
 */
const MAX_STEP_MILLIS: Millis = 3_000

/**
 * Makes a clock that counts only the time in which the process ran: whoever was silent while we
 * slept, were stopped or were too busy to look has done nothing wrong. Systems do not agree whether
 * their monotonic clocks count a sleep.
 */
export function wakingClock(monotonic: () => Millis): () => Millis {
  let seen = monotonic()
  let now = seen
  return () => {
    const at = monotonic()
    now += Math.min(Math.max(0, at - seen), MAX_STEP_MILLIS)
    seen = at
    return Math.floor(now)
  }
}

/**
 * The system's clocks; one for the whole process, so that it is looked at often. Spans count from
 * the time when the process started.
 */
export const systemClock: Clock = {
  now: wakingClock(() => performance.timeOrigin + performance.now()),
  wall: () => Date.now()
}
