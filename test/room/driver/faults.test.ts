import { expect, test } from 'vitest'
import { Faults } from '../../../src/room/driver/faults.js'

const broken = (words: string) => new RangeError(words)
const otherwise = () => new TypeError('x is not iterable')

test('each kind of mistake is told once, whatever its words, and all are counted', () => {
  const faults = new Faults()
  const told = [1, 2, 3].map(n => faults.note('frame message', broken(`${n}`)))
  expect(told.map(fault => fault?.count)).toEqual([1, undefined, undefined])
  expect(faults.note('frame message', otherwise())?.count).toBe(4)
  expect(faults.note('timer ping', otherwise())?.count).toBe(5)
  expect(faults.count).toBe(5)
})

test('a sentence says where, and holds no stack', () => {
  const { text } = new Faults().note('frame message', broken('too deep')) ?? { text: '' }
  expect(text).toMatch(/^Something went wrong .*\(frame message: too deep\)\. The room goes on\.$/)
})

test('no more kinds are told apart than it says', () => {
  const faults = new Faults()
  const told = Array.from({ length: 100 }, (_, i) => faults.note(`place ${i}`, otherwise()))
  expect(told.filter(fault => fault !== undefined)).toHaveLength(32)
  expect(faults.count).toBe(100)
})

test('what is no error at all is told as well', () => {
  expect(new Faults().note('say', 'oops')?.text).toContain('oops')
})
