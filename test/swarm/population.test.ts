import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PeerKey } from '../../src/base/ids.js'
import { Population } from '../../src/swarm/population.js'
import { seededRandom } from '../../src/testing/world/random.js'

// As hyperdht answers: 20 nodes, each with all of the records, name 20 of them at random.
const NODES = 20
const PER_NODE = 20

function lookUp(announced: readonly PeerKey[], random: () => number): Set<PeerKey> {
  const named = new Set<PeerKey>()
  for (let node = 0; node < NODES; node += 1) {
    const left = [...announced]
    for (let i = 0; i < PER_NODE && left.length > 0; i += 1) {
      const [key] = left.splice(Math.floor(random() * left.length), 1)
      if (key !== undefined) named.add(key)
    }
  }
  return named
}

function estimateOf(count: number, lookups: number, random: () => number): number {
  const announced = Array.from({ length: count }, (_, n) => `key ${n}` as PeerKey)
  const population = new Population()
  for (let i = 0; i < lookups; i += 1) population.add(lookUp(announced, random))
  return population.estimate ?? 0
}

describe('the estimate of how many are announced', () => {
  test.each([50, 200, 1_000])('is within 10 %% of %i in 9 of 10 runs of three lookups', count => {
    const estimates = Array.from({ length: 10 }, (_, seed) =>
      estimateOf(count, 3, seededRandom(seed + 1))
    )
    const close = estimates.filter(estimate => Math.abs(estimate - count) <= count / 10)
    expect(close.length, String(estimates)).toBeGreaterThanOrEqual(9)
  })

  test('is never below what was seen, and what was seen when every lookup named all', () => {
    const keys = fc.uniqueArray(fc.integer({ min: 0, max: 255 }).map(String), { maxLength: 40 })
    fc.assert(
      fc.property(fc.array(keys, { minLength: 3, maxLength: 6 }), samples => {
        const [some, all] = [new Population(), new Population()]
        const everybody = new Set(samples.flat() as PeerKey[])
        for (const sample of samples) some.add(new Set(sample as PeerKey[]))
        for (let i = 0; i < 3; i += 1) all.add(everybody)
        expect(some.seen).toBe(everybody.size)
        expect(some.estimate).toBeGreaterThanOrEqual(some.seen)
        expect(all.estimate).toBe(everybody.size)
      })
    )
  })

  test('is not made of less than three lookups', () => {
    const population = new Population()
    expect(population.add(new Set(['a' as PeerKey]))).toBe(1)
    expect(population.add(new Set(['a' as PeerKey]))).toBe(0)
    expect(population.estimate).toBeUndefined()
    population.add(new Set())
    expect(population.estimate).toBe(1)
  })

  test('of a flood of invented keys takes no more memory than it may', () => {
    const population = new Population(2)
    population.add(new Set(['a', 'b', 'c'] as PeerKey[]))
    expect(population.seen).toBe(2)
  })
})
