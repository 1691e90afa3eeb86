import { describe, expect, test } from 'vitest'
import { MAX_LINKS, MAX_UNPROVED_LINKS } from '../../src/protocol/links/tuning.js'
import { deviceOf, type Peer, World } from '../support/harness.js'
import { hello, member, visit } from '../support/hostile.js'

/** One way, in ms: a handshake takes two of them. */
const LATENCY = 50

function world(): World {
  const made = new World()
  made.latency = LATENCY
  return made
}

const streams = (peer: Peer) => peer.machine.snapshot().streams

/** So many streams a second for so many seconds, each on a new key. */
function flood(of: World, perSecond: number, seconds: number, begin: (n: number) => void): void {
  for (let n = 0; n < perSecond * seconds; n++) of.after((n * 1_000) / perSecond, () => begin(n))
}

// Spent: 200 connections a second, each with a Noise handshake, and nothing else.
// Suffered: 32 streams at a time; nobody is refused, and nobody waits longer than a handshake.
describe('strangers who know only the topic and say nothing', () => {
  function besieged() {
    const at = world()
    const ann = at.join('ann')
    let most = 0
    flood(at, 200, 10, n => {
      visit(at, ann, `mute ${n}`)
      most = Math.max(most, streams(ann))
    })
    at.run(2_000)
    return { at, ann, most: () => most }
  }

  test('keep no newcomer out', () => {
    const { at, ann } = besieged()
    const bob = at.join('bob')
    bob.feed({ type: 'candidates', peers: [ann.device] })
    at.run(8 * LATENCY)
    expect(ann.machine.members()).toHaveLength(2)
    expect(bob.machine.members()).toHaveLength(2)
  })

  test('keep nobody from dialling', () => {
    const { at, ann } = besieged()
    const cyd = at.join('cyd')
    ann.feed({ type: 'candidates', peers: [cyd.device] })
    at.run(8 * LATENCY)
    expect(ann.machine.members()).toHaveLength(2)
  })

  test('take no place of a member, and hold few streams', () => {
    const { at, ann, most } = besieged()
    const bob = at.join('bob')
    bob.feed({ type: 'candidates', peers: [ann.device] })
    at.run(15_000)
    expect(most()).toBeLessThanOrEqual(MAX_UNPROVED_LINKS + 1)
    expect(bob.closed).toEqual([])
    expect(ann.closed.some(({ peer }) => peer === bob.device)).toBe(false)
    expect(streams(ann)).toBe(1)
  })

  test('are told nothing', () => {
    const { at, ann } = besieged()
    ann.say('a secret')
    at.run(10_000)
    expect(new Set(ann.sent.map(({ frame }) => frame.type))).toEqual(new Set(['hello']))
    expect(ann.of('join')).toEqual([])
  })
})

// Spent: 50 announcements whose keys answer a dial and then say nothing.
// Suffered: two dozen streams at a time.
test('strangers who are dialled and say nothing hold few streams', () => {
  const at = world()
  const ann = at.join('ann')
  const mute = Array.from({ length: 50 }, (_, n) => at.puppet(`mute ${n}`).device)
  let most = 0
  ann.feed({ type: 'candidates', peers: mute })
  for (let second = 0; second < 20; second++) {
    at.run(1_000)
    most = Math.max(most, streams(ann))
  }
  expect(most).toBeLessThanOrEqual(MAX_UNPROVED_LINKS)
})

// Spent: 64 connections a second on fresh keys, and the room's secret.
// Suffered: 64 streams at a time; nobody is refused.
describe('members who prove the secret and never say who they are', () => {
  test('keep no newcomer out', () => {
    const at = world()
    const ann = at.join('ann')
    let most = 0
    flood(at, 64, 10, n => {
      const eve = visit(at, ann, `nameless ${n}`)
      eve.send(ann.device, hello(eve))
      most = Math.max(most, streams(ann))
    })
    at.run(5_000)
    const bob = at.join('bob')
    bob.feed({ type: 'candidates', peers: [ann.device] })
    at.run(8 * LATENCY)
    expect(ann.machine.members()).toHaveLength(2)
    expect(most).toBeLessThanOrEqual(MAX_LINKS + MAX_UNPROVED_LINKS + 1)
  })
})

test('the 33rd stream that proves nothing ends the first one, and no other', () => {
  const at = world()
  const ann = at.join('ann')
  const eves = Array.from({ length: MAX_UNPROVED_LINKS + 1 }, (_, n) => visit(at, ann, `eve ${n}`))
  expect(ann.closed).toEqual([{ peer: eves[0]?.device, reason: 'not-needed' }])
  const bob = member(at, ann, 'bob')
  expect(bob.wasClosed()).toBe(false)
})

test('the 65th stream that proves the secret ends the first one that has no name', () => {
  const at = world()
  const ann = at.join('ann')
  const prove = (n: number) => {
    const eve = visit(at, ann, `eve ${n}`)
    ann.feed({ type: 'frame', from: eve.device, frame: hello(eve) })
  }
  for (let n = 0; n < MAX_LINKS; n++) prove(n)
  expect(ann.closed).toEqual([])
  expect(streams(ann)).toBe(MAX_LINKS)
  prove(MAX_LINKS)
  expect(ann.closed).toEqual([{ peer: deviceOf('eve 0'), reason: 'not-needed' }])
  expect(streams(ann)).toBe(MAX_LINKS)
})
