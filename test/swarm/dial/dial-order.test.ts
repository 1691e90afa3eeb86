import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import type { Candidate } from '../../../src/swarm/dial/candidates.js'
import { compare, distanceUp, PLACES } from '../../../src/swarm/dial/dial-order.js'

const key = (digits: string) => digits.padEnd(64, '0') as PeerKey
const plain = { standing: 'known', failures: 0, notBefore: 0, distance: 1 } as Candidate

/** Whether a candidate with the first of these is dialled before one with the second. */
function isBefore(a: Partial<Candidate>, b: Partial<Candidate>, now = 0): boolean {
  return compare({ ...plain, ...a }, { ...plain, ...b }, now) < 0
}

describe('the ring of keys', () => {
  it('goes from the largest key to the smallest', () => {
    expect(distanceUp(key('1'), key('3'))).toBe(PLACES / 8)
    expect(distanceUp(key('f'), key('1'))).toBe(PLACES / 8)
    expect(distanceUp(key('a'), key('a'))).toBe(0)
  })
})

describe('the order of dials', () => {
  it('puts standing before failures, and failures before distance', () => {
    expect(isBefore({ failures: 3 }, { standing: 'vouched' })).toBe(true)
    expect(isBefore({ standing: 'vouched', failures: 3 }, { standing: 'named' })).toBe(true)
    expect(isBefore({ distance: 9 }, { failures: 1 })).toBe(true)
    expect(isBefore({ distance: 1 }, { distance: 2 })).toBe(true)
  })

  it('puts who has waited for long before nearer ones', () => {
    expect(isBefore({ distance: 9 }, { notBefore: 4_500 }, 5_000)).toBe(true)
    expect(isBefore({ distance: 9, notBefore: 4_000 }, { notBefore: 4_500 }, 5_000)).toBe(false)
  })
})
