import { expect, it } from 'vitest'
import { burst } from './burst.js'
import { room } from './settings.js'

const SECOND = 1_000

/** The one in the middle. */
function usual(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.POSITIVE_INFINITY
}

it('a room that is asked for more than it can do soon does as little for a line as before', () => {
  const seen = [2, 3, 4, 5, 6].map(seed => {
    const { after, busy, calm, report } = burst(
      room(10, { messages: 400, seed, world: { cpu: 0.015 } })
    )
    expect(report.delivery).toBe(1)
    expect(busy.copies).toBeLessThan(1.9)
    expect(busy.grafted).toBeLessThan(0.45)
    expect(after.work).toBeLessThan(1.3 * calm.work)
    return { late: after.p99, work: after.work / calm.work }
  })
  // One that has to be asked for once more is a second later, and makes work just then: the usual case is what counts.
  expect(usual(seen.map(({ late }) => late))).toBeLessThan(1.5 * SECOND)
  expect(usual(seen.map(({ work }) => work))).toBeLessThan(1.1)
})

it('a room in which everybody is linked to everybody does no more for a line when it is asked for too much', () => {
  const setting = room(6, { messages: 240, world: { cpu: 0.01 } })
  const { after, busy, calm, report } = burst(setting)
  expect(report.delivery).toBe(1)
  for (const { copies, grafted, work } of [calm, busy, after]) {
    expect(copies).toBeLessThan(1.1)
    expect(grafted).toBeLessThan(0.02)
    expect(work).toBeLessThan(1.1 * calm.work)
  }
  expect(after.p99).toBeLessThan(2 * calm.p99)
})
