import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import type { MembershipOutput } from '../../../src/protocol/events.js'
import { MEMBERSHIP_TUNING } from '../../../src/protocol/membership/tuning.js'
import { at, Bench, dialled, peers, sent } from '../../support/membership-bench.js'
import { idOf } from '../../support/peers.js'

const {
  activeMax: ACTIVE_MAX,
  announcedMax: ANNOUNCED_MAX,
  dialsKeptMax: DIALS_KEPT_MAX,
  dialsMax: DIALS_MAX,
  linksMax: LINKS_MAX,
  passiveMax: PASSIVE_MAX
} = MEMBERSHIP_TUNING

describe('dials', () => {
  const { dialPlaceAloneMillis, dialPlaceMillis } = MEMBERSHIP_TUNING
  const late = { type: 'timer', timer: { name: 'dial-late' } } as const
  const dead = Array.from({ length: 200 }, (_, n) => idOf(`dead ${n}`))

  it('of a lost neighbour wait a moment, also if a lookup has named it: it may have moved', () => {
    const bench = new Bench()
    bench.fill(1)
    bench.feed({ type: 'candidates', peers: [at(0)] })
    expect(dialled(bench.feed({ type: 'link-down', peer: at(0) }))).toEqual([])
    bench.now += MEMBERSHIP_TUNING.lostPauseMillis
    expect(dialled(bench.feed(late))).toEqual([at(0)])
  })

  it('whose stream broke before the link was up are made again soon, once', () => {
    const bench = new Bench()
    const again = () => {
      bench.feed({ type: 'dial-failed', peer: at(0), answered: true })
      bench.now += 1.5 * MEMBERSHIP_TUNING.lostPauseMillis
      return dialled(bench.feed({ type: 'timer', timer: { name: 'refill' } }))
    }
    expect(dialled(bench.feed({ type: 'candidates', peers: [at(0)] }))).toEqual([at(0)])
    expect(again()).toEqual([at(0)])
    expect(again()).toEqual([])
  })

  it('that are not answered hold no place for longer than a second', () => {
    const bench = new Bench()
    bench.fill(1)
    expect(dialled(bench.feed({ type: 'candidates', peers: dead }))).toHaveLength(DIALS_MAX)
    bench.now += dialPlaceMillis - 1
    expect(dialled(bench.feed(late))).toEqual([])
    bench.now += 1
    expect(dialled(bench.feed(late))).toHaveLength(DIALS_MAX)
  })

  it('are more and more while nobody answers a member without a neighbour', () => {
    const bench = new Bench()
    const counts = [dialled(bench.feed({ type: 'candidates', peers: dead })).length]
    for (let turn = 0; turn < 4; turn++) {
      bench.now += dialPlaceAloneMillis
      counts.push(dialled(bench.feed(late)).length)
    }
    expect(counts).toEqual([4, 8, 16, 32, 32])
  })

  it('ask for a timer as long as one holds a place', () => {
    const bench = new Bench()
    const timers = (outputs: readonly MembershipOutput[]) =>
      outputs.filter(output => output.type === 'timer' && output.timer.name === 'dial-late').length
    expect(timers(bench.feed({ type: 'candidates', peers: dead }))).toBe(1)
    expect(timers(bench.feed({ type: 'candidates', peers: [at(5)] }))).toBe(0)
    bench.now += dialPlaceAloneMillis
    expect(timers(bench.feed(late))).toBe(1)
  })

  it('of announced peers take turns with those of members, and no flood pushes these out', () => {
    const bench = new Bench()
    bench.fill(2)
    bench.frame(at(0), { type: 'shuffle', origin: at(9), ttl: 1, peers: [at(10)] })
    bench.feed({ type: 'candidates', peers: dead })
    bench.feed({ type: 'dial-failed', peer: at(9) })
    bench.feed({ type: 'dial-failed', peer: at(10) })
    for (let turn = 0; turn < 100; turn++) {
      bench.now += 500
      for (const peer of dialled(bench.feed(late))) bench.feed({ type: 'dial-failed', peer })
    }
    expect(bench.membership.load.failed).toBe(2)
    expect(bench.membership.load.announced).toBe(dead.length)
  })

  it('are wanted no longer than it takes, however many hang', () => {
    const bench = new Bench()
    const many = Array.from({ length: 2_000 }, (_, n) => idOf(`mute ${n}`))
    bench.feed({ type: 'candidates', peers: many })
    for (let turn = 0; turn < 60; turn++) {
      bench.now += dialPlaceAloneMillis
      bench.feed(late)
      bench.feed({ type: 'candidates', peers: many.slice(20 * turn) })
    }
    expect(bench.membership.load.dials).toBeLessThanOrEqual(DIALS_KEPT_MAX)
    expect(bench.membership.load.announced).toBeLessThanOrEqual(ANNOUNCED_MAX)
  })
})

