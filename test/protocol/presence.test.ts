import { expect, test } from 'vitest'
import { PresencePacer, presenceGap, presenceInterval } from '../../src/protocol/presence.js'

test('the interval keeps the presences that a member hears under about ten a second', () => {
  for (const devices of [1, 2, 10, 30, 31, 100, 1_000, 10_000]) {
    expect(devices / (presenceInterval(devices) / 1000)).toBeLessThanOrEqual(10)
    expect(presenceInterval(devices)).toBeGreaterThanOrEqual(3_000)
  }
  expect(presenceInterval(10_000_000)).toBe(3_600_000)
  expect(presenceGap(0)).toBe(50)
  expect(presenceGap(30)).toBe(1_500)
})

test('the next presence comes within the interval that the last one announced', () => {
  for (const random of [0, 0.5, 0.999]) {
    const alarm = new PresencePacer(() => random).sent(3_000, 0)
    expect(alarm.after).toBeLessThanOrEqual(3_000)
    expect(alarm.after).toBeGreaterThanOrEqual(2_700)
  }
})

test('news waits for the gap, and only the latest alarm counts', () => {
  const pacer = new PresencePacer(() => 0)
  const first = pacer.sent(3_000, 1_000)
  const early = pacer.hurry(2, 1_010)
  expect(early?.after).toBe(90)
  expect(pacer.hurry(2, 1_020)).toBeUndefined()
  expect(pacer.isDue(first.round)).toBe(false)
  expect(pacer.isDue(early?.round ?? 0)).toBe(true)
  expect(pacer.hurry(1, 9_000)).toBeUndefined()
})
