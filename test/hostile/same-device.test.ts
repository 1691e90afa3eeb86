import { describe, expect, test } from 'vitest'
import { INSTANCE_BYTES, MAX_CLOCK_LEAD_MILLIS } from '../../src/protocol/config.js'
import { KIND_PRESENCE } from '../../src/protocol/wire/kinds.js'
import { open, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  identityOf,
  type Peer,
  type Puppet,
  ROOM,
  World
} from '../support/harness.js'
import { hello, identify, member, presenceOf } from '../support/hostile.js'

// A device key belongs to one running program at a time.
// The attacker spends: one link, and a frame for each try; he has kept everything that ann ever said.
// The room suffers nothing: ann gives her key up only if her own identity, now, says that another program has it.

const numbered = (n: number) => new Uint8Array(INSTANCE_BYTES).fill(n)

/** What ann is told when eve hands her this, 5 s after she came. */
function told(messages: readonly VerifiedMessage[], instance: Uint8Array) {
  const world = new World()
  const ann = world.join('ann', { instance })
  const eve = member(world, ann)
  world.run(5_000)
  for (const { sealed } of messages) {
    eve.send(ann.device, { type: 'message', hops: 0, sealed })
    world.run(100)
  }
  return ann.of('device-taken')
}

describe('a device key', () => {
  test('that another running program uses is given up, once [M41]', () => {
    const twin = [1, 2, 3].map(n => presenceOf('ann', { instance: numbered(2) }, EPOCH + n * 1_000))
    expect(told(twin, numbered(1))).toEqual([{ type: 'device-taken' }])
  })

  test.each([
    ['a replay of who had it before', presenceOf('ann', { instance: numbered(2) }, EPOCH - 1)],
    ['an echo', presenceOf('ann', { instance: numbered(1) }, EPOCH + 1_000)],
    [
      'somebody else who names it',
      presenceOf('eve', { device: deviceOf('ann'), instance: numbered(2) }, EPOCH + 1_000)
    ],
    [
      'another device of ours',
      presenceOf('ann', { device: deviceOf('sofa'), instance: numbered(2) }, EPOCH + 1_000)
    ]
  ])('is not given up for %s', (_, message) => {
    expect(told([message], numbered(1))).toEqual([])
  })
})

describe('a device key whose former program was dated ahead of time, as its room was', () => {
  /** How far a room's clocks can be pushed ahead, and how far this room's were. */
  const LEADS = [10_000, 60_000, MAX_CLOCK_LEAD_MILLIS]

  test.each(LEADS)('by %i ms, is not given up for a replay of that', lead => {
    for (const after of [1_000, lead / 2, lead - 1, lead, lead + 5_000]) {
      const world = new World()
      const ann = world.join('ann', { instance: numbered(1) })
      const [bob, eve] = [member(world, ann, 'bob'), member(world, ann)]
      push(world, bob, ann, presenceOf('bob', {}, world.now + lead))
      world.run(after)
      push(world, eve, ann, presenceOf('ann', { instance: numbered(2) }, EPOCH + lead - 1))
      expect(ann.of('device-taken')).toEqual([])
    }
  })

  test('is given up all the same for one that runs now', () => {
    const world = new World()
    const ann = world.join('ann', { instance: numbered(1) })
    const [bob, eve] = [member(world, ann, 'bob'), member(world, ann)]
    push(world, bob, ann, presenceOf('bob', {}, world.now + MAX_CLOCK_LEAD_MILLIS))
    for (let seconds = 0; seconds < 160; seconds += 10) {
      const clock = world.now + MAX_CLOCK_LEAD_MILLIS
      push(world, eve, ann, presenceOf('ann', { instance: numbered(2) }, clock))
      world.run(10_000)
    }
    expect(ann.of('device-taken')).toHaveLength(1)
  })

  test('is not given up for what was said by the right clock before our own was found to be behind', () => {
    const world = new World()
    world.steadyOrigin = EPOCH
    const former = presenceOf('ann', { instance: numbered(2) }, world.now - 1_000)
    const others = world.joinAll('bob', 'cyd')
    const ann = world.join('ann', { instance: numbered(1) }, -2 * 3_600_000)
    world.introduce(ann, ...others)
    world.run(10_000)
    expect(ann.of('clock-off')).toHaveLength(1)
    const eve = member(world, ann)
    push(world, eve, ann, former)
    expect(ann.of('device-taken')).toEqual([])
  })
})

describe('two programs with one device key, which displace each other at a third member', () => {
  /** What bob sends to whoever proves that it is this program of ann's. */
  function heardBy(world: World, bob: Peer, instance: Uint8Array): number[] {
    const [ann, clocks] = [world.puppet('ann'), [] as number[]]
    ann.onframe = (_, frame) => {
      const opened = 'sealed' in frame ? open(frame.sealed, ROOM) : undefined
      if (opened?.ok && opened.message.author === identityOf('ann')) {
        clocks.push(opened.message.clock)
      }
    }
    world.connect(ann, bob)
    ann.send(bob.device, hello(ann))
    ann.send(bob.device, identify(ann, 'ann', false, instance))
    ann.send(bob.device, { type: 'neighbor', priority: 'high' })
    world.run(100)
    push(world, ann, bob, presenceOf('ann', { instance }, world.now))
    world.run(100)
    world.cut(ann, bob)
    return clocks
  }

  test('hear of each other as soon as either is back', () => {
    const world = new World()
    const bob = world.join('bob')
    expect(heardBy(world, bob, numbered(1))).toEqual([])
    expect(heardBy(world, bob, numbered(2))).toHaveLength(1)
    const [clock] = heardBy(world, bob, numbered(1))
    expect(clock).toBeGreaterThan(EPOCH)
    expect(heardBy(world, bob, numbered(1))).toEqual([])
  })
})

describe('a program that is started again on a device that was dated ahead of time', () => {
  test('is heard of by those who have heard of the former one: it speaks again, later than that', () => {
    const world = new World()
    const ann = world.join('ann', { instance: numbered(1) })
    const eve = member(world, ann)
    world.run(5_000)
    const heard: number[] = []
    eve.onframe = (_, frame) => {
      const opened = 'sealed' in frame ? open(frame.sealed, ROOM) : undefined
      if (opened?.ok && opened.message.kind === KIND_PRESENCE) heard.push(opened.message.clock)
    }
    const former = presenceOf('ann', { instance: numbered(2) }, world.now + 60_000)
    push(world, eve, ann, former)
    world.run(2_000)
    expect(heard.some(clock => clock > former.clock)).toBe(true)
  })
})

function push(world: World, from: Puppet, to: Peer, { sealed }: VerifiedMessage): void {
  from.send(to.device, { type: 'message', hops: 0, sealed })
  world.run(100)
}
