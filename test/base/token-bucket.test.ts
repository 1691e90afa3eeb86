import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket, TokenBuckets } from '../../src/base/token-bucket.js'

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

test('one name does not empty the bucket of another', () => {
  const buckets = new TokenBuckets<string>(RATE, 8)
  while (buckets.take('spammer', 0));
  expect(buckets.has('spammer', 0)).toBe(false)
  expect(buckets.take('ann', 0)).toBe(true)
})
