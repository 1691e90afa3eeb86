import { describe, expect, test } from 'vitest'
import type { IdentityKey, PeerKey } from '../../../src/base/ids.js'
import { Tally } from '../../../src/room/census/tally.js'

const NOW = 1_000_000

const device = 'd'.repeat(64) as PeerKey
const identity = 'a'.repeat(64) as IdentityKey
const sign = (at: number) => ({ device, identity, nick: 'ada', at, isDoubted: false, keeps: false })
const verified = { device, identity, state: 'verified' } as const

const only = (tally: Tally, now: number) => tally.counted(now)[0]

describe('a device', () => {
  test('that only the DHT names is announced', () => {
    const tally = new Tally()
    tally.named([device], NOW)
    expect(only(tally, NOW)).toMatchObject({ state: 'announced', announcedAt: NOW })
  })

  test('that members tell of is present, and not verified', () => {
    const tally = new Tally()
    tally.heard({ device, identity, nick: 'ada', state: 'present' }, NOW)
    tally.roster([sign(NOW - 9_000)], NOW)
    const expected = { state: 'present', heardAt: NOW - 9_000, nick: 'ada' }
    expect(only(tally, NOW)).toMatchObject(expected)
  })

  test('is verified for five seconds after a proof, and no longer', () => {
    const tally = new Tally()
    tally.heard(verified, NOW)
    expect(only(tally, NOW + 5_000)?.state).toBe('verified')
    expect(only(tally, NOW + 5_001)).toMatchObject({ state: 'gone', provenAt: NOW })
    tally.heard(verified, NOW + 6_000)
    expect(only(tally, NOW + 6_000)?.state).toBe('verified')
  })

  test('that leaves the roster is gone at once, however fresh its proof', () => {
    const tally = new Tally()
    tally.heard(verified, NOW)
    tally.roster([sign(NOW)], NOW)
    tally.roster([], NOW + 1)
    expect(only(tally, NOW + 1)).toMatchObject({ state: 'gone', heardAt: NOW })
    tally.roster([sign(NOW + 2)], NOW + 2)
    expect(only(tally, NOW + 2)?.state).toBe('verified')
  })

  test('that members call gone is so since it was last heard, also if the DHT names it', () => {
    const tally = new Tally()
    tally.named([device], NOW)
    tally.failed(device)
    tally.departed([sign(NOW - 90_000)], NOW)
    const gone = { state: 'gone', nick: 'ada', heardAt: NOW - 90_000, unreachable: true }
    expect(only(tally, NOW)).toMatchObject(gone)
  })

  test('that is here is not gone for being called so', () => {
    const tally = new Tally()
    tally.heard(verified, NOW)
    tally.departed([sign(NOW - 90_000)], NOW)
    expect(only(tally, NOW)?.state).toBe('verified')
    const told = new Tally()
    told.departed([sign(NOW - 90_000)], NOW)
    told.roster([sign(NOW)], NOW)
    told.departed([sign(NOW - 90_000)], NOW)
    expect(only(told, NOW)).toMatchObject({ state: 'present', heardAt: NOW })
  })

  test('that was not heard of for long is forgotten, unless members say that it is here', () => {
    const tally = new Tally()
    const other = 'e'.repeat(64) as PeerKey
    tally.named([other], NOW)
    tally.roster([sign(NOW)], NOW)
    tally.forget(NOW)
    expect(tally.size).toBe(2)
    tally.forget(NOW + 1)
    expect(tally.counted(NOW + 1).map(peer => peer.device)).toEqual([device])
  })

  test('that connects and proves nothing is reachable, and nobody waits for it once it was refused', () => {
    const tally = new Tally()
    tally.named([device], NOW)
    tally.heard({ device, state: 'reachable' }, NOW)
    expect(tally.isPending).toBe(true)
    tally.failed(device)
    expect(tally.isPending).toBe(false)
    expect(only(tally, NOW)).toMatchObject({ state: 'reachable', unreachable: true })
  })

  test('that members doubt is gone once we do not reach it either', () => {
    const tally = new Tally()
    tally.named([device], NOW)
    tally.roster([{ ...sign(NOW - 1), isDoubted: true }], NOW)
    expect(only(tally, NOW)?.state).toBe('present')
    tally.failed(device)
    tally.roster([{ ...sign(NOW - 1), isDoubted: true }], NOW)
    expect(only(tally, NOW)).toMatchObject({ state: 'gone', heardAt: NOW - 1 })
  })

  test('that members doubt, and the DHT does not name, is gone: there is nothing to reach it by', () => {
    const tally = new Tally()
    tally.roster([{ ...sign(NOW - 50_000), isDoubted: true }], NOW)
    expect(only(tally, NOW)).toMatchObject({ state: 'gone', heardAt: NOW - 50_000 })
    tally.roster([sign(NOW)], NOW)
    expect(only(tally, NOW)?.state).toBe('present')
  })

  test('whose clock is ahead was heard now', () => {
    const tally = new Tally()
    tally.roster([sign(NOW + 60_000)], NOW)
    expect(only(tally, NOW)?.heardAt).toBe(NOW)
  })
})
