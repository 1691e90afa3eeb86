import { describe, expect, it } from 'vitest'
import type { Candidate, Tries } from '../../../src/swarm/dial/candidates.js'
import { RetryWaits } from '../../../src/swarm/dial/retry-waits.js'

function waitAfter(failures: number, tries: Tries, backoffs?: readonly number[], draw = 0) {
  const waits = new RetryWaits({ ...(backoffs && { backoffs }), random: () => draw })
  return waits.next({ failures, tries } as Candidate)
}

describe('RetryWaits', () => {
  it('grow with the failures, and end', () => {
    const waits = [0, 1, 2, 3, 4, 5].map(failures => waitAfter(failures, 'backoffs'))
    expect(waits).toEqual([1_000, 5_000, 15_000, 60_000, 600_000, undefined])
  })

  it('stay at the longest for a peer that is to be reached for ever', () => {
    expect(waitAfter(9, 'always', [10, 20])).toBe(20)
    expect(waitAfter(0, 'always', [])).toBe(600_000)
  })

  it('have a random part', () => {
    expect(waitAfter(0, 'backoffs', [100], 0.5)).toBe(125)
  })
})
