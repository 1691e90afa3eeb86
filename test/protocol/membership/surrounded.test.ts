import { describe, expect, test } from 'vitest'
import type { IdentityKey, PeerKey } from '../../../src/base/ids.js'
import type { MembershipOutput } from '../../../src/protocol/events.js'
import { MEMBERSHIP_TUNING } from '../../../src/protocol/membership/tuning.js'
import { Bench, closed, dialled, sent } from '../../support/membership-bench.js'
import { idOf } from '../../support/peers.js'

describe('a view full of one identity', () => {
  const EVE = idOf<IdentityKey>('eve')
  const eves = Array.from({ length: 100 }, (_, n) => idOf<PeerKey>(`device ${n} of eve's`))

  /** Every peer that is dialled is eve's, and takes us in; gives whom we have dialled. */
  function dialAll(bench: Bench, outputs: MembershipOutput[]): PeerKey[] {
    const [all, next] = [[] as PeerKey[], dialled(outputs)]
    for (let peer = next.shift(); peer !== undefined; peer = next.shift()) {
      all.push(peer)
      next.push(...dialled(bench.feed({ type: 'link-up', peer, initiator: true, identity: EVE })))
      const accepted = { type: 'neighbor-reply', accepted: true } as const
      next.push(...dialled(bench.frame(peer, accepted)))
    }
    return all
  }

  test('looks for others at once, and not without end', () => {
    const bench = new Bench()
    const all = dialAll(bench, bench.feed({ type: 'candidates', peers: eves }))
    expect(bench.membership.active.size).toBe(MEMBERSHIP_TUNING.activeMax)
    const { activeMax, seekRate } = MEMBERSHIP_TUNING
    expect(all.length).toBeGreaterThan(seekRate.burst)
    expect(all.length).toBeLessThanOrEqual(activeMax + seekRate.burst + 2)
  })

  test('gives one of the places to whoever else is found', () => {
    const bench = new Bench()
    dialAll(bench, bench.feed({ type: 'candidates', peers: eves.slice(0, 20) }))
    const ann = idOf<PeerKey>('ann')
    expect(dialled(bench.feed({ type: 'candidates', peers: [ann] }))).toEqual([ann])
    const identity = idOf<IdentityKey>('identity of ann')
    const asked = bench.feed({ type: 'link-up', peer: ann, initiator: true, identity })
    expect(sent(asked, ann)).toEqual([{ type: 'neighbor', priority: 'low' }])
    bench.frame(ann, { type: 'neighbor-reply', accepted: true })
    expect(bench.membership.active).toContain(ann)
  })

  test('gives one to whoever else asks, also while they ask again and again', () => {
    const bench = new Bench()
    dialAll(bench, bench.feed({ type: 'candidates', peers: eves.slice(0, 20) }))
    const insist = (peer: PeerKey) => {
      bench.feed({ type: 'link-up', peer, initiator: false, identity: EVE })
      return sent(bench.frame(peer, { type: 'neighbor', priority: 'high' }), peer).at(-1)
    }
    expect(insist(idOf('one more of them'))).toMatchObject({ accepted: true })
    expect(insist(idOf('and one more'))).toMatchObject({ accepted: false })
    const ann = idOf<PeerKey>('ann')
    bench.feed({ type: 'link-up', peer: ann, initiator: false, identity: idOf('identity of ann') })
    const answers = sent(bench.frame(ann, { type: 'neighbor', priority: 'low' }), ann)
    expect(answers).toEqual([{ type: 'neighbor-reply', accepted: true }])
    expect(bench.membership.active.size).toBe(MEMBERSHIP_TUNING.activeMax)
  })
})

describe('whoever waits for an answer beside a full view', () => {
  const { activeMax, linksMax } = MEMBERSHIP_TUNING
  const dialIn = (bench: Bench, name: string, more: { identity: string; address?: string }) => {
    const identity = idOf<IdentityKey>(more.identity)
    const link = { peer: idOf<PeerKey>(name), initiator: false, ...more, identity }
    return closed(bench.feed({ type: 'link-up', ...link }))
  }

  test.each([
    ['of one identity', () => ({ identity: 'eve' })],
    [
      'from one block of addresses',
      (n: number) => ({ identity: `eve ${n}`, address: `198.51.100.${n}` })
    ]
  ])('loses its link to nobody who dials in again and again %s', (_, eve) => {
    const bench = new Bench()
    bench.fill(activeMax)
    const ann = idOf<PeerKey>('ann')
    dialIn(bench, 'ann', { identity: 'ann', address: '203.0.113.1' })
    const gone = Array.from({ length: 50 }, (_, n) => dialIn(bench, `eve ${n}`, eve(n))).flat()
    expect(gone).toHaveLength(50 + 1 + activeMax - linksMax)
    expect(gone).not.toContain(ann)
  })
})
