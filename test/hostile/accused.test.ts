import { describe, expect, test } from 'vitest'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_EPHEMERAL_AGE_MILLIS } from '../../src/protocol/config.js'
import { encodeSuspicionBody } from '../../src/protocol/wire/bodies/suspicion.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../../src/protocol/wire/kinds.js'
import { open, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { deviceOf, identityOf, type Peer, type Puppet, ROOM, World } from '../support/harness.js'
import { member, messageOf, presenceOf } from '../support/hostile.js'

// Whoever is accused hears of it, and whoever has heard that hears the answer.
// The attacker spends: one message that is dated or sent so that one member takes it and another one does not; or a flood
// over the only link between those two. The room suffers: nothing. Nobody leaves who lives.

const pushed = ({ sealed }: VerifiedMessage): Frame => ({ type: 'message', hops: 1, sealed })

/** The clocks of the presences that the member has said. */
function clocksOf({ identity, sent }: Peer): number[] {
  return sent.flatMap(({ frame }) => {
    const opened = 'sealed' in frame ? open(frame.sealed, ROOM) : undefined
    const isOwn = opened?.ok && opened.message.author === identity
    return isOwn && opened.message.kind === KIND_PRESENCE ? [opened.message.clock] : []
  })
}

const latestOf = (peer: Peer) => Math.max(...clocksOf(peer))

/** A suspicion of this member, whose newest presence has this clock, signed by eve with that one. */
function accusation(name: string, clock: number, saidAt = clock): VerifiedMessage {
  const body = encodeSuspicionBody({ identity: identityOf(name), device: deviceOf(name), clock })
  return messageOf('eve', { kind: KIND_SUSPICION, clock: saidAt, body })
}

/** Until a second after the next regular presence: there is none for a while. */
function awaitPresence(world: World, peer: Peer): void {
  const before = latestOf(peer)
  while (latestOf(peer) === before) world.run(100)
  world.run(1_000)
}

const leavers = (peer: Peer) => peer.of('leave').map(({ nick }) => nick)

describe('who is accused by a message that only some take lives', () => {
  /** ann, linked to bob, whose clock is off by so much, and to eve. */
  function scene(skew = 0) {
    const world = new World(3)
    const [ann, bob] = [world.join('ann'), world.join('bob', {}, skew)]
    world.introduce(ann, bob)
    world.run(5_000)
    const eve = member(world, ann, 'eve')
    return { world, ann, bob, eve }
  }

  test.each([-2_000, -20_000])('dated as far ahead as may be, a clock is off by %i ms', skew => {
    const { ann, bob, eve, world } = scene(skew)
    awaitPresence(world, bob)
    const saidAt = world.now + MAX_CLOCK_AHEAD_MILLIS - 1_000
    eve.send(ann.device, pushed(accusation('bob', latestOf(bob), saidAt)))
    world.run(4_000)
    expect(leavers(ann)).toEqual([])
  })

  test.each([0, 2_000, 20_000])('as old as may be, a clock is off by %i ms', skew => {
    const { ann, bob, eve, world } = scene(skew)
    // In a crowd presences are rare.
    for (let n = 0; n < 100; n++) {
      const presence = presenceOf(`crowd ${n}`, { interval: 900_000 }, world.now)
      eve.send(ann.device, pushed(presence))
    }
    world.run(4 * 60_000)
    const saidAt = world.now + 100 - MAX_EPHEMERAL_AGE_MILLIS + 15
    expect(latestOf(bob)).toBeLessThan(saidAt)
    const again = member(world, ann, 'eve')
    again.send(ann.device, pushed(accusation('bob', latestOf(bob), saidAt)))
    world.run(4_000)
    expect(leavers(ann)).toEqual([])
  })

  test('handed on as if it had been said before [M95]', () => {
    const { ann, bob, eve, world } = scene()
    awaitPresence(world, bob)
    const { sealed } = accusation('bob', latestOf(bob), world.now)
    eve.send(ann.device, { type: 'stored', sealed })
    world.run(4_000)
    expect(leavers(ann)).toEqual([])
  })

  test.each([
    ['ann', 'bob'],
    ['bob', 'ann']
  ])('said to have been sent to all, to %s and not to %s [M95]', (hearer, accused) => {
    const world = new World(3)
    const [ann, bob] = [world.join(hearer), world.join(accused)]
    world.introduce(ann, bob)
    world.run(5_000)
    const eve = world.join('eve')
    world.introduce(ann, bob, eve)
    world.run(5_000)
    world.latency = 150
    awaitPresence(world, bob)
    const { sealed } = accusation(accused, latestOf(bob), world.now)
    world.send(eve, ann.device, { type: 'mesh', reached: 2, sealed })
    world.run(5_000)
    expect(leavers(ann)).toEqual([])
  })
})

describe('over a link that brings more than anybody may', () => {
  /** Presences of these members, and suspicions of nobody by them; many times what a link may bring at once. */
  function flood(puppet: Puppet, { device }: Peer, world: World, rounds: number): void {
    for (let n = 0; n < rounds; n++) {
      for (let m = 0; m < 100; m++) {
        const clock = world.now - n
        puppet.send(device, pushed(presenceOf(`crowd ${m}`, {}, clock)))
        const nobody = { identity: identityOf('nobody'), device: deviceOf('nobody'), clock }
        const body = encodeSuspicionBody(nobody)
        puppet.send(device, pushed(messageOf(`crowd ${m}`, { kind: KIND_SUSPICION, clock, body })))
      }
    }
  }

  test('we hear that we are accused', () => {
    const world = new World()
    const ann = world.join('ann')
    const dan = member(world, ann, 'dan')
    world.run(2_000)
    flood(dan, ann, world, 50)
    const saidAt = world.now
    dan.send(ann.device, pushed(accusation('ann', saidAt)))
    world.run(1_500)
    expect(latestOf(ann)).toBeGreaterThan(saidAt)
  })

  test('we hear that we are accused, after everybody else', () => {
    const world = new World()
    const ann = world.join('ann')
    const dan = member(world, ann, 'dan')
    const crowd = Array.from({ length: 800 }, (_, n) => `crowd ${n}`)
    for (const name of crowd) dan.send(ann.device, pushed(presenceOf(name, {}, world.now)))
    world.run(2_000)
    flood(dan, ann, world, 10)
    for (const name of crowd) dan.send(ann.device, pushed(accusation(name, world.now)))
    const saidAt = world.now
    dan.send(ann.device, pushed(accusation('ann', saidAt)))
    world.run(1_500)
    expect(latestOf(ann)).toBeGreaterThan(saidAt)
  })

  test('we pass on that somebody is accused, after everybody else', () => {
    const world = new World()
    const ann = world.join('ann')
    const [cyd, dan] = [member(world, ann, 'cyd'), member(world, ann, 'dan')]
    cyd.send(ann.device, pushed(presenceOf('cyd', {}, world.now)))
    const crowd = Array.from({ length: 800 }, (_, n) => `crowd ${n}`)
    for (const name of crowd) dan.send(ann.device, pushed(presenceOf(name, {}, world.now)))
    world.run(2_000)
    flood(dan, ann, world, 10)
    for (const name of crowd) dan.send(ann.device, pushed(accusation(name, world.now)))
    const last = accusation('cyd', world.now)
    dan.send(ann.device, pushed(last))
    world.run(100)
    const told = ann.sent.filter(({ to }) => to === cyd.device).map(({ frame }) => frame)
    const isLast = (frame: Frame) =>
      'sealed' in frame && Buffer.compare(frame.sealed, last.sealed) === 0
    expect(told.some(isLast)).toBe(true)
  })

  test('we hear what whoever is accused answers', () => {
    const world = new World()
    const ann = world.join('ann')
    const dan = member(world, ann, 'dan')
    const clock = world.now
    dan.send(ann.device, pushed(presenceOf('cyd', {}, clock)))
    world.run(2_000)
    const eve = member(world, ann, 'eve')
    eve.send(ann.device, pushed(accusation('cyd', clock, world.now)))
    flood(dan, ann, world, 50)
    dan.send(ann.device, pushed(presenceOf('cyd', {}, world.now)))
    world.run(4_000)
    expect(leavers(ann)).not.toContain('cyd')
  })
})
