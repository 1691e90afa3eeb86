import type { Millis } from './time.js'

const UNITS: Readonly<Record<string, Millis>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000
}

/** How long this is, as `30m` or `7d`; undefined for what is no such text. */
export function spanOf(text: string): Millis | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  return unit === '' ? undefined : Number(count) * (UNITS[unit] ?? 0)
}
