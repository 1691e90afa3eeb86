import { expect, test } from 'vitest'
import { ByteShares } from '../../../src/room/driver/byte-shares.js'

const item = (name: string, byteLength: number) => ({ name, byteLength })

test('takes from whoever has most, the oldest first', () => {
  const shares = new ByteShares<{ name: string; byteLength: number }>()
  shares.add('a', item('a1', 10))
  for (let i = 1; i <= 9; i++) shares.add('b', item(`b${i}`, 10))
  const taken = Array.from({ length: 8 }, () => shares.takeFromLargest()?.name)
  expect(taken).toEqual(['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8'])
  expect([shares.takeFromLargest(), shares.takeFromLargest()].map(i => i?.name).sort()).toEqual([
    'a1',
    'b9'
  ])
  expect(shares.takeFromLargest()).toBeUndefined()
})

test('what went its way is not taken', () => {
  const shares = new ByteShares<{ name: string; byteLength: number }>()
  const [first, second, third] = [item('a1', 10), item('a2', 10), item('a3', 10)]
  for (const each of [first, second, third]) shares.add('a', each)
  for (const each of [first, third, third]) shares.remove('a', each)
  expect(shares.takeFromLargest()?.name).toBe('a2')
  expect(shares.takeFromLargest()).toBeUndefined()
})

test('two who have the same amount lose about as much', () => {
  const shares = new ByteShares<{ name: string; byteLength: number }>()
  for (let i = 0; i < 100; i++) for (const owner of ['a', 'b']) shares.add(owner, item(owner, 10))
  const taken = Array.from({ length: 100 }, () => shares.takeFromLargest()?.name)
  expect(taken.filter(owner => owner === 'a').length).toBeGreaterThan(30)
  expect(taken.filter(owner => owner === 'b').length).toBeGreaterThan(30)
})
