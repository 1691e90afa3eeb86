import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { Dialer, type DialerOptions } from '../../../src/swarm/dial/dialer.js'
import { seededRandom } from '../../../src/testing/world/random.js'

const key = (n: number) => n.toString(16).padStart(64, '0') as PeerKey
/** A key at n sixteenths of the way round. */
const place = (n: number) => n.toString(16).padEnd(64, '0') as PeerKey
const AGAIN = { tries: 'backoffs' } as const
const make = (options: Partial<DialerOptions> = {}) =>
  new Dialer({ key: key(0), random: () => 0, ...options })

describe('Dialer', () => {
  it('hands out each peer once', () => {
    const dialer = make()
    dialer.want(key(1), 0, AGAIN)
    dialer.want(key(1), 0, AGAIN)
    expect(dialer.next(0)).toEqual([key(1)])
    expect(dialer.next(0)).toEqual([])
  })

  it('holds no more slots than it has, and frees the slot of a slow dial while it goes on', () => {
    const dialer = make({ maxParallel: 2, slotMillis: 100 })
    for (const n of [1, 2, 3]) dialer.want(key(n), 0, AGAIN)
    expect(dialer.next(0)).toHaveLength(2)
    expect(dialer.next(99)).toEqual([])
    expect(dialer.wakeAt(99)).toBe(100)
    expect(dialer.next(100)).toEqual([key(3)])
  })

  it('lets a dial hold its slot for longer when it comes late itself', () => {
    const dialer = make({ maxParallel: 1, slotMillis: 100 })
    for (const n of [1, 2]) dialer.want(key(n), 0, AGAIN)
    expect(dialer.next(0)).toHaveLength(1)
    expect(dialer.wakeAt(0)).toBe(100)
    expect(dialer.next(300)).toEqual([])
    expect(dialer.slowness(300)).toBe(1_600)
  })

  it('does not take for lateness that it was not to dial meanwhile', () => {
    const dialer = make({ maxParallel: 1, slotMillis: 100 })
    for (const n of [1, 2]) dialer.want(key(n), 0, AGAIN)
    dialer.next(0)
    dialer.wakeAt(0)
    dialer.rest()
    expect(dialer.next(60_000)).toEqual([key(2)])
    expect(dialer.slowness(60_000)).toBe(0)
  })

  it('backs off further with each failure, with jitter, and forgets who failed once more', () => {
    const dialer = make({ backoffs: [100, 1_000], jitter: 1, random: () => 0.5 })
    dialer.want(key(1), 0, AGAIN)
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

  it('counts no failure of a dial that is not under way', () => {
    const dialer = make({ backoffs: [100] })
    dialer.failed(key(1), 0)
    expect(dialer.has(key(1))).toBe(false)
    dialer.want(key(1), 0, AGAIN)
    dialer.failed(key(1), 0)
    expect(dialer.next(0)).toEqual([key(1)])
    dialer.connected(key(1), 10)
    for (const now of [20, 30]) dialer.failed(key(1), now)
    expect(dialer.has(key(1))).toBe(true)
    expect(dialer.next(10_000)).toEqual([])
    dialer.disconnected(key(1), 20_000)
    expect(dialer.has(key(1))).toBe(true)
  })

  it('counts a connection from when it opened, however often that is told', () => {
    const dialer = make({ backoffs: [100, 1_000] })
    dialer.want(key(1), 0, AGAIN)
    dialer.next(0)
    dialer.failed(key(1), 0)
    dialer.next(100)
    for (const now of [100, 14_100]) dialer.connected(key(1), now)
    dialer.disconnected(key(1), 16_000)
    expect(dialer.wakeAt(16_000)).toBe(16_100)
  })

  it('tells who is given up, and does not dial it again for a mere follow-up', () => {
    const dropped: PeerKey[] = []
    const dialer = make({ backoffs: [100], onDropped: peer => dropped.push(peer) })
    for (const now of [0, 200]) {
      expect(dialer.want(key(1), now, AGAIN)).toBe(true)
      expect(dialer.next(now)).toEqual([key(1)])
      dialer.failed(key(1), now)
    }
    expect(dropped).toEqual([key(1)])
    expect(dialer.want(key(1), 300, AGAIN)).toBe(false)
    expect(dialer.want(key(1), 300, { ...AGAIN, anew: true })).toBe(true)
    expect(dialer.next(300)).toEqual([key(1)])
  })

  it.each([
    ['who is told to be dialled', (dialer: Dialer) => dialer.want(key(1), 300)],
    ['who has connected to us', (dialer: Dialer) => dialer.connected(key(1), 300)]
  ])('dials %s, though it was given up', (_, act) => {
    const dialer = make({ backoffs: [] })
    dialer.want(key(1), 0, AGAIN)
    dialer.next(0)
    dialer.failed(key(1), 0)
    act(dialer)
    expect(dialer.want(key(1), 300, AGAIN)).toBe(true)
  })

  it('counts a connection that ended soon as a failure, and one that stood for 15 s as none', () => {
    const dialer = make({ backoffs: [100, 1_000] })
    dialer.want(key(1), 0, AGAIN)
    dialer.next(0)
    dialer.connected(key(1), 0)
    dialer.disconnected(key(1), 10)
    expect(dialer.wakeAt(10)).toBe(110)
    dialer.next(110)
    dialer.connected(key(1), 120)
    dialer.disconnected(key(1), 130)
    expect(dialer.wakeAt(130)).toBe(1_130)
    dialer.next(1_130)
    dialer.connected(key(1), 1_130)
    dialer.disconnected(key(1), 16_130)
    expect(dialer.wakeAt(16_130)).toBe(16_230)
  })

  it('dials a peer for ever that is to be reached for ever, until it is not', () => {
    const dialer = make({ backoffs: [10, 20] })
    dialer.want(key(1), 0, { tries: 'always' })
    let now = 0
    for (const wait of [10, 20, 20, 20]) {
      expect(dialer.next(now)).toEqual([key(1)])
      dialer.failed(key(1), now)
      expect(dialer.wakeAt(now)).toBe(now + wait)
      now += wait
    }
    dialer.unpin(key(1))
    dialer.next(now)
    dialer.failed(key(1), now)
    expect(dialer.has(key(1))).toBe(false)
  })

  it('begins the dials anew that were broken off', () => {
    const dialer = make()
    dialer.want(key(1), 0, AGAIN)
    dialer.next(0)
    dialer.interrupted()
    expect(dialer.next(10)).toEqual([key(1)])
  })

  it('dials a peer once that it was told to dial once', () => {
    const dialer = make()
    dialer.want(key(1), 0)
    dialer.next(0)
    dialer.failed(key(1), 0)
    expect(dialer.has(key(1))).toBe(false)
  })

  it('does not wait for the backoff of a peer that it is told to dial', () => {
    const dialer = make()
    dialer.want(key(1), 0, AGAIN)
    dialer.next(0)
    dialer.failed(key(1), 0)
    expect(dialer.next(1)).toEqual([])
    dialer.want(key(1), 1)
    expect(dialer.next(1)).toEqual([key(1)])
  })

  it('never hands out a connected peer, and comes back to it when the connection is lost', () => {
    const dialer = make({ backoffs: [100] })
    dialer.connected(key(1), 0)
    dialer.want(key(1), 0, AGAIN)
    expect(dialer.next(0)).toEqual([])
    dialer.disconnected(key(1), 20_000)
    expect(dialer.next(20_100)).toEqual([key(1)])
  })

  it('prefers who failed least', () => {
    const dialer = make({ maxParallel: 1, backoffs: [10] })
    dialer.want(key(1), 0, AGAIN)
    dialer.next(0)
    dialer.failed(key(1), 0)
    dialer.want(key(2), 5, AGAIN)
    expect(dialer.next(20)).toEqual([key(2)])
  })

  it('goes up from our own key, and round from the largest one, whatever the order of finding', () => {
    const dialer = make({ key: place(5) })
    for (const n of [9, 2, 7]) dialer.want(place(n), 0, AGAIN)
    expect(dialer.next(0)).toEqual([place(7), place(9), place(2)])
  })

  it('connects many who know each other in a ring with the first dial of each', () => {
    const all = [3, 1, 8, 6, 2].map(place)
    const first = all.map(own => {
      const dialer = make({ key: own, maxParallel: 1 })
      for (const other of all) if (other !== own) dialer.want(other, 0, AGAIN)
      return dialer.next(0)[0]
    })
    expect(first).toEqual([6, 2, 1, 8, 3].map(place))
  })

  it('lets nobody wait for long because of nearer ones that keep coming', () => {
    const dialer = make({ key: place(0), maxParallel: 1, slotMillis: 1_000, random: () => 0.99 })
    dialer.want(place(1), 0, AGAIN)
    dialer.want(place(9), 0, AGAIN)
    expect(dialer.next(0)).toEqual([place(1)])
    dialer.want(place(2), 1_000, AGAIN)
    expect(dialer.next(1_000)).toEqual([place(2)])
    dialer.want(place(3), 2_001, AGAIN)
    expect(dialer.next(2_001)).toEqual([place(9)])
  })

  it('waits a moment for the dial of a peer that has the shorter way to us', () => {
    const dialer = make({ key: place(0) })
    for (const n of [1, 15]) dialer.want(place(n), 0, { ...AGAIN, mutual: true })
    expect(dialer.next(0)).toEqual([place(1)])
    expect(dialer.next(99)).toEqual([])
    expect(dialer.wakeAt(99)).toBe(100)
    expect(dialer.next(100)).toEqual([place(15)])
  })

  it('waits longer for it where dials take longer', () => {
    const dialer = make({ key: place(0) })
    for (const n of [1, 15]) dialer.want(place(n), 0, { ...AGAIN, mutual: true })
    dialer.next(0)
    dialer.connected(place(1), 90)
    dialer.want(place(2), 90, AGAIN)
    dialer.next(90)
    dialer.connected(place(2), 490)
    expect(dialer.wakeAt(490)).toBe(222.5)
    expect(dialer.next(490)).toEqual([place(15)])
  })

  it('does not dial who is dialling us, until that has ended', () => {
    const dialer = make()
    dialer.arriving(key(1), 0)
    dialer.want(key(1), 0, AGAIN)
    expect(dialer.next(0)).toEqual([])
    expect(dialer.idle(0)).toBe(false)
    dialer.departed(key(1))
    expect(dialer.next(0)).toEqual([key(1)])
  })

  it('waits no longer than a second for a dial of which nothing is heard', () => {
    const dialer = make()
    dialer.arriving(key(1), 0)
    dialer.want(key(1), 0, AGAIN)
    expect(dialer.wakeAt(0)).toBe(1_000)
    expect(dialer.next(1_000)).toEqual([key(1)])
  })

  it('knows who is dialling us no longer than until it is connected', () => {
    const dialer = make({ backoffs: [100] })
    dialer.arriving(key(1), 0)
    dialer.want(key(1), 0, AGAIN)
    dialer.connected(key(1), 0)
    dialer.disconnected(key(1), 20_000)
    expect(dialer.next(20_100)).toEqual([key(1)])
  })

  it('stays within its bound, dropping who failed', () => {
    const dialer = make({ maxCandidates: 2, backoffs: [10] })
    dialer.want(key(1), 0, AGAIN)
    dialer.next(0)
    dialer.failed(key(1), 0)
    dialer.want(key(2), 0, AGAIN)
    dialer.want(key(3), 0, AGAIN)
    expect([1, 2, 3].map(n => dialer.has(key(n)))).toEqual([false, true, true])
  })

  it('holds out against a million fake announcements', () => {
    const dialer = make({ maxCandidates: 100 })
    dialer.connected(key(1), 0)
    for (let n = 2; n < 1_000_000; n++) dialer.want(key(n), 0, AGAIN)
    expect(dialer.size).toBe(100)
    expect(dialer.has(key(1))).toBe(true)
  })
})

describe('a flood of made-up keys', () => {
  const NAMED = { tries: 'backoffs', standing: 'named' } as const
  /** How many dials it takes until this one has its turn; each of the others keeps its slot for as long as it may. */
  function turnOf(peer: PeerKey, dialer: Dialer): number {
    for (let now = 0, dials = 0; ; now += 100) {
      for (const dialled of dialer.next(now)) {
        dials++
        if (dialled === peer) return dials
      }
    }
  }

  it('does not come before those whom several nodes named, or who were there before', () => {
    for (const standing of ['vouched', 'known'] as const) {
      const dialer = make({ random: seededRandom(1) })
      for (let n = 1; n <= 300; n++) dialer.want(key(n), 0, NAMED)
      dialer.want(place(15), 0, { ...NAMED, standing })
      expect(turnOf(place(15), dialer)).toBeLessThanOrEqual(2)
    }
  })

  it.each([
    ['holds nobody down whom it named first', ['named', 'vouched']],
    ['holds nobody down by naming it again', ['vouched', 'named']]
  ] as const)('%s', (_, standings) => {
    const dialer = make({ random: seededRandom(1) })
    for (let n = 1; n <= 300; n++) dialer.want(key(n), 0, NAMED)
    for (const standing of standings) dialer.want(place(15), 0, { ...NAMED, standing })
    expect(turnOf(place(15), dialer)).toBeLessThanOrEqual(2)
  })

  it('pushes out nobody who was lost, failed, and is connected again', () => {
    const dialer = make({ maxCandidates: 2, backoffs: [100, 1_000, 1_000] })
    dialer.want(place(1), 0, AGAIN)
    dialer.next(0)
    dialer.failed(place(1), 0)
    expect(dialer.next(200)).toEqual([place(1)])
    dialer.connected(place(1), 200)
    dialer.connected(place(2), 200)
    dialer.want(key(1), 300)
    expect([1, 2].map(n => dialer.has(place(n)))).toEqual([true, true])
  })

  it('next to our own key delays a stranger by no more than its share', () => {
    const turns = Array.from({ length: 40 }, (_, seed) => {
      const dialer = make({ random: seededRandom(seed) })
      for (let n = 1; n <= 100; n++) dialer.want(key(n), 0, NAMED)
      dialer.want(place(15), 0, NAMED)
      return turnOf(place(15), dialer)
    })
    const mean = turns.reduce((sum, turn) => sum + turn, 0) / turns.length
    expect(mean).toBeLessThan(75)
  })

  it('that fills the table leaves everybody the same chance to be in it', () => {
    const kept = Array.from({ length: 200 }, (_, seed) => {
      const dialer = make({ maxCandidates: 50, random: seededRandom(seed) })
      for (let n = 1; n <= 50; n++) dialer.want(key(n), 0, NAMED)
      dialer.want(place(15), 0, NAMED)
      for (let n = 51; n < 200; n++) dialer.want(key(n), 0, NAMED)
      return dialer.has(place(15))
    })
    const share = kept.filter(Boolean).length / kept.length
    expect(share).toBeGreaterThan(0.15)
    expect(share).toBeLessThan(0.4)
  })

  it('pushes out nobody who is being dialled, connected, vouched for or to be reached for ever', () => {
    const dialer = make({
      maxCandidates: 6,
      maxParallel: 1,
      backoffs: [1_000, 1_000],
      random: seededRandom(1)
    })
    dialer.want(place(1), 0, NAMED)
    expect(dialer.next(0)).toEqual([place(1)])
    dialer.connected(place(2), 0)
    dialer.want(place(3), 0, { ...NAMED, standing: 'vouched' })
    dialer.want(place(4), 0, { tries: 'always' })
    for (let n = 1; n < 10_000; n++) dialer.want(key(n), 0, NAMED)
    expect([1, 2, 3, 4].map(n => dialer.has(place(n)))).toEqual([true, true, true, true])
    expect(dialer.size).toBe(6)
  })

  it('costs nobody the slot that a dead peer nearby held: not for long', () => {
    const dialer = make({ maxParallel: 1 })
    dialer.want(key(1), 0, { ...NAMED, near: true })
    dialer.want(key(2), 0, NAMED)
    expect(dialer.next(0)).toHaveLength(1)
    expect(dialer.wakeAt(0)).toBe(250)
    expect(dialer.next(250)).toHaveLength(1)
  })
})

describe('who is dialling us', () => {
  it('is remembered up to a limit', () => {
    const dialer = make()
    for (let n = 1; n <= 1_000; n++) dialer.arriving(key(n), 0)
    for (const n of [1, 256, 257, 1_000]) dialer.want(key(n), 0, AGAIN)
    expect(dialer.next(0).sort()).toEqual([key(257), key(1_000)])
  })
})
