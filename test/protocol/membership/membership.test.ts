import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import {
  ACTIVE_WALK,
  MAX_PEERS_PER_FRAME,
  PASSIVE_WALK,
  SHUFFLE_ACTIVE,
  SHUFFLE_PASSIVE
} from '../../../src/protocol/config.js'
import type { MembershipInput, MembershipOutput } from '../../../src/protocol/events.js'
import type { Membership } from '../../../src/protocol/membership/membership.js'
import { MEMBERSHIP_TUNING } from '../../../src/protocol/membership/tuning.js'
import type { MembershipFrame } from '../../../src/protocol/wire/frames.js'
import { at, Bench, dialled, peers, SELF, sent } from '../../support/membership-bench.js'
import { idOf } from '../../support/peers.js'

const {
  activeMax: ACTIVE_MAX,
  announcedMax: ANNOUNCED_MAX,
  dialsKeptMax: DIALS_KEPT_MAX,
  dialsMax: DIALS_MAX,
  failedMax: FAILED_MAX,
  failedPauseMillis: FAILED_PAUSE_MILLIS,
  linksMax: LINKS_MAX,
  passiveMax: PASSIVE_MAX
} = MEMBERSHIP_TUNING

describe('joining', () => {
  it('dials candidates, and joins through the first that answers', () => {
    const bench = new Bench()
    const dials = dialled(bench.feed({ type: 'candidates', peers }))
    expect(dials).toHaveLength(DIALS_MAX)
    const [first, second] = dials as [PeerKey, PeerKey]
    expect(sent(bench.feed({ type: 'link-up', peer: first, initiator: true }), first)).toEqual([
      { type: 'join' }
    ])
    expect(sent(bench.feed({ type: 'link-up', peer: second, initiator: true }), second)).toEqual([
      { type: 'neighbor', priority: 'high' }
    ])
  })

  it('never dials itself, nor a peer that it is linked to', () => {
    const bench = new Bench()
    bench.asked(at(0))
    expect(dialled(bench.feed({ type: 'candidates', peers: [SELF, at(0)] }))).toEqual([])
  })

  it('accepts who joins and tells its other neighbours', () => {
    const bench = new Bench()
    bench.fill(3)
    bench.feed({ type: 'link-up', peer: at(9), initiator: false })
    const outputs = bench.frame(at(9), { type: 'join' })
    expect(outputs).toContainEqual({ type: 'neighbor-up', peer: at(9) })
    expect(sent(outputs, at(9))).toEqual([{ type: 'neighbor-reply', accepted: true }])
    const walk = { type: 'forward-join', peer: at(9), ttl: ACTIVE_WALK }
    for (const peer of peers.slice(0, 3)) expect(sent(outputs, peer)).toEqual([walk])
  })

  it('passes a forward-join on, remembers the newcomer half-way, and dials it at the end', () => {
    const bench = new Bench()
    bench.fill(3)
    const walk = { type: 'forward-join', peer: at(9) } as const
    const half = bench.frame(at(0), { ...walk, ttl: PASSIVE_WALK })
    expect(sent(half)).toEqual([{ ...walk, ttl: PASSIVE_WALK - 1 }])
    expect(bench.membership.passive).toEqual([at(9)])
    expect(dialled(bench.frame(at(0), { ...walk, ttl: 0 }))).toEqual([at(9)])
  })

  it('lets no walk go further than its own would, whatever the frame says [M49]', () => {
    const bench = new Bench()
    bench.fill(2)
    const walk = { type: 'forward-join', peer: at(9) } as const
    const passed = bench.frame(at(0), { ...walk, ttl: 255 })
    expect(sent(passed, at(1))).toEqual([{ ...walk, ttl: ACTIVE_WALK - 1 }])
    const shuffle = { type: 'shuffle', origin: at(9), peers: [] } as const
    const shuffled = bench.frame(at(0), { ...shuffle, ttl: 255 })
    expect(sent(shuffled, at(1))).toEqual([{ ...shuffle, ttl: ACTIVE_WALK - 1 }])
  })
})

