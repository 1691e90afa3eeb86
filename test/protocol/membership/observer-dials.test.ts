import { describe, expect, test } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { MAX_KNOWN_PEERS } from '../../../src/protocol/config.js'
import { MAX_OBSERVED_LINKS } from '../../../src/protocol/links/tuning.js'
import { ObserverDials } from '../../../src/protocol/membership/observer-dials.js'
import { seededRandom } from '../../../src/testing/world/random.js'

const ANN = 'ann' as PeerKey
const invented = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `invented ${from + n}` as PeerKey)

describe('whoever looks on dials a member', () => {
  test('though more were invented before than it remembers', () => {
    const dials = new ObserverDials(seededRandom(1))
    for (let n = 0; n < 2 * MAX_KNOWN_PEERS; n += 64) {
      const dialled = dials.candidates(invented(64, n), n)
      for (const peer of dialled) dialled.push(...dials.done(peer, n))
    }
    expect(dials.candidates([ANN], 2 * MAX_KNOWN_PEERS)).toEqual([ANN])
  })

  test.each([1, 2, 3])('in a while, though far more wait that were invented, seed %i', seed => {
    const dials = new ObserverDials(seededRandom(seed))
    dials.candidates(invented(2 * MAX_KNOWN_PEERS), 0)
    const dialled = new Set<PeerKey>()
    // A second for each that is dialled: they are not there.
    for (let now = 0; now < 200_000; now += ObserverDials.placeMillis) {
      // Each lookup names it again.
      if (now % 10_000 === 0) dials.candidates([ANN], now)
      for (const peer of dials.next(now)) dialled.add(peer)
    }
    expect(dialled.size).toBeGreaterThan(100 * MAX_OBSERVED_LINKS)
    expect(dialled).toContain(ANN)
  })
})
