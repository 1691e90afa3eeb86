import { describe, expect, test } from 'vitest'
import type { Millis } from '../../src/base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS } from '../../src/protocol/config.js'
import { EPOCH, type Peer, type Puppet, World } from '../support/harness.js'
import { member, presenceOf } from '../support/hostile.js'

// Clocks that are wrong, and members who lie about the time.
// The attacker spends: up to eight links with identities of their own, and a presence a second on each.
// The room suffers nothing: whoever has one honest neighbour keeps the right time. Whoever's clock really is wrong is told,
// and if it is behind, hears and is heard all the same.

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]

/** A room of so many whose clocks are right, and one whose clock is off by so much: below zero, behind. */
function roomWith(off: Millis, right: readonly string[] = ['ann', 'bob', 'cyd']) {
  const world = new World(11)
  // No clock counts in whole milliseconds.
  world.steadyOrigin = EPOCH + 0.25
  const others = world.joinAll(...right)
  world.run(5 * SECOND)
  const late = world.join('late', {}, off)
  world.introduce(...others, late)
  world.run(15 * SECOND)
  return { world, others, late }
}

const present = (peer: Peer) => peer.machine.members().map(({ nick }) => nick)

describe('a member whose clock is two hours behind', () => {
  test('is told so, once a minute, and is present all the same', () => {
    const { late, others, world } = roomWith(-2 * HOUR)
    for (const peer of others) expect(present(peer)).toContain('late')
    expect(present(late).toSorted()).toEqual(['ann', 'bob', 'cyd', 'late'])
    world.run(3 * MINUTE)
    const told = late.of('clock-off').map(({ behind }) => behind)
    expect(told.length).toBeGreaterThanOrEqual(3)
    expect(told.length).toBeLessThanOrEqual(4)
    for (const behind of told) expect(Math.abs(behind - 2 * HOUR)).toBeLessThan(15 * SECOND)
    for (const peer of others) {
      expect(present(peer)).toContain('late')
      expect(peer.of('leave')).toEqual([])
      expect(peer.of('clock-off')).toEqual([])
    }
    for (const ahead of late.machine.clocks())
      expect(Math.abs(ahead - 2 * HOUR)).toBeLessThan(MINUTE)
  })

  test('hears and is heard, at the right time', () => {
    const { late, others, world } = roomWith(-2 * HOUR)
    late.say('what time is it?')
    world.run(SECOND)
    others[0]?.say('noon')
    world.run(SECOND)
    for (const peer of [late, ...others]) {
      expect(peer.texts()).toEqual(['what time is it?', 'noon'])
      for (const { message } of peer.of('message'))
        expect(Math.abs(message.time - world.now)).toBeLessThan(10 * SECOND)
    }
  })

  test('is told no more once its clock is right, and stays', () => {
    const { late, others, world } = roomWith(-2 * HOUR)
    late.wallSkew = 0
    world.run(2 * MINUTE)
    const told = late.of('clock-off').length
    world.run(5 * MINUTE)
    expect(late.of('clock-off')).toHaveLength(told)
    for (const peer of others) expect(peer.of('leave')).toEqual([])
    late.say('sorry')
    world.run(SECOND)
    expect(others[0]?.of('message').at(-1)?.message.time).toBeGreaterThan(world.now - 2 * SECOND)
  })

  test('is told so as well if it became so in the room', () => {
    const { late, others, world } = roomWith(0)
    expect(late.of('clock-off')).toEqual([])
    late.wallSkew = -2 * HOUR
    world.run(2 * MINUTE)
    expect(late.of('clock-off').length).toBeGreaterThanOrEqual(1)
    for (const peer of others) expect(present(peer)).toContain('late')
  })
})

test('a member whose clock is behind is present as well to the only other one, which cannot judge', () => {
  const { late, others, world } = roomWith(-2 * HOUR, ['ann'])
  world.run(MINUTE)
  expect(others.map(present)).toEqual([['ann', 'late']])
  expect(late.of('clock-ahead')[0]?.ahead).toBeGreaterThan(2 * HOUR - MINUTE)
  expect(late.of('clock-off')).toEqual([])
})

