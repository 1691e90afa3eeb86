import { expect, test } from 'vitest'
import { ExchangePause } from '../../../../src/protocol/history/reconcile/exchange-pause.js'
import { HISTORY_TUNING } from '../../../../src/protocol/history/tuning.js'

/** Opens an exchange as soon as one is due, so many times; the pauses between them. */
function pauses(pause: ExchangePause, times: number, from: number, ends = true): number[] {
  const found: number[] = []
  let last = from
  for (let now = from; found.length < times; now += 1_000) {
    if (!pause.isDue(false, now)) continue
    pause.opened(now)
    if (ends) pause.ended()
    found.push(now - last)
    last = now
  }
  return found
}

const BASE = HISTORY_TUNING.reconcileIntervalMillis

test('the first exchange is due at once; each that brings nothing doubles the pause', () => {
  expect(pauses(new ExchangePause(), 10, 0)).toEqual([
    0,
    2 * BASE,
    4 * BASE,
    8 * BASE,
    16 * BASE,
    32 * BASE,
    ...Array(4).fill(HISTORY_TUNING.reconcilePauseMaxMillis)
  ])
})

test('one that was broken off says nothing of what there is to get', () => {
  const pause = new ExchangePause()
  expect(pauses(pause, 4, 0, false)).toEqual([0, BASE, BASE, BASE])
  expect(pauses(pause, 3, 10_000_000)).toEqual([0, 2 * BASE, 4 * BASE])
})

test('one that brought something makes it short again', () => {
  const pause = new ExchangePause()
  pauses(pause, 8, 0)
  pause.brought()
  expect(pauses(pause, 3, 10_000_000)).toEqual([0, 2 * BASE, 4 * BASE])
  pause.brought()
  pause.opened(20_000_000)
  pause.ended()
  pause.brought()
  expect(pause.isDue(false, 20_000_000 + BASE - 1)).toBe(false)
  expect(pause.isDue(false, 20_000_000 + BASE)).toBe(true)
})

test('what was not known before does not wait longer than usual', () => {
  const pause = new ExchangePause()
  pauses(pause, 8, 0)
  const now = 10_000_000
  pause.opened(now)
  pause.ended()
  expect(pause.isDue(false, now + BASE)).toBe(false)
  expect(pause.isDue(true, now + BASE)).toBe(true)
})
