import { SwarmchatError } from '../../base/errors.js'
import { spanOf } from '../../base/span.js'
import type { Millis } from '../../base/time.js'

/** BAD_TIME: this says no moment. */
const badTime = (text: string) =>
  new SwarmchatError('BAD_TIME', `${text} is no time.`, {
    hint: 'Give a date (2026-11-27, 2026-11-27T09:30), or how long ago: 30m, 2h, 7d.'
  })

/** The moment that a flag means, ms since 1970: a date, or so long before `now`. Throws BAD_TIME. */
export function momentOf(text: string, now: Millis): Millis {
  const ago = spanOf(text)
  if (ago !== undefined) return now - ago
  // Without a time, Date.parse takes a date for one in Greenwich.
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const moment = /^\d{4}-\d{2}/.test(text) ? Date.parse(isDay ? `${text}T00:00` : text) : Number.NaN
  if (Number.isNaN(moment)) throw badTime(text)
  return moment
}
