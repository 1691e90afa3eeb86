import { describe, expect, test } from 'vitest'
import { MAX_DEPARTED_TOLD } from '../../../src/protocol/membership/tuning.js'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { type Peer, World } from '../../support/harness.js'
import { hello, identify, member, messageOf, presenceOf, visit } from '../../support/hostile.js'

const MINUTE = 60_000
const BOTH: Frame = { type: 'inquire', departed: true, neighbors: true }

/** An observer that has reached these members, and asked. */
function inquire(world: World, ...members: Peer[]): Peer {
  const eye = world.join('eye', { observer: true })
  eye.feed({ type: 'candidates', peers: members.map(({ device }) => device) })
  world.run(1_000)
  eye.feed({ type: 'inquire', departed: true, neighbors: true })
  world.run(1_000)
  return eye
}

const trio = (world: World) => {
  const peers = world.joinAll('ann', 'bob', 'cyd') as [Peer, Peer, Peer]
  world.run(2_000)
  return peers
}

describe('whoever asks who is gone', () => {
  test.each([2, 29])('is told %i minutes later who died, and when it was last heard', after => {
    const world = new World(1)
    const [ann, bob, cyd] = trio(world)
    world.crash(cyd)
    const diedAt = world.now
    world.run(after * MINUTE)
    const [sign, ...others] = inquire(world, ann, bob).machine.told.departed()
    expect(others).toEqual([])
    expect(sign).toMatchObject({ device: cyd.device, identity: cyd.identity, nick: 'cyd' })
    expect(sign?.at).toBeLessThanOrEqual(diedAt)
    expect(sign?.at).toBeGreaterThan(diedAt - MINUTE)
  })

  test('is not told of who died longer ago than an announcement lasts', () => {
    const world = new World(1)
    const [ann, bob, cyd] = trio(world)
    world.crash(cyd)
    world.run(31 * MINUTE)
    expect(inquire(world, ann, bob).machine.told.departed()).toEqual([])
  })

  test('is not told of who said goodbye, nor of who came back', () => {
    const world = new World(1)
    const [ann, bob, cyd] = trio(world)
    const dan = world.join('dan')
    world.introduce(ann, dan)
    world.run(2_000)
    world.crash(dan)
    cyd.feed({ type: 'leave' })
    world.run(MINUTE)
    const again = world.join('dan')
    world.introduce(ann, bob, again)
    world.run(2_000)
    expect(inquire(world, ann, bob).machine.told.departed()).toEqual([])
  })

  test('is told by nobody whom it has not asked, and nothing that is no presence of the room [M60]', () => {
    const world = new World(1)
    const eye = world.join('eye', { observer: true })
    const eve = visit(world, eye)
    for (const frame of [hello(eve), identify(eve, 'eve')]) eve.send(eye.device, frame)
    world.run(100)
    const tell = (sealed: Uint8Array) => eve.send(eye.device, { type: 'departed', sealed })
    tell(presenceOf('cyd', {}, world.now).sealed)
    world.run(100)
    expect(eye.machine.told.departed()).toEqual([])
    eye.feed({ type: 'inquire', departed: true, neighbors: false })
    const forged = Uint8Array.from(presenceOf('dan', {}, world.now).sealed)
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    tell(forged)
    tell(messageOf('dan').sealed)
    tell(presenceOf('dan', { leaving: true }, world.now).sealed)
    tell(presenceOf('dan', {}, world.now + 6 * MINUTE).sealed)
    tell(new Uint8Array(300))
    world.run(100)
    expect(eye.machine.told.departed()).toEqual([])
    tell(presenceOf('cyd', {}, world.now).sealed)
    world.run(100)
    expect(eye.machine.told.departed().map(({ nick }) => nick)).toEqual(['cyd'])
    expect(eve.wasClosed()).toBe(false)
  })

  test('takes so many from one link, and does not take its word for a device of somebody else', () => {
    const world = new World(1)
    const [ann] = trio(world)
    const eye = inquire(world, ann)
    const eve = visit(world, eye)
    for (const frame of [hello(eve), identify(eve, 'eve')]) eve.send(eye.device, frame)
    world.run(100)
    const stolen = presenceOf('eve', { device: ann.device }, world.now)
    const many = Array.from({ length: MAX_DEPARTED_TOLD + 10 }, (_, n) =>
      presenceOf(`nobody ${n}`, {}, world.now)
    )
    for (const { sealed } of [stolen, ...many]) eve.send(eye.device, { type: 'departed', sealed })
    world.run(1_000)
    const devices = eye.machine.told.departed().map(({ device }) => device)
    expect(devices).not.toContain(ann.device)
    expect(devices).toHaveLength(MAX_DEPARTED_TOLD - 1)
    expect(devices.length, 'those who died in half an hour in a large room').toBeGreaterThan(200)
  })
})

