import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { Dialer, type DialerOptions } from '../../../src/swarm/dial/dialer.js'

const key = (n: number) => n.toString(16).padStart(64, '0') as PeerKey
/** A key at n sixteenths of the way round. */
const place = (n: number) => n.toString(16).padEnd(64, '0') as PeerKey
const make = (options: Partial<DialerOptions> = {}) =>
  new Dialer({ key: key(0), random: () => 0, ...options })

describe('Dialer', () => {
  it('hands out each peer once', () => {
    const dialer = make()
    dialer.want(key(1), 0, true)
    dialer.want(key(1), 0, true)
    expect(dialer.next(0)).toEqual([key(1)])
    expect(dialer.next(0)).toEqual([])
  })

  it('holds no more slots than it has, and frees the slot of a slow dial while it goes on', () => {
    const dialer = make({ maxParallel: 2, slotMillis: 100 })
    for (const n of [1, 2, 3]) dialer.want(key(n), 0, true)
    expect(dialer.next(0)).toHaveLength(2)
    expect(dialer.next(99)).toEqual([])
    expect(dialer.wakeAt(99)).toBe(100)
    expect(dialer.next(100)).toEqual([key(3)])
  })

  it('backs off further with each failure, with jitter, and forgets who failed once more', () => {
    const dialer = make({ backoffs: [100, 1_000], jitter: 0.5, random: () => 1 })
    dialer.want(key(1), 0, true)
    dialer.next(0)
    dialer.failed(key(1), 0)
    expect(dialer.next(149)).toEqual([])
    expect(dialer.next(150)).toEqual([key(1)])
    dialer.failed(key(1), 150)
    expect(dialer.wakeAt(150)).toBe(1_650)
    dialer.next(1_650)
    dialer.failed(key(1), 1_650)
    expect(dialer.has(key(1))).toBe(false)
  })

  it('dials a peer once that it was told to dial once', () => {
    const dialer = make()
    dialer.want(key(1), 0, false)
    dialer.next(0)
    dialer.failed(key(1), 0)
    expect(dialer.has(key(1))).toBe(false)
  })

  it('does not wait for the backoff of a peer that it is told to dial', () => {
    const dialer = make()
    dialer.want(key(1), 0, true)
    dialer.next(0)
    dialer.failed(key(1), 0)
    expect(dialer.next(1)).toEqual([])
    dialer.want(key(1), 1, false)
    expect(dialer.next(1)).toEqual([key(1)])
  })

  it('never hands out a connected peer, and comes back to it when the connection is lost', () => {
    const dialer = make({ backoffs: [100] })
    dialer.connected(key(1), 0)
    dialer.want(key(1), 0, true)
    expect(dialer.next(0)).toEqual([])
    dialer.disconnected(key(1), 20_000)
    expect(dialer.next(20_100)).toEqual([key(1)])
  })

  it('prefers who failed least', () => {
    const dialer = make({ maxParallel: 1, backoffs: [10] })
    dialer.want(key(1), 0, true)
    dialer.next(0)
    dialer.failed(key(1), 0)
    dialer.want(key(2), 5, true)
    expect(dialer.next(20)).toEqual([key(2)])
  })

  it('goes up from our own key, and round from the largest one, whatever the order of finding', () => {
    const dialer = make({ key: place(5) })
    for (const n of [9, 2, 7]) dialer.want(place(n), 0, true)
    expect(dialer.next(0)).toEqual([place(7), place(9), place(2)])
  })

  it('connects many who know each other in a ring with the first dial of each', () => {
    const all = [3, 1, 8, 6, 2].map(place)
    const first = all.map(own => {
      const dialer = make({ key: own, maxParallel: 1 })
      for (const other of all) if (other !== own) dialer.want(other, 0, true)
      return dialer.next(0)[0]
    })
    expect(first).toEqual([6, 2, 1, 8, 3].map(place))
  })

  it('lets nobody wait for long because of nearer ones that keep coming', () => {
    const dialer = make({ key: place(0), maxParallel: 1, slotMillis: 1_000 })
    dialer.want(place(1), 0, true)
    dialer.want(place(9), 0, true)
    expect(dialer.next(0)).toEqual([place(1)])
    dialer.want(place(2), 1_000, true)
    expect(dialer.next(1_000)).toEqual([place(2)])
    dialer.want(place(3), 2_001, true)
    expect(dialer.next(2_001)).toEqual([place(9)])
  })

  it('waits a moment for the dial of a peer that has the shorter way to us', () => {
    const dialer = make({ key: place(0) })
    for (const n of [1, 15]) dialer.want(place(n), 0, true, true)
    expect(dialer.next(0)).toEqual([place(1)])
    expect(dialer.next(99)).toEqual([])
    expect(dialer.wakeAt(99)).toBe(100)
    expect(dialer.next(100)).toEqual([place(15)])
  })

  it('waits longer for it where dials take longer', () => {
    const dialer = make({ key: place(0) })
    for (const n of [1, 15]) dialer.want(place(n), 0, true, true)
    dialer.next(0)
    dialer.connected(place(1), 90)
    dialer.want(place(2), 90, true)
    dialer.next(90)
    dialer.connected(place(2), 490)
    expect(dialer.wakeAt(490)).toBe(222.5)
    expect(dialer.next(490)).toEqual([place(15)])
  })

  it('does not dial who is dialling us, until that has ended', () => {
    const dialer = make()
    dialer.arriving(key(1), 0)
    dialer.want(key(1), 0, true)
    expect(dialer.next(0)).toEqual([])
    expect(dialer.idle(0)).toBe(false)
    dialer.departed(key(1))
    expect(dialer.next(0)).toEqual([key(1)])
  })

  it('waits no longer than a second for a dial of which nothing is heard', () => {
    const dialer = make()
    dialer.arriving(key(1), 0)
    dialer.want(key(1), 0, true)
    expect(dialer.wakeAt(0)).toBe(1_000)
    expect(dialer.next(1_000)).toEqual([key(1)])
  })

  it('knows who is dialling us no longer than until it is connected', () => {
    const dialer = make({ backoffs: [100] })
    dialer.arriving(key(1), 0)
    dialer.want(key(1), 0, true)
    dialer.connected(key(1), 0)
    dialer.disconnected(key(1), 20_000)
    expect(dialer.next(20_100)).toEqual([key(1)])
  })

  it('stays within its bound, dropping who failed', () => {
    const dialer = make({ maxCandidates: 2, backoffs: [10] })
    dialer.want(key(1), 0, true)
    dialer.next(0)
    dialer.failed(key(1), 0)
    dialer.want(key(2), 0, true)
    dialer.want(key(3), 0, true)
    expect([1, 2, 3].map(n => dialer.has(key(n)))).toEqual([false, true, true])
  })

  it('holds out against a million fake announcements', () => {
    const dialer = make({ maxCandidates: 100 })
    dialer.connected(key(1), 0)
    for (let n = 2; n < 1_000_000; n++) dialer.want(key(n), 0, true)
    expect(dialer.size).toBe(100)
    expect(dialer.has(key(1))).toBe(true)
  })
})