describe('the active view', () => {
  it('refuses low priority when full, and pushes a neighbour out for high priority, with a word [M24]', () => {
    const bench = new Bench()
    bench.fill()
    expect(sent(bench.asked(at(20)), at(20))).toEqual([{ type: 'neighbor-reply', accepted: false }])
    const outputs = bench.asked(at(21), 'high')
    expect(sent(outputs, at(21))).toEqual([{ type: 'neighbor-reply', accepted: true }])
    expect(sent(outputs)).toContainEqual({ type: 'disconnect' })
    expect(bench.membership.active.size).toBe(ACTIVE_MAX)
  })

  it('replaces a neighbour that died from the passive view at once', () => {
    const bench = new Bench({ activeTarget: 3, activeMax: 3 })
    bench.fill(3)
    bench.frame(at(0), { type: 'shuffle', origin: at(30), ttl: 1, peers: [] })
    const outputs = bench.feed({ type: 'link-down', peer: at(1) })
    expect(outputs).toContainEqual({ type: 'neighbor-down', peer: at(1) })
    expect(dialled(outputs)).toEqual([at(30)])
  })

  it('closes a link whose side never asked, and one that got no answer', () => {
    const bench = new Bench()
    const [timer] = bench.feed({ type: 'link-up', peer: at(0), initiator: false })
    if (timer?.type !== 'timer') throw new Error('no timer')
    const outputs = bench.feed({ type: 'timer', timer: timer.timer })
    expect(outputs).toContainEqual({ type: 'close', peer: at(0), reason: 'not-needed' })
  })

  it('goes on asking others when it is refused, and leaves the refuser alone for a while', () => {
    const bench = new Bench()
    const [first] = dialled(bench.feed({ type: 'candidates', peers: [at(0)] }))
    expect(first).toBe(at(0))
    bench.feed({ type: 'link-up', peer: at(0), initiator: true })
    bench.frame(at(0), { type: 'neighbor-reply', accepted: false })
    expect(dialled(bench.feed({ type: 'timer', timer: { name: 'refill' } }))).toEqual([])
    bench.now += 60_000
    expect(dialled(bench.feed({ type: 'timer', timer: { name: 'refill' } }))).toEqual([at(0)])
  })

  it('turns further links away at the hard cap', () => {
    const bench = new Bench()
    bench.fill()
    for (const peer of peers.slice(20, 30)) {
      bench.feed({ type: 'link-up', peer, initiator: false })
    }
    expect(bench.membership.load.links).toBeLessThanOrEqual(LINKS_MAX)
  })
})

describe('failures', () => {
  it('forgets a candidate that failed, though shuffles bring it back', () => {
    const bench = new Bench()
    bench.asked(at(0))
    bench.feed({ type: 'candidates', peers: [at(5)] })
    bench.feed({ type: 'dial-failed', peer: at(5) })
    const shuffle = { type: 'shuffle', origin: at(6), ttl: 1, peers: [at(5)] } as const
    bench.frame(at(0), shuffle)
    expect(bench.membership.passive).not.toContain(at(5))
  })

  it('tries it again later, and takes it in even when full if it had failed for long', () => {
    const bench = new Bench()
    bench.fill()
    bench.feed({ type: 'dial-failed', peer: at(20) })
    bench.feed({ type: 'dial-failed', peer: at(20) })
    bench.now += 4 * FAILED_PAUSE_MILLIS
    const outputs = bench.feed({ type: 'timer', timer: { name: 'refill' } })
    expect(dialled(outputs)).toEqual([at(20)])
    const up = bench.feed({ type: 'link-up', peer: at(20), initiator: true })
    expect(sent(up)).toEqual([{ type: 'neighbor', priority: 'high' }])
  })
})

describe('shuffles', () => {
  it('sends the answer back the way that the shuffle came', () => {
    const bench = new Bench()
    bench.fill(2)
    const shuffle = { type: 'shuffle', origin: at(9), peers: [at(10)] } as const
    const passed = bench.frame(at(0), { ...shuffle, ttl: 4 })
    expect(sent(passed, at(1))).toEqual([{ ...shuffle, ttl: 3 }])
    const reply = { type: 'shuffle-reply', peers: [at(11)] } as const
    expect(sent(bench.frame(at(1), reply), at(0))).toEqual([reply])
  })

  it('believes no more peers of one frame than an honest one names', () => {
    const honest = 1 + SHUFFLE_ACTIVE + SHUFFLE_PASSIVE
    const many = Array.from({ length: MAX_PEERS_PER_FRAME }, (_, n) => idOf(1_000 + n))
    const asked = new Bench()
    asked.fill(1)
    asked.frame(at(0), { type: 'shuffle', origin: at(9), ttl: 1, peers: many })
    expect(asked.membership.load.passive + asked.membership.load.dials).toBe(honest)
    const asking = new Bench()
    asking.fill(1)
    asking.feed({ type: 'timer', timer: { name: 'shuffle' } })
    asking.frame(at(0), { type: 'shuffle-reply', peers: many })
    expect(asking.membership.load.passive + asking.membership.load.dials).toBe(honest)
  })

  it('takes in what its own shuffle brings', () => {
    const bench = new Bench()
    bench.fill(2)
    const outputs = bench.feed({ type: 'timer', timer: { name: 'shuffle' } })
    const to = outputs.find(output => output.type === 'send')?.to as PeerKey
    const reply = { type: 'shuffle-reply', peers: [at(11), SELF, at(0)] } as const
    bench.frame(to, reply)
    expect(bench.membership.passive).toEqual([at(11)])
    bench.frame(to, { ...reply, peers: [at(12)] })
    expect(bench.membership.passive).toEqual([at(11)])
  })
})