test('a machine that slept for hours does not take that for a clock that is ahead', () => {
  const { late, others, world } = roomWith(0)
  // No steady clock tells of it: all slept.
  for (const peer of [late, ...others]) peer.wallSkew = 8 * HOUR
  world.run(2 * MINUTE)
  for (const peer of [late, ...others]) expect(peer.of('clock-off')).toEqual([])
})

describe('a member whose clock is two hours ahead', () => {
  test('is told so', () => {
    const { late, world } = roomWith(2 * HOUR)
    world.run(MINUTE)
    expect(late.of('clock-off')[0]?.behind).toBeLessThan(-2 * HOUR + 20 * SECOND)
    expect(late.of('clock-off')[0]?.behind).toBeGreaterThan(-2 * HOUR - 20 * SECOND)
  })
})

test.each([-4, -1, 1, 2])('a clock that is %i minutes off is nobody’s business', minutes => {
  const { late, others, world } = roomWith(minutes * MINUTE)
  world.run(5 * MINUTE)
  for (const peer of [late, ...others]) expect(peer.of('clock-off')).toEqual([])
})

describe('who says that it is two hours later', () => {
  /** ann, her honest neighbours, and liars whose clocks are ahead; who spoke what the liars said. */
  function room(honest: readonly string[], liars: number, ahead: Millis) {
    const world = new World(7)
    world.steadyOrigin = EPOCH
    const peers = world.joinAll('ann', ...honest)
    const [ann] = peers
    if (ann === undefined) throw new Error('nobody')
    world.run(5 * SECOND)
    const eves = Array.from(
      { length: liars },
      (_, n) => [`eve ${n}`, member(world, ann, `eve ${n}`)] as const
    )
    for (let second = 0; second < 120; second++) {
      for (const [name, eve] of eves) lie(world, ann, name, eve, ahead)
      world.run(SECOND)
    }
    return { world, ann, peers }
  }

  function lie(world: World, ann: Peer, name: string, eve: Puppet, ahead: Millis) {
    const { sealed } = presenceOf(name, {}, world.now + ahead)
    eve.send(ann.device, { type: 'message', hops: 1, sealed })
  }

  test('alone is not believed, even by somebody who knows nobody else', () => {
    const { ann } = room([], 1, 2 * HOUR)
    expect(ann.of('clock-off')).toEqual([])
  })

  test.each([1, 2, 7])('is not believed by who has one honest neighbour: %i liars', liars => {
    for (const ahead of [2 * HOUR, -2 * HOUR]) {
      const { ann, peers, world } = room(['bob'], liars, ahead)
      expect(ann.of('clock-off')).toEqual([])
      ann.say('hi')
      world.run(SECOND)
      expect(peers[1]?.texts()).toEqual(['hi'])
      expect(Math.abs((ann.of('message')[0]?.message.time ?? 0) - world.now)).toBeLessThan(
        MAX_CLOCK_AHEAD_MILLIS
      )
    }
  })

  test('by saying again what others said long ago is not believed', () => {
    const world = new World(7)
    world.steadyOrigin = EPOCH
    const peers = world.joinAll('ann', 'bob', 'cyd')
    const [ann] = peers
    if (ann === undefined) return
    world.run(30 * SECOND)
    const eve = member(world, ann)
    for (let n = 1; n <= 20; n++) {
      for (const name of ['bob', 'cyd', 'eve']) {
        const { sealed } = presenceOf(name, {}, world.now - 6 * MINUTE - n)
        eve.send(ann.device, { type: 'message', hops: 1, sealed })
      }
      world.run(SECOND)
    }
    expect(ann.of('clock-off')).toEqual([])
  })

  test('and is set right is believed again, at once', () => {
    const world = new World(7)
    world.steadyOrigin = EPOCH
    const ann = world.join('ann')
    const eves = ['eve 1', 'eve 2'].map(name => [name, member(world, ann, name)] as const)
    const say = (ahead: Millis, seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        for (const [name, eve] of eves) lie(world, ann, name, eve, ahead)
        world.run(SECOND)
      }
    }
    say(2 * HOUR, 90)
    expect(ann.of('clock-off')).toHaveLength(2)
    say(0, 120)
    expect(ann.of('clock-off')).toHaveLength(2)
  })
})
