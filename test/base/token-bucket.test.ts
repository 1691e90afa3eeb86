import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Budget, TokenBucket } from '../../src/base/token-bucket.js'

const RATE = { perSecond: 10, burst: 5 }

test('a bucket gives its burst, then its rate', () => {
  const bucket = new TokenBucket(RATE, 0)
  const takenAt = (now: number) => Array.from({ length: 9 }, () => bucket.take(now)).filter(Boolean)
  expect(takenAt(0)).toHaveLength(5)
  expect(takenAt(99)).toHaveLength(0)
  expect(takenAt(200)).toHaveLength(2)
  expect(takenAt(10_000)).toHaveLength(5)
})

test('no sequence of times gets more than burst and rate', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2_000), { maxLength: 200 }), steps => {
      const bucket = new TokenBucket(RATE, 0)
      let now = 0
      let taken = 0
      for (const step of steps) {
        now += step
        if (bucket.take(now)) taken += 1
      }
      expect(taken).toBeLessThanOrEqual(RATE.burst + (now / 1000) * RATE.perSecond + 1e-6)
    })
  )
})

test('time that runs backwards gives nothing', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, 1_000)
  expect(bucket.take(1_000)).toBe(true)
  expect(bucket.take(0)).toBe(false)
  expect(bucket.take(50)).toBe(false)
})

test('several tokens are taken together or not at all', () => {
  const bucket = new TokenBucket(RATE, 0)
  expect(bucket.take(0, 6)).toBe(false)
  expect(bucket.take(0, 4)).toBe(true)
  expect(bucket.take(0, 2)).toBe(false)
  expect(bucket.tokens(0)).toBe(1)
})

test('what is charged afterwards may leave a debt, which is gained back first', () => {
  const bucket = new TokenBucket(RATE, 0)
  bucket.charge(0, 15)
  expect(bucket.tokens(0)).toBe(0)
  expect(bucket.has(1_000)).toBe(false)
  expect(bucket.has(1_100)).toBe(true)
})

test('a budget is over when its messages are, and when its bytes are', () => {
  const rate = { messages: { perSecond: 1, burst: 3 }, bytes: { perSecond: 10, burst: 100 } }
  const few = new Budget(rate, 0)
  expect([few.take(90, 0), few.take(11, 0), few.take(10, 0)]).toEqual([true, false, true])
  const many = new Budget(rate, 0)
  expect([1, 1, 1, 1].map(bytes => many.take(bytes, 0))).toEqual([true, true, true, false])
})

test('a budget is a bucket of messages and one of bytes, and full when both are', () => {
  const step = fc.record({ after: fc.nat(3_000), bytes: fc.nat(60) })
  const rate = { messages: RATE, bytes: { perSecond: 20, burst: 100 } }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), steps => {
      const budget = new Budget(rate, 0)
      const [messages, ofBytes] = [
        new TokenBucket(rate.messages, 0),
        new TokenBucket(rate.bytes, 0)
      ]
      let now = 0
      for (const { after, bytes } of steps) {
        now += after
        expect(budget.isFull(now)).toBe(messages.isFull(now) && ofBytes.isFull(now))
        const isWithin = messages.has(now) && ofBytes.has(now, bytes)
        expect(budget.take(bytes, now)).toBe(isWithin)
        if (isWithin) messages.take(now)
        if (isWithin) ofBytes.take(now, bytes)
      }
    })
  )
})

test('what is given back can be taken again, but no more than fits', () => {
  const bucket = new TokenBucket({ perSecond: 0, burst: 5 }, 0)
  bucket.charge(0, 7)
  bucket.giveBack(0, 3)
  expect(bucket.tokens(0)).toBe(1)
  bucket.giveBack(0, 100)
  expect(bucket.tokens(0)).toBe(5)
})