describe('whoever asks who is linked to whom', () => {
  test('believes four members at most, whoever else tells', () => {
    const world = new World(1)
    const eye = world.join('eye', { observer: true })
    eye.feed({ type: 'inquire', departed: true, neighbors: true })
    for (let n = 0; n < 6; n++) {
      const eve = visit(world, eye, `eve ${n}`)
      for (const frame of [hello(eve), identify(eve, `eve ${n}`)]) eve.send(eye.device, frame)
      world.run(100)
      const { sealed } = presenceOf(`nobody ${n}`, {}, world.now)
      eve.send(eye.device, { type: 'departed', sealed })
    }
    world.run(1_000)
    expect(eye.machine.told.departed()).toHaveLength(4)
  })

  test('is told by each member who its neighbours are', () => {
    const world = new World(1)
    const [ann, bob, cyd] = trio(world)
    const told = inquire(world, ann, bob).machine.told.neighborhoods()
    const neighbors = (peer: Peer) => told.find(({ device }) => device === peer.device)?.neighbors
    expect(told).toHaveLength(2)
    expect(neighbors(ann)?.toSorted()).toEqual([bob.device, cyd.device].toSorted())
    expect(neighbors(bob)?.toSorted()).toEqual([ann.device, cyd.device].toSorted())
  })

  test('hears of all members of a room that is larger than it has links', () => {
    const world = new World(1)
    const peers = world.joinAll(...Array.from({ length: 34 }, (_, n) => `peer ${n}`))
    world.run(3_000)
    const eye = world.join('eye', { observer: true })
    eye.feed({ type: 'inquire', departed: false, neighbors: true })
    eye.feed({ type: 'candidates', peers: peers.map(({ device }) => device) })
    world.run(2_000)
    expect(eye.machine.told.neighborhoods()).toHaveLength(34)
  })
})

test('whoever looks on dials a member again that came back, a minute later at the earliest', () => {
  const world = new World(1)
  const ann = world.join('ann')
  const eye = inquire(world, ann)
  world.crash(ann)
  world.run(10_000)
  const verified = () => eye.of('peer').filter(({ state }) => state === 'verified').length
  const before = verified()
  const again = world.join('ann')
  eye.feed({ type: 'candidates', peers: [again.device] })
  world.run(5_000)
  expect(verified()).toBe(before)
  world.run(60_000)
  eye.feed({ type: 'candidates', peers: [again.device] })
  world.run(5_000)
  expect(verified()).toBe(before + 1)
})

describe('a member that is asked', () => {
  /** The answers that somebody gets who asks this often, at once and once more eight seconds later. */
  function answers(times: number, isObserver: boolean): number[] {
    const world = new World(1)
    const ann = world.join('ann')
    const eve = member(world, ann, 'eve', isObserver)
    eve.onframe = (from, frame) => {
      if (frame.type === 'ping') eve.send(from, { type: 'pong' })
    }
    const ask = () => {
      eve.heard.length = 0
      for (let n = 0; n < times; n++) eve.send(ann.device, BOTH)
      world.run(1_000)
      expect(eve.wasClosed()).toBe(false)
      return eve.heard.filter(({ type }) => type === 'neighbors').length
    }
    const atOnce = ask()
    world.run(7_000)
    return [atOnce, ask()]
  }

  test('answers members and those who only look on, and nobody all the time [M59]', () => {
    for (const isObserver of [false, true]) {
      expect(answers(1, isObserver)).toEqual([1, 1])
      expect(answers(100, isObserver)).toEqual([8, 2])
    }
  })

  test('does not mind flags that it does not know [M58]', () => {
    const world = new World(1)
    const ann = world.join('ann')
    const eve = member(world, ann, 'eve')
    eve.sendBytes(ann.device, Uint8Array.of(64, 0b1111_1110))
    world.run(1_000)
    const answers = eve.heard.filter(({ type }) => type === 'neighbors' || type === 'departed')
    expect(answers).toEqual([{ type: 'neighbors', peers: [eve.device] }])
  })

  test('closes the link of a stranger, and says nothing', () => {
    const world = new World(1)
    const ann = world.join('ann')
    const eve = visit(world, ann)
    eve.send(ann.device, BOTH)
    world.run(1_000)
    expect(eve.heard.map(({ type }) => type)).toEqual(['hello'])
    expect(eve.wasClosed()).toBe(true)
  })
})
