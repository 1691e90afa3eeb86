import { describe, expect, test } from 'vitest'
import { MAX_CLOCK_LEAD_MILLIS } from '../../src/protocol/config.js'
import { decodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import { encodeSuspicionBody } from '../../src/protocol/wire/bodies/suspicion.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../../src/protocol/wire/kinds.js'
import { open, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { deviceOf, identityOf, type Peer, type Puppet, ROOM, World } from '../support/harness.js'
import { member, messageOf, presenceOf } from '../support/hostile.js'

// A living member is not declared dead, and a dead one is not kept alive.
// The attacker spends: one identity, a link to each member, and a few messages a second; he tells whom he likes when he
// likes, and has kept all that was ever said.
// The room suffers: a presence a second, at most, with which the accused answer. Nobody leaves who lives.

const MINUTE = 60_000

function pushed({ sealed }: VerifiedMessage): Frame {
  return { type: 'message', hops: 1, sealed }
}

/** A suspicion of cyd, whose newest presence has this clock, signed by eve with that one. */
function accusation(clock: number, saidAt = clock): Frame {
  const cyd = { identity: identityOf('cyd'), device: deviceOf('cyd') }
  const body = encodeSuspicionBody({ ...cyd, clock })
  return pushed(messageOf('eve', { kind: KIND_SUSPICION, clock: saidAt, body }))
}

function messageIn(frame: Frame) {
  const opened = 'sealed' in frame ? open(frame.sealed, ROOM) : undefined
  return opened?.ok === true ? opened.message : undefined
}

describe('a suspicion', () => {
  /** bob, with links to cyd and eve; how far cyd's clock is behind; and when cyd has answered what bob has yet to hear. */
  function answered(accused: (now: number) => Frame, behind = 0) {
    const world = new World()
    const bob = world.join('bob')
    const [cyd, eve] = [member(world, bob, 'cyd'), member(world, bob, 'eve')]
    const says = (clock: number) => cyd.send(bob.device, pushed(presenceOf('cyd', {}, clock)))
    says(world.now - behind)
    world.run(5_000)
    const frame = accused(world.now)
    // What a member says next comes after all that it has heard, up to 2.5 minutes ahead of its own clock.
    const heard = (messageIn(frame)?.clock ?? 0) + 1
    says(Math.max(world.now - behind, Math.min(heard, world.now - behind + MAX_CLOCK_LEAD_MILLIS)))
    world.run(500)
    eve.send(bob.device, frame)
    world.run(4_000)
    return bob.of('leave')
  }

  test('that is answered before it comes does not count', () => {
    expect(answered(now => accusation(now))).toEqual([])
  })

  test.each([1, 2, 3, 4])('from %i minutes in the future does not count', minutes => {
    expect(answered(now => accusation(now + minutes * MINUTE))).toEqual([])
    expect(answered(now => accusation(now + minutes * MINUTE, now))).toEqual([])
  })

  test('of something later than itself does not count', () => {
    for (const ahead of [1, 500, 900])
      expect(answered(now => accusation(now + ahead, now))).toEqual([])
    // Whoever answers does so 1 ms after what was said, or 2.5 minutes ahead: that can be guessed.
    for (const saidAt of [MINUTE, 4 * MINUTE])
      for (const guess of [saidAt + 1, MAX_CLOCK_LEAD_MILLIS])
        expect(answered(now => accusation(now + guess, now + saidAt))).toEqual([])
  })

  test.each([1, 4, 15])(
    'of a member whose clock is %i minutes behind does not count either',
    minutes => {
      for (const ahead of [0, 1, 4])
        expect(answered(now => accusation(now + ahead * MINUTE), minutes * MINUTE)).toEqual([])
    }
  )

  test('of the newest presence counts, unless it is answered', () => {
    const world = new World()
    const bob = world.join('bob')
    const [cyd, eve] = [member(world, bob, 'cyd'), member(world, bob, 'eve')]
    const clock = world.now
    cyd.send(bob.device, pushed(presenceOf('cyd', {}, clock)))
    world.run(2_000)
    eve.send(bob.device, accusation(clock, world.now))
    world.run(3_500)
    expect(bob.of('leave').map(({ nick }) => nick)).toEqual(['cyd'])
  })
})

test('all that a member ever said, said again, takes nobody away', () => {
  const world = new World(5)
  const peers = world.joinAll('ann', 'bob', 'cyd')
  const [ann, bob, cyd] = peers
  if (ann === undefined || bob === undefined || cyd === undefined) return
  world.run(2 * MINUTE)
  cyd.feed({ type: 'leave' })
  world.run(1_000)
  const again = world.join('cyd')
  world.introduce(ann, bob, again)
  world.run(30_000)
  const kept = cyd.sent.concat(again.sent).map(({ frame }) => frame)
  const presences = kept.filter(frame => messageIn(frame)?.kind === KIND_PRESENCE)
  expect(presences.some(frame => isGoodbye(frame))).toBe(true)
  const before = [ann, bob].map(peer => peer.of('leave').length)
  const eves = [ann, bob].map((peer, n) => [member(world, peer, `eve ${n}`), peer] as const)
  for (const frame of presences)
    for (const [eve, peer] of eves) if ('sealed' in frame) say(eve, peer, frame.sealed)
  world.run(30_000)
  expect([ann, bob].map(peer => peer.of('leave').length)).toEqual(before)
  for (const peer of [ann, bob])
    expect(peer.machine.members().map(({ nick }) => nick)).toContain('cyd')
})

function say(eve: Puppet, peer: Peer, sealed: Uint8Array): void {
  eve.send(peer.device, { type: 'message', hops: 1, sealed })
}

function isGoodbye(frame: Frame): boolean {
  const body = messageIn(frame)?.body
  return body !== undefined && decodePresenceBody(body)?.leaving === true
}

describe('whoever accuses more than anybody may', () => {
  /** ann, who has heard more of eve than anybody may say, and links to eve, dan and cyd, who said so. */
  function flooded() {
    const world = new World()
    const ann = world.join('ann')
    const [cyd, dan, eve] = [
      member(world, ann, 'cyd'),
      member(world, ann, 'dan'),
      member(world, ann, 'eve')
    ]
    cyd.send(ann.device, pushed(presenceOf('cyd', {}, world.now)))
    world.run(2_000)
    // A second time, for what it gained meanwhile.
    for (const count of [400, 20]) {
      for (let n = 0; n < count; n++) eve.send(ann.device, junk(world.now - n))
      world.run(20)
    }
    return { world, ann, cyd, dan }
  }

  /** A suspicion of nobody. */
  function junk(clock: number): Frame {
    const nobody = { identity: identityOf('nobody'), device: deviceOf('nobody') }
    const body = encodeSuspicionBody({ ...nobody, clock })
    return pushed(messageOf('eve', { kind: KIND_SUSPICION, clock, body }))
  }

  /** A suspicion of this device by eve, who said it just now. */
  function accused(name: string, clock: number): VerifiedMessage {
    const body = encodeSuspicionBody({ identity: identityOf(name), device: deviceOf(name), clock })
    return messageOf('eve', { kind: KIND_SUSPICION, clock, body })
  }

  test('is heard by whom it is about, who answers', () => {
    const { ann, dan, world } = flooded()
    const suspicion = accused('ann', world.now)
    dan.send(ann.device, pushed(suspicion))
    world.run(1_500)
    const answers = ann.sent.flatMap(({ frame }) => messageIn(frame) ?? [])
    const isAnswer = ({ clock, kind }: VerifiedMessage) =>
      kind === KIND_PRESENCE && clock > suspicion.clock
    expect(answers.some(isAnswer)).toBe(true)
  })

  test('is passed on to whom it is about, once', () => {
    const { ann, cyd, dan, world } = flooded()
    const suspicions = [0, 1, 2].map(n => accused('cyd', world.now - n))
    for (const suspicion of suspicions) dan.send(ann.device, pushed(suspicion))
    world.run(100)
    const passedOn = ann.sent.filter(({ frame, to }) => {
      const id = messageIn(frame)?.id
      return to === cyd.device && frame.type === 'message' && suspicions.some(s => s.id === id)
    })
    expect(passedOn).toHaveLength(1)
  })

  test('over one link leaves room for what comes over others', () => {
    const { ann, cyd, dan, world } = flooded()
    const eve = member(world, ann, 'eve too')
    const crowd = Array.from({ length: 400 }, (_, n) => `crowd ${n}`)
    for (const name of crowd) eve.send(ann.device, pushed(presenceOf(name, {}, world.now)))
    world.run(100)
    for (const name of crowd) eve.send(ann.device, pushed(accused(name, world.now)))
    dan.send(ann.device, pushed(accused('cyd', world.now)))
    world.run(11_000)
    expect(ann.of('leave').map(({ nick }) => nick)).toContain('cyd')
    expect(cyd.wasClosed()).toBe(false)
  })
})

describe('who has fallen silent', () => {
  /** What ann says of others to bob, a puppet. */
  function accusedBy(ann: Peer, bob: Puppet): string[] {
    const told = ann.sent.filter(({ to }) => to === bob.device).map(({ frame }) => frame)
    return told
      .map(messageIn)
      .filter(message => message?.kind === KIND_SUSPICION)
      .map(message => Buffer.from(message?.body?.subarray(0, 32) ?? []).toString('hex'))
  }

  function pongs(puppet: Puppet): void {
    puppet.onframe = (from, { type }) => type === 'ping' && puppet.send(from, { type: 'pong' })
  }

  function scene() {
    const world = new World()
    const ann = world.join('ann')
    const [bob, cyd] = [member(world, ann, 'bob'), member(world, ann, 'cyd')]
    pongs(bob)
    pongs(cyd)
    return { world, ann, bob, cyd }
  }

  test('and is linked to us is not accused by us', () => {
    const { ann, bob, cyd, world } = scene()
    cyd.send(ann.device, pushed(presenceOf('cyd', {}, world.now)))
    world.run(29_000)
    expect(accusedBy(ann, bob)).toEqual([])
    world.cut(ann, cyd)
    world.run(2_000)
    expect(accusedBy(ann, bob)).toEqual([identityOf('cyd')])
  })

  test('and names a device that is linked to us, and is not theirs, is accused', () => {
    const { ann, bob, cyd, world } = scene()
    const ghost = presenceOf('eve', { device: cyd.device }, world.now)
    bob.send(ann.device, pushed(ghost))
    world.run(29_000)
    expect(accusedBy(ann, bob)).toEqual([identityOf('eve')])
    world.run(5_000)
    expect(ann.of('leave').map(({ nick }) => nick)).toEqual(['eve'])
  })
})