describe('whatever happens', () => {
  const peer = fc.constantFrom(...peers, SELF)
  const someone = fc.array(peer, { maxLength: 80 })
  const number = fc.oneof(fc.integer({ min: -5, max: 300 }), fc.constant(Number.NaN))
  const frame: fc.Arbitrary<MembershipFrame> = fc.oneof(
    fc.constant<MembershipFrame>({ type: 'join' }),
    fc.constant<MembershipFrame>({ type: 'disconnect' }),
    fc.record({ type: fc.constant('forward-join' as const), peer, ttl: number }),
    fc.record({
      type: fc.constant('neighbor' as const),
      priority: fc.constantFrom('low' as const, 'high' as const)
    }),
    fc.record({ type: fc.constant('neighbor-reply' as const), accepted: fc.boolean() }),
    fc.record({ type: fc.constant('shuffle' as const), origin: peer, ttl: number, peers: someone }),
    fc.record({ type: fc.constant('shuffle-reply' as const), peers: someone }),
    fc.record({ type: fc.constant('referral' as const), peers: someone })
  )
  const input: fc.Arbitrary<MembershipInput> = fc.oneof(
    fc.record({ type: fc.constant('candidates' as const), peers: someone }),
    fc.record({ type: fc.constant('link-up' as const), peer, initiator: fc.boolean() }),
    fc.record({
      type: fc.constantFrom('link-down' as const, 'dial-failed' as const, 'lacked' as const),
      peer
    }),
    fc.record({ type: fc.constant('frame' as const), from: peer, frame }),
    fc.record({
      type: fc.constant('timer' as const),
      timer: fc.constantFrom(
        { name: 'shuffle' as const },
        { name: 'refill' as const },
        { name: 'visit' as const },
        { name: 'dial-late' as const }
      )
    })
  )

  it('stays within its bounds, speaks on its links only, and never dials itself', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 300 }), inputs => {
        const bench = new Bench()
        const links = new Set<PeerKey>()
        const neighbours = new Set<PeerKey>()
        for (const each of inputs) {
          bench.now += 500
          if (each.type === 'link-up') links.add(each.peer)
          if (each.type === 'link-down') links.delete(each.peer)
          for (const output of bench.feed(each)) check(output, links, neighbours)
          expect([...bench.membership.active].sort()).toEqual([...neighbours].sort())
          checkLoad(bench.membership)
        }
      }),
      { numRuns: 200 }
    )
  })

  function check(output: MembershipOutput, links: Set<PeerKey>, neighbours: Set<PeerKey>): void {
    if (output.type === 'send') expect(links.has(output.to)).toBe(true)
    if (output.type === 'dial') expect(output.peer).not.toBe(SELF)
    if (output.type === 'dial') expect(neighbours.has(output.peer)).toBe(false)
    if (output.type === 'close') links.delete(output.peer)
    if (output.type === 'neighbor-up') neighbours.add(output.peer)
    if (output.type === 'neighbor-down') neighbours.delete(output.peer)
  }

  function checkLoad({ active, load }: Membership): void {
    expect(active.size).toBeLessThanOrEqual(ACTIVE_MAX)
    expect(load.links).toBeLessThanOrEqual(LINKS_MAX)
    expect(load.dials).toBeLessThanOrEqual(DIALS_KEPT_MAX)
    expect(load.announced).toBeLessThanOrEqual(ANNOUNCED_MAX)
    expect(load.passive).toBeLessThanOrEqual(PASSIVE_MAX)
    expect(load.failed).toBeLessThanOrEqual(FAILED_MAX)
    expect(load.routes).toBeLessThanOrEqual(LINKS_MAX)
  }
})
