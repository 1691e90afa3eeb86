import { expect, test } from 'vitest'
import {
  RECONCILE_INTERVAL_MILLIS,
  RECONCILE_PAUSE_MAX_MILLIS
} from '../../../src/protocol/config.js'
import { ExchangePause } from '../../../src/protocol/history/exchange-pause.js'

/** Opens an exchange as soon as one is due, so many times; the pauses between them. */
function pauses(pause: ExchangePause, times: number, from: number): number[] {
  const found: number[] = []
  let last = from
  for (let now = from; found.length < times; now += 1_000) {
    if (!pause.isDue(false, now)) continue
    pause.opened(now)
    found.push(now - last)
    last = now
  }
  return found
}

const BASE = RECONCILE_INTERVAL_MILLIS

test('the first exchange is due at once; each that brings nothing doubles the pause', () => {
  expect(pauses(new ExchangePause(), 10, 0)).toEqual([
    0,
    2 * BASE,
    4 * BASE,
    8 * BASE,
    16 * BASE,
    32 * BASE,
    ...Array(4).fill(RECONCILE_PAUSE_MAX_MILLIS)
  ])
})

test('one that brought something makes it short again', () => {
  const pause = new ExchangePause()
  pauses(pause, 8, 0)
  pause.brought()
  expect(pauses(pause, 3, 10_000_000)).toEqual([0, 2 * BASE, 4 * BASE])
  pause.brought()
  pause.opened(20_000_000)
  pause.brought()
  expect(pause.isDue(false, 20_000_000 + BASE - 1)).toBe(false)
  expect(pause.isDue(false, 20_000_000 + BASE)).toBe(true)
})

test('what was not known before does not wait longer than usual', () => {
  const pause = new ExchangePause()
  for (let n = 0; n < 8; n++) pause.opened(n)
  expect(pause.isDue(false, 7 + BASE)).toBe(false)
  expect(pause.isDue(true, 7 + BASE)).toBe(true)
})
