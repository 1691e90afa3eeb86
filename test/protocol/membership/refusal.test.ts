import { describe, expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { MAX_PEERS_PER_FRAME, REFERRAL_PEERS } from '../../../src/protocol/config.js'
import { MEMBERSHIP_TUNING } from '../../../src/protocol/membership/tuning.js'
import { at, Bench, closed, dialled, sent } from '../../support/membership-bench.js'
import { idOf } from '../../support/peers.js'

describe('a refusal', () => {
  /** A full view of which somebody has just made room for another. */
  function crowded(): Bench {
    const bench = new Bench()
    bench.fill()
    bench.asked(at(20), 'high')
    return bench
  }

  it('names other members to who has no neighbour, and lets it keep the link for half a minute', () => {
    const bench = crowded()
    const outputs = bench.asked(at(21), 'high')
    const [referral, reply] = sent(outputs, at(21))
    expect(reply).toEqual({ type: 'neighbor-reply', accepted: false })
    if (referral?.type !== 'referral') throw new Error('no referral')
    expect(referral.peers).toHaveLength(REFERRAL_PEERS)
    expect(referral.peers).not.toContain(at(21))
    expect(closed(outputs)).toEqual([])
    const timer = outputs.findLast(output => output.type === 'timer')
    if (timer?.type !== 'timer') throw new Error('no timer')
    expect(timer.after).toBe(MEMBERSHIP_TUNING.refusedPauseMillis)
    expect(closed(bench.feed({ type: 'timer', timer: timer.timer }))).toEqual([at(21)])
  })

  it('does so once on a link, however often it is asked', () => {
    const bench = crowded()
    bench.asked(at(21), 'high')
    const again = bench.frame(at(21), { type: 'join' })
    expect(again).toEqual([
      { type: 'send', to: at(21), frame: { type: 'neighbor-reply', accepted: false } }
    ])
  })

  it('tells nothing to who has neighbours', () => {
    const outputs = crowded().asked(at(21))
    expect(sent(outputs, at(21))).toEqual([{ type: 'neighbor-reply', accepted: false }])
  })

  it('comes until the next may be pushed out', () => {
    const bench = crowded()
    bench.asked(at(21), 'high')
    bench.now += 2 * MEMBERSHIP_TUNING.pushOutIntervalMillis
    const outputs = bench.frame(at(21), { type: 'neighbor', priority: 'high' })
    expect(sent(outputs, at(21))).toEqual([{ type: 'neighbor-reply', accepted: true }])
  })

  /** Alone, and refused by the first member that was found. */
  function refused(peers: readonly PeerKey[]) {
    const bench = new Bench()
    bench.feed({ type: 'candidates', peers: [at(0)] })
    bench.feed({ type: 'link-up', peer: at(0), initiator: true })
    bench.frame(at(0), { type: 'referral', peers })
    return { bench, outputs: bench.frame(at(0), { type: 'neighbor-reply', accepted: false }) }
  }

  it('makes a newcomer dial those that were named, and keep the link', () => {
    const named = [at(1), at(2), at(3)]
    const { outputs } = refused(named)
    expect(dialled(outputs).toSorted()).toEqual(named.toSorted())
    expect(closed(outputs)).toEqual([])
  })

  it('is followed by another join, and the link ends with the first neighbour', () => {
    const { bench } = refused([at(1)])
    const up = bench.feed({ type: 'link-up', peer: at(1), initiator: true })
    expect(sent(up)).toEqual([{ type: 'join' }])
    const accepted = bench.frame(at(1), { type: 'neighbor-reply', accepted: true })
    expect(accepted).toContainEqual({ type: 'neighbor-up', peer: at(1) })
    expect(closed(accepted)).toEqual([at(0)])
  })

  it('believes no more than eight names, once [M48]', () => {
    const many = Array.from({ length: MAX_PEERS_PER_FRAME }, (_, n) => idOf(1_000 + n))
    const bench = new Bench()
    bench.feed({ type: 'candidates', peers: [at(0)] })
    bench.feed({ type: 'link-up', peer: at(0), initiator: true })
    bench.frame(at(0), { type: 'referral', peers: many })
    bench.frame(at(0), { type: 'referral', peers: many.slice(20) })
    expect(bench.membership.passive).toHaveLength(REFERRAL_PEERS)
  })

  it('that nobody asked for is passed over [M48]', () => {
    const bench = new Bench()
    bench.fill(3)
    bench.frame(at(0), { type: 'referral', peers: [at(30)] })
    expect(bench.membership.passive).toEqual([])
  })
})
