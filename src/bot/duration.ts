import type { Millis } from '../base/time.js'
import { badDuration } from './errors.js'

/** Milliseconds as a number, or text such as `500ms`, `30s`, `10m`, `1h30m`, `2d`. */
export type Duration = number | string

const UNITS: Readonly<Record<string, Millis>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/
const PART = /(\d+(?:\.\d+)?)(ms|[smhd])/g

/** The duration in milliseconds, greater than 0. Throws BAD_DURATION. */
export function millisOf(duration: Duration): Millis {
  const millis = typeof duration === 'number' ? duration : sumOf(duration)
  if (!Number.isFinite(millis) || millis <= 0) throw badDuration(duration)
  return millis
}

function sumOf(text: string): Millis {
  if (!WHOLE.test(text)) return Number.NaN
  let sum = 0
  for (const [, amount, unit] of text.matchAll(PART))
    sum += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  return sum
}
