import { expect, test } from 'vitest'
import { CommonBudget } from '../../src/base/common-budget.js'

const RATE = { perSecond: 10, burst: 1_000 }

/** How many of these it may take now. */
function takeAll(budget: CommonBudget, owner: object, now: number): number {
  let taken = 0
  while (budget.take(owner, now)) taken += 1
  return taken
}

test('one alone has four fifths of it, and each that comes after it four fifths of what is left', () => {
  const budget = new CommonBudget(RATE)
  expect(takeAll(budget, {}, 0)).toBe(800)
  expect(takeAll(budget, {}, 0)).toBe(160)
  expect(takeAll(budget, {}, 0)).toBe(32)
})

test('who has taken its part waits until what it took was gained back, and the others with it', () => {
  const budget = new CommonBudget(RATE)
  const [first, second] = [{}, {}]
  takeAll(budget, first, 0)
  expect(budget.has(first, 0)).toBe(false)
  expect(takeAll(budget, first, 10_000)).toBeLessThanOrEqual(100)
  expect(budget.has(second, 10_000)).toBe(true)
  const all = takeAll(budget, first, 200_000) + takeAll(budget, second, 200_000)
  expect(all).toBeLessThanOrEqual(RATE.burst)
})

test('what it turned out to cost may leave a debt', () => {
  const budget = new CommonBudget(RATE)
  budget.charge({}, 0, 1_500)
  expect(budget.has({}, 49_000)).toBe(false)
  expect(budget.has({}, 51_000)).toBe(true)
})
