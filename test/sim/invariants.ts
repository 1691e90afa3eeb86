import { expect } from 'vitest'
import { MEMBERSHIP_TUNING } from '../../src/protocol/membership/tuning.js'
import type { Report } from './report.js'

/** What must hold in every run, as soon as the room is quiet. */
export function expectSound(report: Report): void {
  expect(report.delivery, 'every member gets every message').toBe(1)
  expect(report.repeated, 'exactly once').toBe(0)
  expect(report.unverified, 'nothing that was not verified').toBe(0)
  expect(report.overBound, 'no map over its bound').toEqual([])
  expect(report.cutOff, 'one overlay').toBe(0)
  expect(report.oneSided, 'views are symmetric').toBe(0)
  expect(report.links.max, 'links per member').toBeLessThanOrEqual(MEMBERSHIP_TUNING.linksMax)
}

/** Makes a run twice: the same seed must give the same trace. */
export function twice(run: () => Report): Report {
  const first = run()
  const second = run()
  expect(second.trace, 'the same seed, the same trace').toBe(first.trace)
  expect(second.events).toBe(first.events)
  return first
}
