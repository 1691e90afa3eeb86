import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../src/protocol/ids.js'
import { Dialer, type DialerOptions } from '../../src/swarm/dialer.js'

const key = (n: number) => n.toString(16).padStart(64, '0') as PeerKey
const make = (options: Partial<DialerOptions> = {}) => new Dialer({ random: () => 0, ...options })

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
