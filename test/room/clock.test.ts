import { expect, test } from 'vitest'
import { systemClock, wakingClock } from '../../src/room/clock.js'

/** A monotonic clock of the test's own, and what is made of it. */
function clocks() {
  let at = 50
  const now = wakingClock(() => at)
  const start = now()
  return {
    /** What passed by our clock while so much passed by the system's. */
    pass(millis: number): number {
      at += millis
      return now() - start
    }
  }
}

test('what passes while we run is counted', () => {
  const { pass } = clocks()
  expect(pass(0)).toBe(0)
  for (let second = 1; second <= 3600; second++) expect(pass(1_000)).toBe(second * 1_000)
})

test('of a sleep no more than a moment is counted', () => {
  const { pass } = clocks()
  expect(pass(3_600_000)).toBeLessThanOrEqual(3_000)
  const woken = pass(0)
  expect(pass(1_000)).toBe(woken + 1_000)
})

test('a clock that runs backwards stands still, and then goes on', () => {
  const { pass } = clocks()
  expect(pass(1_000)).toBe(1_000)
  expect(pass(-3_600_000)).toBe(1_000)
  expect(pass(1_000)).toBe(2_000)
})

test('parts of a millisecond add up', () => {
  const { pass } = clocks()
  for (let i = 0; i < 799; i++) pass(0.125)
  expect(pass(0.125)).toBe(100)
})

test('the system’s spans are whole milliseconds, and do not follow the wall clock', () => {
  const real = Date.now
  try {
    const before = systemClock.now()
    Date.now = () => real() - 3_600_000
    const after = systemClock.now()
    expect(systemClock.wall()).toBeLessThan(real() - 3_000_000)
    expect(after).toBeGreaterThanOrEqual(before)
    expect(Number.isInteger(after)).toBe(true)
  } finally {
    Date.now = real
  }
})
