import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import {
  isSurplus,
  type Neighbour,
  open,
  surplus
} from '../../../src/protocol/membership/places.js'
import { idOf } from '../../support/peers.js'

let count = 0

function neighbour(more: Partial<Neighbour> = {}): Neighbour {
  const peer = idOf(`peer ${++count}`)
  return { peer, own: false, identity: idOf<IdentityKey>(peer), since: count, ...more }
}

const EVE = idOf<IdentityKey>('eve')

describe('who is surplus', () => {
  it('is the third of one identity, and the newest', () => {
    const eves = [3, 1, 2].map(since => neighbour({ identity: EVE, since }))
    expect(surplus([neighbour(), ...eves, neighbour()])).toEqual([eves[0]?.peer])
  })

  it('is the third of one block of addresses', () => {
    const near = [1, 2, 3, 4].map(since => neighbour({ block: '192.0.2', since }))
    expect(surplus([neighbour(), ...near])).toEqual(near.slice(2).map(({ peer }) => peer))
  })

  it('is none of those whose identity or address is not known', () => {
    const unknown = Array.from({ length: 8 }, () => neighbour({ identity: undefined }))
    expect(surplus(unknown)).toEqual([])
  })

  it('is one that dialled us rather than one that we chose', () => {
    const old = [1, 2].map(since => neighbour({ identity: EVE, since }))
    const chosen = neighbour({ identity: EVE, since: 9, own: true })
    expect(surplus([...old, chosen])).toEqual([old[1]?.peer])
  })

  it('is the newcomer of whose kind there are two', () => {
    const two = [neighbour({ identity: EVE }), neighbour({ identity: EVE })]
    expect(isSurplus(neighbour({ identity: EVE }), two)).toBe(true)
    expect(isSurplus(neighbour(), two)).toBe(false)
    expect(isSurplus(neighbour({ identity: EVE }), two.slice(1))).toBe(false)
  })
})

describe('who makes room', () => {
  it('is never one of those that we chose, while they are few', () => {
    const chosen = [neighbour({ own: true, since: 90 }), neighbour({ own: true, since: 91 })]
    const others = Array.from({ length: 6 }, () => neighbour())
    const places = open([...others, ...chosen], 4)
    expect(places).toEqual(others.slice(2).map(({ peer }) => peer))
  })

  it('whoever dials in, at any time, never gets at more than the places that are not kept', () => {
    const arrivals = fc.array(fc.boolean(), { maxLength: 40 })
    fc.assert(
      fc.property(fc.nat(8), arrivals, (own, hostile) => {
        const before = Array.from({ length: 8 }, (_, n) => neighbour({ own: n < own }))
        let view = before
        for (const evicts of hostile) {
          const [victim] = evicts ? open(view, 4) : open(view, 4).toReversed()
          view = [...view.filter(({ peer }) => peer !== victim), neighbour()]
        }
        expect(view.filter(each => before.includes(each)).length).toBeGreaterThanOrEqual(4)
      })
    )
  })
})
