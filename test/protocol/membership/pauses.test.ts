import { describe, expect, it } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import type { Millis } from '../../../src/base/time.js'
import type { MembershipOutput } from '../../../src/protocol/events.js'
import { FailedPeers } from '../../../src/protocol/membership/failed-peers.js'
import { MEMBERSHIP_TUNING } from '../../../src/protocol/membership/tuning.js'
import { Visits } from '../../../src/protocol/membership/visits.js'
import { at, Bench, dialled, peers, sent } from '../../support/membership-bench.js'
import { idOf } from '../../support/peers.js'

// How long a member waits in between, by the clock: with a tenth of one of these numbers of membership/tuning.ts, or ten times as much, a test here fails.

const refill = { type: 'timer', timer: { name: 'refill' } } as const
const SECOND: Millis = 1_000
const MINUTE: Millis = 60 * SECOND
const others = Array.from({ length: 400 }, (_, n) => idOf(`other ${n}`))

const isDial = (outputs: readonly MembershipOutput[]) => dialled(outputs).length > 0

/** About this long: a third more or less, for pauses vary by a quarter. */
function expectAbout(millis: Millis, expected: Millis): void {
  expect(millis).toBeGreaterThan(expected / 1.5)
  expect(millis).toBeLessThan(expected * 1.5)
}

function timer(outputs: readonly MembershipOutput[], name: string): Millis {
  const found = outputs.find(output => output.type === 'timer' && output.timer.name === name)
  if (found?.type !== 'timer') throw new Error(`no timer ${name}`)
  return found.after
}

/** Looks its view over once a second, so often; the seconds at which that led to what is counted. */
function secondsOf(
  bench: Bench,
  seconds: number,
  count: (outputs: readonly MembershipOutput[]) => boolean
): number[] {
  return Array.from({ length: seconds }, (_, second) => second + 1).filter(() => {
    bench.now += SECOND
    return count(bench.feed(refill))
  })
}

describe('a member', () => {
  it('looks its views over every two seconds; shuffles, and visits somebody, every minute', () => {
    const started = new Bench().feed({ type: 'start' })
    expectAbout(timer(started, 'refill'), 2 * SECOND)
    expectAbout(timer(started, 'shuffle'), MINUTE)
    expectAbout(timer(started, 'visit'), MINUTE)
  })

  it.each(['refill', 'shuffle', 'visit'] as const)('comes round to the next %s as late', name => {
    const bench = new Bench()
    const first = timer(bench.feed({ type: 'start' }), name)
    const again = bench.feed({ type: 'timer', timer: { name } })
    expectAbout(timer(again, name), first)
  })

  it('waits 5 s for the answer to a request', () => {
    const bench = new Bench()
    bench.feed({ type: 'candidates', peers: [at(0)] })
    const up = bench.feed({ type: 'link-up', peer: at(0), initiator: true })
    expectAbout(timer(up, 'neighbor-timeout'), 5 * SECOND)
  })

  it('keeps the link of a visit for 4 s, and comes back after 20 s to whoever told news', () => {
    const bench = new Bench({ probeIntervalMillis: 0, extraPauseMillis: 1e9 })
    bench.fill()
    bench.feed({ type: 'candidates', peers: [at(30)], strangers: [] })
    bench.feed({ type: 'timer', timer: { name: 'visit' } })
    const up = bench.feed({ type: 'link-up', peer: at(30), initiator: true })
    expectAbout(timer(up, 'neighbor-timeout'), 4 * SECOND)
    const visits = new Visits(MEMBERSHIP_TUNING)
    visits.told(at(30), 0)
    const nobody = () => undefined
    expect(visits.next(MEMBERSHIP_TUNING.revisitMillis - 1, nobody)).toBe(undefined)
    expect(visits.next(MEMBERSHIP_TUNING.revisitMillis, nobody)).toBe(at(30))
    const back = Array.from({ length: 300 }, (_, second) => second * SECOND)
    expectAbout(back.find(now => visits.next(now, nobody) === at(30)) ?? 0, 20 * SECOND)
  })

  it('keeps the link of whoever it refused for half a minute', () => {
    const bench = new Bench()
    bench.fill()
    bench.asked(at(20), 'high')
    bench.feed({ type: 'link-up', peer: at(21), initiator: false })
    const refused = bench.frame(at(21), { type: 'neighbor', priority: 'high' })
    expectAbout(timer(refused, 'neighbor-timeout'), 30 * SECOND)
  })

  it('lets somebody in every two seconds when its view is full', () => {
    const bench = new Bench()
    bench.fill()
    const isLetIn = (n: number) =>
      sent(bench.asked(at(n), 'high')).some(
        frame => frame.type === 'neighbor-reply' && frame.accepted
      )
    expect(isLetIn(20)).toBe(true)
    bench.now += SECOND
    expect(isLetIn(21)).toBe(false)
    bench.now += 3 * SECOND
    expect(isLetIn(22)).toBe(true)
  })

  it('passes on a hundred walks of one link at once, and ten a second', () => {
    const bench = new Bench()
    bench.fill()
    const passed = () => {
      let count = 0
      for (let n = 0; n < 2_000; n++) {
        const walk = { type: 'forward-join', peer: idOf(`walker ${n}`), ttl: 5 } as const
        count += sent(bench.frame(at(0), walk)).length
      }
      return count
    }
    expectAbout(passed(), 100)
    bench.now += 5 * SECOND
    expectAbout(passed(), 50)
  })

  it('without a neighbour looks again after 5 s, 10, 20 and 40', () => {
    const bench = new Bench()
    bench.fill(1)
    expect(bench.feed({ type: 'link-down', peer: at(0) })).toContainEqual({ type: 'lookup' })
    const isLookup = (outputs: readonly MembershipOutput[]) =>
      outputs.some(({ type }) => type === 'lookup')
    const times = secondsOf(bench, 60, isLookup).length
    expect(times).toBeGreaterThanOrEqual(3)
    expect(times).toBeLessThanOrEqual(5)
  })
})

