import { expect, test } from 'vitest'
import { SharedBucket } from '../../src/base/shared-bucket.js'

const [ann, eve] = [{}, {}]
const bucket = () => SharedBucket.of({ perSecond: 10, burst: 100 }, { perSecond: 1, burst: 5 })

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

test('who comes as somebody else again and again gains little', () => {
  const shared = bucket()
  let drawn = 0
  for (let now = 0; now < 60_000; now += 10) {
    for (const other = {}; shared.has(other, now); drawn += 1) shared.charge(other, now, 1)
  }
  // What all have in common in that time is 700.
  expect(drawn).toBeLessThan(2_000)
})

test('who was there before somebody came again and again has a part as before', () => {
  const shared = bucket()
  expect(shared.has(ann, 0)).toBe(true)
  for (let now = 0; now < 60_000; now += 10) {
    for (const other = {}; shared.has(other, now); ) shared.charge(other, now, 1)
  }
  expect(shared.tokens(ann, 60_000)).toBe(5)
})

test('whoever comes while somebody comes again and again soon has a part', () => {
  const shared = bucket()
  for (let now = 0; now < 60_000; now += 10) {
    for (const other = {}; shared.has(other, now); ) shared.charge(other, now, 1)
    if (now >= 30_000) shared.has(ann, now)
  }
  expect(shared.tokens(ann, 60_000)).toBe(5)
})
