import { expect, test } from 'vitest'
import { SharedBucket } from '../../src/base/shared-bucket.js'

const [ann, eve] = [{}, {}]
const bucket = () => new SharedBucket({ perSecond: 10, burst: 100 }, { perSecond: 1, burst: 5 })

test('one alone has what all have in common', () => {
  expect(bucket().tokens(eve, 0)).toBe(100)
})

test('whoever asks most often leaves each of the others a little', () => {
  const shared = bucket()
  for (let now = 0; now < 60_000; now += 100) {
    while (shared.has(eve, now)) shared.charge(eve, now, 1)
    if (now % 1_000 !== 0) continue
    expect(shared.has(ann, now)).toBe(true)
    shared.charge(ann, now, 1)
  }
})

test('the little that the others leave is no less than one has oneself', () => {
  const shared = bucket()
  for (let n = 0; n < 99; n++) shared.charge(eve, 0, 1)
  expect(shared.tokens(ann, 0)).toBe(5)
})

test('what is given back is first of all whose it was', () => {
  const shared = bucket()
  while (shared.has(eve, 0)) shared.charge(eve, 0, 1)
  for (let n = 0; n < 5; n++) shared.charge(ann, 0, 1)
  expect(shared.has(ann, 0)).toBe(false)
  for (let n = 0; n < 5; n++) shared.giveBack(ann, 0)
  expect([shared.tokens(ann, 0), shared.tokens(eve, 0)]).toEqual([5, 0])
  shared.giveBack(ann, 0)
  expect(shared.tokens(eve, 0)).toBe(1)
})
