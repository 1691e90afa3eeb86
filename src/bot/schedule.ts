import { Cron } from 'croner'
import type { Millis } from '../base/time.js'
import { type Duration, millisOf } from './duration.js'
import { badCron } from './errors.js'

/** When something comes next: the first time after `now`. */
export type Schedule = (now: Millis) => Millis

/** Every so often, counted from the bot's start. Throws BAD_DURATION. */
export function everySchedule(duration: Duration): Schedule {
  const millis = millisOf(duration)
  return now => now + millis
}

/**
 * By a cron pattern: `minute hour day month weekday`, or six fields with seconds first. In the time zone of the computer, or
 * a named one (`Europe/Berlin`). Throws BAD_CRON.
 */
export function cronSchedule(pattern: string, timezone?: string): Schedule {
  const cron = parse(pattern, timezone)
  return now => {
    const next = cron.nextRun(new Date(now))
    if (next === null) throw badCron(pattern, new Error('it never comes again'))
    return next.getTime()
  }
}

/** The first time after `from` (ms since 1970) that a cron pattern names. Throws BAD_CRON. */
export function nextCron(pattern: string, from: Millis, timezone?: string): Millis {
  return cronSchedule(pattern, timezone)(from)
}

function parse(pattern: string, timezone: string | undefined): Cron {
  try {
    const cron = new Cron(pattern, {
      paused: true,
      ...(timezone === undefined ? {} : { timezone })
    })
    if (cron.nextRun() === null) throw new Error('it never comes')
    return cron
  } catch (thrown) {
    throw badCron(pattern, thrown)
  }
}
