import { expect, test } from 'vitest'
import { inTurn } from '../../src/base/in-turn.js'

test('one of each comes in turn, as long as there are any', () => {
  const lists = [['a1', 'a2', 'a3'], [], ['b1'], new Set(['c1', 'c2'])]
  expect([...inTurn(lists)]).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
  expect([...inTurn([])]).toEqual([])
})

test('no more is read than is asked for', () => {
  let made = 0
  function* endless() {
    for (;;) yield ++made
  }
  for (const each of inTurn([endless(), endless()])) if (each > 5) break
  expect(made).toBeLessThan(10)
})