describe('what one neighbour says', () => {
  it('fills a third of the passive view at most', () => {
    const bench = new Bench()
    bench.fill()
    const honest = Array.from({ length: 25 }, (_, n) => idOf(`honest ${n}`))
    for (const [n, origin] of honest.entries()) {
      bench.frame(at(1 + (n % 7)), { type: 'shuffle', origin, ttl: 1, peers: [] })
    }
    for (let n = 0; n < 90; n++) {
      const peers = Array.from({ length: 7 }, (_, each) => idOf(`invented ${n} ${each}`))
      bench.frame(at(0), { type: 'shuffle', origin: idOf(`origin ${n}`), ttl: 1, peers })
    }
    const kept = honest.filter(peer => bench.membership.passive.includes(peer))
    expect(kept.length).toBeGreaterThanOrEqual((2 * PASSIVE_MAX) / 3)
  })

  it('leaves the dials of our own choice their places', () => {
    const bench = new Bench()
    bench.fill(1)
    const walks = Array.from({ length: 20 }, (_, n) =>
      dialled(bench.frame(at(0), { type: 'forward-join', peer: idOf(`invented ${n}`), ttl: 0 }))
    )
    expect(walks.flat()).toHaveLength(DIALS_MAX / 2)
    expect(dialled(bench.feed({ type: 'candidates', peers: [at(30), at(31)] }))).toHaveLength(2)
  })

  it('by coming and going pushes out nobody whom others named', () => {
    const bench = new Bench()
    bench.fill()
    const honest = Array.from({ length: 25 }, (_, n) => idOf(`honest ${n}`))
    for (const [n, origin] of honest.entries()) {
      bench.frame(at(n % 8), { type: 'shuffle', origin, ttl: 1, peers: [] })
    }
    for (let n = 0; n < 200; n++) {
      const peer = idOf(`comer ${n}`)
      bench.feed({ type: 'link-up', peer, initiator: false })
      bench.frame(peer, { type: 'disconnect' })
    }
    const kept = honest.filter(peer => bench.membership.passive.includes(peer))
    expect(kept.length).toBeGreaterThanOrEqual((2 * PASSIVE_MAX) / 3)
  })

  it('starts so many walks a second and no more', () => {
    const bench = new Bench()
    bench.fill(3)
    const { burst } = MEMBERSHIP_TUNING.walkRate
    let passed = 0
    for (let n = 0; n < 1_000; n++) {
      const walk = { type: 'forward-join', peer: idOf(n), ttl: 6 } as const
      passed += sent(bench.frame(at(0), walk)).length
    }
    expect(passed).toBe(burst)
    const honest = { type: 'forward-join', peer: at(9), ttl: 6 } as const
    expect(sent(bench.frame(at(1), honest))).toHaveLength(1)
  })

  it('makes no choice of ours: what it sends us to makes room first', () => {
    const bench = new Bench()
    bench.feed({ type: 'candidates', peers: peers.slice(0, 4) })
    for (const peer of peers.slice(0, 4)) {
      bench.feed({ type: 'link-up', peer, initiator: true })
      bench.frame(peer, { type: 'neighbor-reply', accepted: true })
    }
    for (const peer of peers.slice(10, 14)) {
      bench.frame(at(0), { type: 'forward-join', peer, ttl: 0 })
      bench.feed({ type: 'link-up', peer, initiator: true })
      bench.frame(peer, { type: 'neighbor-reply', accepted: true })
    }
    expect(bench.membership.active.size).toBe(ACTIVE_MAX)
    for (let n = 20; n < 40; n++) {
      bench.now += 2 * MEMBERSHIP_TUNING.pushOutIntervalMillis
      bench.asked(at(n), 'high')
    }
    const chosen = peers.slice(0, 4).filter(peer => bench.membership.active.has(peer))
    expect(chosen).toHaveLength(4)
    expect(peers.slice(10, 14).some(peer => bench.membership.active.has(peer))).toBe(false)
  })
})

