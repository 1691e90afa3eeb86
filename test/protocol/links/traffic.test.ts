import { expect, test } from 'vitest'
import { AuthorBudgets, type Traffic } from '../../../src/protocol/links/traffic.js'
import { MAX_SEALED_BYTES } from '../../../src/protocol/wire/message.js'

const SORTS: readonly Traffic[] = ['chat', 'presence', 'brief']

test('who has said nothing for a minute has no budgets in memory, and what it has used of others is kept', () => {
  const budgets = new AuthorBudgets()
  for (const sort of SORTS) budgets.of(sort).own(false, 0).take(MAX_SEALED_BYTES, 0)
  const [directs, own] = [budgets.directs(0), budgets.of('chat').own(false, 0)]
  directs.now.take(0)
  budgets.tidy(10)
  expect(budgets.of('chat').own(false, 10)).toBe(own)
  expect(budgets.directs(10)).toBe(directs)
  budgets.tidy(60_000)
  expect(budgets.of('chat').own(false, 60_000)).not.toBe(own)
  expect(budgets.directs(60_000)).not.toBe(directs)
})

test('a budget that nobody has drawn on has room for any message', () => {
  for (const sort of SORTS) {
    const budget = new AuthorBudgets().of(sort)
    for (const isLate of [false, true]) {
      expect(budget.has(isLate, MAX_SEALED_BYTES, 0)).toBe(true)
      expect(budget.own(isLate, 0).has(MAX_SEALED_BYTES, 0)).toBe(true)
    }
    expect(budget.hasSettled(MAX_SEALED_BYTES, 0)).toBe(true)
    expect(budget.settled(0).has(MAX_SEALED_BYTES, 0)).toBe(true)
  }
})