describe('a view that is full enough', () => {
  it('asks for one more link after 1 s, 2, 4 and so on while all refuse', () => {
    const bench = new Bench()
    bench.fill(MEMBERSHIP_TUNING.activeTarget)
    bench.feed({ type: 'candidates', peers: others, strangers: [] })
    const isRefused = (outputs: readonly MembershipOutput[]) => {
      for (const peer of dialled(outputs)) {
        bench.feed({ type: 'link-up', peer, initiator: true })
        bench.frame(peer, { type: 'neighbor-reply', accepted: false })
      }
      return isDial(outputs)
    }
    const times = secondsOf(bench, 60, isRefused).length
    expect(times).toBeGreaterThanOrEqual(5)
    expect(times).toBeLessThanOrEqual(7)
  })
})

describe('a view of one identity', () => {
  const eve = idOf<IdentityKey>('eve')

  it('leads to a dial in ten seconds, once those of the beginning are spent', () => {
    const bench = new Bench({ extraPauseMillis: 1e9, probeIntervalMillis: 1e9 })
    for (const peer of peers.slice(0, MEMBERSHIP_TUNING.activeMax)) {
      bench.feed({ type: 'link-up', peer, initiator: false, identity: eve })
      bench.frame(peer, { type: 'neighbor', priority: 'low' })
    }
    bench.feed({ type: 'candidates', peers: others, strangers: [] })
    secondsOf(bench, 200, isDial)
    expectAbout(secondsOf(bench, 200, isDial).length, 20)
  })
})

describe('a full view', () => {
  /** All neighbours dialled us, but so many; there are others whom lookups named, and nobody answers them. */
  function full(own: number): Bench {
    const bench = new Bench({ extraPauseMillis: 1e9 })
    bench.feed({ type: 'start' })
    bench.feed({ type: 'candidates', peers: peers.slice(0, own), strangers: [] })
    for (const peer of peers.slice(0, own)) {
      bench.feed({ type: 'link-up', peer, initiator: true })
      bench.frame(peer, { type: 'neighbor-reply', accepted: true })
    }
    for (const peer of peers.slice(own, MEMBERSHIP_TUNING.activeMax)) bench.asked(peer)
    bench.feed({ type: 'candidates', peers: others, strangers: [] })
    return bench
  }

  it('of which we chose nobody tries one of our choice a minute', () => {
    expectAbout(secondsOf(full(0), 600, isDial).length, 10)
  })

  it('of which we chose somebody tries one more in ten minutes', () => {
    const times = secondsOf(full(1), 6_000, isDial).length
    expectAbout(times, 10)
  })
})

describe('whoever failed', () => {
  const random = () => 0.5
  const failures = () => new FailedPeers(MEMBERSHIP_TUNING, random)
  const fail = (failed: FailedPeers, now: Millis, answered = false) =>
    failed.failed(at(0), { answered, own: false }, now)
  /** When it is due, in seconds since it failed. */
  const pause = (failed: FailedPeers, since: Millis) => {
    let now = since
    while (failed.due(now, () => true) === undefined) now += 100
    return now - since
  }

  it('is tried after 10 s, then after pauses that double, up to four minutes', () => {
    const failed = failures()
    const pauses = Array.from({ length: 8 }, () => {
      fail(failed, 0)
      return pause(failed, 0)
    })
    expect(pauses.map(millis => millis / SECOND)).toEqual([10, 20, 40, 80, 160, 240, 240, 240])
  })

  it('after it was a neighbour, or answered, is tried after a second', () => {
    const lost = failures()
    lost.lost(at(0), true, 0)
    expectAbout(pause(lost, 0), SECOND)
    const answered = failures()
    fail(answered, 0, true)
    expectAbout(pause(answered, 0), SECOND)
  })

  it('a second time counts as gone for good, unless we were parted since then', () => {
    const failed = failures()
    fail(failed, 7)
    expect(failed.isPersistent(at(0), 7)).toBe(false)
    fail(failed, 9)
    expect(failed.isPersistent(at(0), 9)).toBe(true)
    expect(failed.isPersistent(at(0), 10)).toBe(false)
  })

  it('is forgotten the eleventh time, and if 64 others have failed since', () => {
    const failed = failures()
    for (let time = 0; time < 10; time++) fail(failed, 0)
    expect(failed.size).toBe(1)
    fail(failed, 0)
    expect(failed.size).toBe(0)
    for (let n = 0; n < 1_000; n++) failed.failed(idOf(n), { answered: false, own: false }, 0)
    expect(failed.size).toBe(64)
  })

  it('is tried every 8 s at most, though many are due', () => {
    const bench = new Bench({ extraPauseMillis: 1e9 })
    bench.fill()
    for (let n = 0; n < 60; n++) bench.feed({ type: 'dial-failed', peer: idOf(`failed ${n}`) })
    bench.now += 30 * SECOND
    expectAbout(secondsOf(bench, 80, isDial).length, 10)
  })

  it('counts as mended once it has been a neighbour for a minute', () => {
    const bench = new Bench({ extraPauseMillis: 1e9 })
    bench.fill()
    bench.feed({ type: 'link-down', peer: at(0) })
    bench.asked(at(0))
    const mended = secondsOf(bench, 1_000, () => bench.membership.load.failed === 0)
    expectAbout((mended[0] ?? 0) * SECOND, MINUTE)
  })
})