it('links on which nobody asks keep us from no dial of our own', () => {
  const bench = new Bench({ probeIntervalMillis: 0, extraPauseMillis: 1e9 })
  bench.fill()
  for (const peer of [at(20), at(21)]) bench.feed({ type: 'link-up', peer, initiator: false })
  bench.feed({ type: 'candidates', peers: [at(30)], strangers: [] })
  expect(dialled(bench.feed({ type: 'timer', timer: { name: 'visit' } }))).toEqual([at(30)])
  const up = bench.feed({ type: 'link-up', peer: at(30), initiator: true })
  expect(up).toContainEqual({ type: 'close', peer: at(20), reason: 'not-needed' })
  expect(bench.membership.load.links).toBe(LINKS_MAX)
})

describe('a visit', () => {
  const due = { type: 'timer', timer: { name: 'visit' } } as const
  const refill = { type: 'timer', timer: { name: 'refill' } } as const

  /** A full view, and somebody else whom a lookup named. */
  function visiting() {
    const bench = new Bench({ probeIntervalMillis: 0, extraPauseMillis: 1e9 })
    bench.fill()
    bench.feed({ type: 'candidates', peers: [at(30)], strangers: [] })
    return { bench, outputs: bench.feed(due) }
  }

  it('is paid to somebody who is no neighbour, and asks for nothing', () => {
    const { bench, outputs } = visiting()
    expect(dialled(outputs)).toEqual([at(30)])
    const up = bench.feed({ type: 'link-up', peer: at(30), initiator: true })
    expect(sent(up)).toEqual([])
    const [timer] = up
    if (timer?.type !== 'timer') throw new Error('no timer')
    const over = bench.feed({ type: 'timer', timer: timer.timer })
    expect(over).toContainEqual({ type: 'close', peer: at(30), reason: 'not-needed' })
    expect(bench.membership.active.size).toBe(ACTIVE_MAX)
  })

  it('leads to a place when it brings what no neighbour told', () => {
    const { bench } = visiting()
    bench.feed({ type: 'link-up', peer: at(30), initiator: true })
    expect(sent(bench.feed({ type: 'lacked', peer: at(30) }))).toEqual([
      { type: 'neighbor', priority: 'high' }
    ])
    bench.frame(at(30), { type: 'neighbor-reply', accepted: true })
    expect(bench.membership.active.has(at(30))).toBe(true)
    expect(bench.membership.active.size).toBe(ACTIVE_MAX)
  })

  it('is all that makes late news count', () => {
    const { bench } = visiting()
    expect(bench.feed({ type: 'lacked', peer: at(0) })).toEqual([])
    expect(bench.feed({ type: 'lacked', peer: at(39) })).toEqual([])
  })

  it('is tried with others when nobody answers', () => {
    const bench = new Bench({ probeIntervalMillis: 0, extraPauseMillis: 1e9 })
    bench.fill()
    bench.feed({ type: 'candidates', peers: peers.slice(20, 40), strangers: [] })
    const [first] = dialled(bench.feed(due))
    bench.feed({ type: 'dial-failed', peer: first as PeerKey })
    bench.now += 2_000
    const [second] = dialled(bench.feed({ type: 'timer', timer: { name: 'refill' } }))
    expect(second).toBeDefined()
    expect(second).not.toBe(first)
  })

  /** A full view, twenty others, and a visit to one of them that has come to its end. */
  function visited(meanwhile: (bench: Bench, host: PeerKey) => void, seed = 1) {
    const bench = new Bench({ probeIntervalMillis: 1e9, extraPauseMillis: 1e9 }, seed)
    bench.fill()
    bench.feed({ type: 'candidates', peers: peers.slice(20, 40), strangers: [] })
    for (const peer of dialled(bench.feed(refill))) bench.feed({ type: 'dial-failed', peer })
    const [host] = dialled(bench.feed(due)) as [PeerKey]
    const [timer] = bench.feed({ type: 'link-up', peer: host, initiator: true })
    if (timer?.type !== 'timer') throw new Error('no timer')
    meanwhile(bench, host)
    bench.now += timer.after
    bench.feed({ type: 'timer', timer: timer.timer })
    bench.now += 2_000
    return { bench, host, next: dialled(bench.feed(refill)) }
  }

  it('is over for this minute if who was visited compared what both have', () => {
    expect(visited((bench, peer) => bench.feed({ type: 'compared', peer })).next).toEqual([])
  })

  it('to somebody who says nothing is followed by one to another, whoever is drawn', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { host, next } = visited(() => {}, seed)
      expect(next).toHaveLength(1)
      expect(next).not.toContain(host)
    }
  })

  it('that brought what no neighbour told goes on if there is no place, and is paid again soon', () => {
    const { bench, host } = visited((bench, peer) => {
      bench.feed({ type: 'compared', peer })
      bench.feed({ type: 'lacked', peer })
      const refusal = bench.frame(peer, { type: 'neighbor-reply', accepted: false })
      expect(refusal).not.toContainEqual({ type: 'close', peer, reason: 'not-needed' })
    })
    bench.feed({ type: 'link-down', peer: host })
    bench.now += MEMBERSHIP_TUNING.revisitMillis
    expect(dialled(bench.feed(refill))).toEqual([host])
    bench.feed({ type: 'link-up', peer: host, initiator: true })
    bench.feed({ type: 'link-down', peer: host })
    bench.now += MEMBERSHIP_TUNING.revisitMillis
    expect(dialled(bench.feed(refill))).toEqual([])
  })
})

describe('a member whose neighbours all dialled it', () => {
  it('takes in somebody that a lookup named', () => {
    const bench = new Bench({ extraPauseMillis: 1e9 })
    bench.fill()
    bench.now += 60_000
    bench.feed({ type: 'candidates', peers: [at(30)], strangers: [] })
    const outputs = bench.feed({ type: 'timer', timer: { name: 'refill' } })
    expect(dialled(outputs)).toEqual([at(30)])
    const up = bench.feed({ type: 'link-up', peer: at(30), initiator: true })
    expect(sent(up)).toEqual([{ type: 'neighbor', priority: 'high' }])
  })
})

describe('the loss of a neighbour', () => {
  it('leads to a lookup when there are too few, and not to one for each', () => {
    const bench = new Bench()
    bench.fill(3)
    const looks = (peer: PeerKey) =>
      bench.feed({ type: 'link-down', peer }).filter(({ type }) => type === 'lookup').length
    expect([at(0), at(1)].map(looks)).toEqual([1, 0])
  })

  it('leads to none when there are enough', () => {
    const bench = new Bench()
    bench.fill()
    expect(bench.feed({ type: 'link-down', peer: at(0) }).map(({ type }) => type)).not.toContain(
      'lookup'
    )
  })
})
