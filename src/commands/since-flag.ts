import { SwarmchatError } from '../base/errors.js'
import type { Millis } from '../base/time.js'

const UNITS: Readonly<Record<string, Millis>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000
}

/** BAD_TIME: this says no moment. */
const badTime = (text: string) =>
  new SwarmchatError('BAD_TIME', `${text} is no time.`, {
    hint: 'Give a date (2026-11-27, 2026-11-27T09:30), or how long ago: 30m, 2h, 7d.'
  })

/** How long this is, as `30m` or `7d`; undefined for what is no such text. */
export function spanOf(text: string): Millis | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  return unit === '' ? undefined : Number(count) * (UNITS[unit] ?? 0)
}

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
