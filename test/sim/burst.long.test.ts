import { expect, it } from 'vitest'
import { burst } from './burst.js'
import { room } from './settings.js'

const SECOND = 1_000

it('a room that is asked for more than it can do soon does as little for a line as before', () => {
  const late = [2, 3, 4, 5, 6].map(seed => {
    const { after, busy, calm, report } = burst(
      room(10, { messages: 400, seed, world: { cpu: 0.015 } })
    )
    expect(report.delivery).toBe(1)
    expect(busy.copies).toBeLessThan(1.9)
    expect(busy.grafted).toBeLessThan(0.45)
    expect(after.work).toBeLessThan(1.2 * calm.work)
    return after.p99
  })
  // One that has to be asked for once more is a second later: the usual case is what counts.
  const [, , usual] = late.toSorted((a, b) => a - b)
  expect(usual).toBeLessThan(1.5 * SECOND)
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
