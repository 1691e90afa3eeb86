import { describe, expect, test } from 'vitest'
import { roomSecretFromName } from '../../../src/protocol/access/room-secret.js'
import { GRAFT_MILLIS, LINK_FLOOD_RATE, LINK_FRAME_RATE } from '../../../src/protocol/config.js'
import { MAX_OBSERVER_LINKS } from '../../../src/protocol/links/tuning.js'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { NONCE_BYTES, seal } from '../../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  identityOf,
  keysOf,
  type Peer,
  type Puppet,
  ROOM,
  SECRET,
  TOPIC,
  World
} from '../../support/harness.js'
import { hello, identify, member, textOf, visit } from '../../support/hostile.js'

/** Frames of ours to this peer, by type. */
const sentTo = (peer: Peer, puppet: Puppet) =>
  peer.sent.filter(({ to }) => to === puppet.device).map(({ frame }) => frame.type)

describe('a stranger', () => {
  test('who knows only the topic is refused, and learns nothing [M5] [M13] [M14]', () => {
    const world = new World()
    const ann = world.join('ann')
    ann.say('a secret')
    const eve = visit(world, ann)
    eve.send(ann.device, hello(eve, Buffer.from(TOPIC, 'hex')))
    world.run(10_000)
    expect(sentTo(ann, eve)).toEqual(['hello'])
    expect(eve.wasClosed()).toBe(true)
    expect(ann.of('refused')).toEqual([
      { type: 'refused', peer: eve.device, reason: 'not-a-member' }
    ])
  })

  test('of another room is refused', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = world.join('eve', { roomSecret: roomSecretFromName('elsewhere') })
    world.connect(eve, ann)
    world.run(1_000)
    expect(ann.of('refused').concat(eve.of('refused'))).not.toEqual([])
    expect(ann.machine.snapshot().links).toBe(0)
  })

  test('who sends our own proof back is refused', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    eve.onframe = (from, frame) => eve.send(from, frame)
    world.run(1_000)
    expect(sentTo(ann, eve)).toEqual(['hello'])
    expect(ann.of('refused')[0]?.reason).toBe('not-a-member')
  })

  test('who replays the proof of another connection is refused', () => {
    const world = new World()
    const ann = world.join('ann')
    const bob = visit(world, ann, 'bob')
    const overheard = hello(bob)
    const eve = visit(world, ann, 'eve')
    eve.send(ann.device, overheard)
    world.run(100)
    expect(sentTo(ann, eve)).toEqual(['hello'])
  })

  test("who passes a member's frames on in the middle is refused by both", () => {
    const world = new World()
    const [ann, bob] = [world.join('ann'), world.join('bob')]
    const eve = visit(world, ann)
    world.connect(eve, bob)
    eve.onframe = (from, frame) => eve.send(from === ann.device ? bob.device : ann.device, frame)
    world.run(1_000)
    expect([ann, bob].flatMap(peer => sentTo(peer, eve))).toEqual(['hello', 'hello'])
  })

  test.each<[string, Frame]>([
    ['a message', { type: 'message', hops: 0, sealed: textOf('eve', 'hi').sealed }],
    ['a want', { type: 'want', ids: [] }],
    ['a join', { type: 'join' }],
    [
      'an identify',
      {
        type: 'identify',
        identity: new Uint8Array(32),
        instance: new Uint8Array(8),
        signature: new Uint8Array(64),
        observer: false
      }
    ]
  ])('with %s before the handshake breaks the protocol', (_, frame) => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    eve.send(ann.device, frame)
    world.run(100)
    expect(ann.closed).toContainEqual({ peer: eve.device, reason: 'protocol-error' })
    expect(ann.texts()).toEqual([])
  })

  test.each<[string, Frame]>([
    ['a message', { type: 'message', hops: 0, sealed: textOf('eve', 'hi').sealed }],
    ['a want', { type: 'want', ids: [] }],
    ['a join', { type: 'join' }]
  ])('with %s between hello and identify breaks the protocol', (_, frame) => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    eve.send(ann.device, hello(eve))
    eve.send(ann.device, frame)
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'protocol-error' }])
    expect(ann.texts()).toEqual([])
  })

  test('who says hello twice breaks the protocol [M16]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    for (const frame of [hello(eve), hello(eve)]) eve.send(ann.device, frame)
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'protocol-error' }])
  })

  test('who says hello on a link that is up breaks the protocol', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    eve.send(ann.device, hello(eve))
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'protocol-error' }])
  })

  test.each<Frame>([
    { type: 'neighbor', priority: 'high' },
    { type: 'message', hops: 1, sealed: textOf('eve', 'early').sealed },
    { type: 'want', ids: [] }
  ])('who sends $type before it has said who it is breaks the protocol [M17]', frame => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    for (const each of [hello(eve), frame]) eve.send(ann.device, each)
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'protocol-error' }])
    expect(ann.texts()).toEqual([])
  })

  test('whose version is 0 breaks the protocol, and who has a later one is spoken to in ours [M55]', () => {
    const world = new World()
    const ann = world.join('ann')
    const [eve, bob] = [visit(world, ann), visit(world, ann, 'bob')]
    eve.send(ann.device, { ...hello(eve), version: 0 } as Frame)
    bob.send(ann.device, { ...hello(bob), version: 2 } as Frame)
    bob.send(ann.device, identify(bob, 'bob'))
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'protocol-error' }])
    expect(bob.heard[0]).toMatchObject({ type: 'hello', version: 1 })
    expect(ann.machine.snapshot().links).toBe(1)
  })

  test('who says nothing is closed after 3 s, and then left alone by nobody [M18]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    world.run(2_999)
    expect(eve.wasClosed()).toBe(false)
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'hello-timeout' }])
  })

  test('whose bytes are no frame is closed [M9]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    eve.sendBytes(ann.device, Uint8Array.of(1, 2, 3))
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'protocol-error' }])
  })

  test("who claims a member's identity without its key is refused [M15]", () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = visit(world, ann)
    eve.send(ann.device, hello(eve))
    eve.send(ann.device, {
      ...identify(eve, 'bob'),
      ...{ identity: keysOf('identity cyd').publicKey }
    } as Frame)
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'not-a-member' }])
  })

  test('closed for cause is left alone for a minute, then two', () => {
    const world = new World()
    const ann = world.join('ann')
    const attempt = () => {
      const eve = visit(world, ann)
      const before = ann.sent.length
      eve.send(
        ann.device,
        hello(
          eve,
          SECRET.map(byte => byte ^ 1)
        )
      )
      world.run(100)
      return ann.sent.length > before
    }
    expect(attempt()).toBe(false)
    expect(ann.of('refused')).toHaveLength(1)
    expect(attempt()).toBe(false)
    expect(ann.of('refused')).toHaveLength(1)
    world.run(60_000)
    attempt()
    expect(ann.of('refused')).toHaveLength(2)
    world.run(60_000)
    attempt()
    expect(ann.of('refused')).toHaveLength(2)
    ann.feed({ type: 'candidates', peers: [deviceOf('eve')] })
    expect(ann.of('peer').filter(({ state }) => state === 'announced')).toEqual([])
  })
})

describe('a link', () => {
  test('that stays mute is dialled again, twice, before it counts as failed', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = world.puppet('eve')
    ann.feed({ type: 'candidates', peers: [eve.device] })
    world.run(4_000)
    const dials = () => eve.inputs.filter(({ type }) => type === 'connected').length
    expect(dials()).toBe(2)
    world.run(7_000)
    expect(dials()).toBe(3)
    expect(ann.of('refused')).toEqual([
      { type: 'refused', peer: eve.device, reason: 'hello-timeout' }
    ])
  })

  test('that was up in between is dialled again as often as a new one', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = world.puppet('eve')
    const dials = () => eve.inputs.filter(({ type }) => type === 'connected').length
    ann.feed({ type: 'candidates', peers: [eve.device] })
    world.run(4_000)
    expect(dials()).toBe(2)
    eve.send(ann.device, hello(eve, SECRET, 'responder'))
    eve.send(ann.device, identify(eve, 'eve'))
    world.run(100)
    expect(ann.machine.snapshot().links).toBe(1)
    world.cut(ann, eve)
    for (let second = 0; ann.of('refused').length === 0 && second < 60; second++) world.run(1_000)
    expect(dials() - 2).toBe(3)
  })

  test('to oneself is closed', () => {
    const world = new World()
    const ann = world.join('ann')
    ann.feed({ type: 'candidates', peers: [ann.device] })
    ann.feed({
      type: 'connected',
      peer: ann.device,
      handshakeHash: new Uint8Array(32),
      initiator: true
    })
    world.run(1_000)
    expect(ann.closed).toEqual([{ peer: ann.device, reason: 'not-needed' }])
    expect(ann.sent).toEqual([])
  })

  test('on which nothing comes for 40 s is closed [M22]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    world.run(39_000)
    expect(ann.closed).toEqual([])
    world.run(20_000)
    expect(ann.closed[0]).toEqual({ peer: eve.device, reason: 'silent' })
  })

  test('is kept alive by pings when there is nothing to say', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(60_000)
    expect(ann?.closed).toEqual([])
    expect(ann?.machine.snapshot().links).toBe(1)
    expect(bob?.of('leave')).toEqual([])
  })

  test('is replaced by a newer one to the same peer', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(1_000)
    if (ann === undefined || bob === undefined) return
    world.connect(bob, ann)
    world.run(7_000)
    ann.say('still here')
    world.run(2_000)
    expect(bob.texts()).toEqual(['still here'])
  })

  test('that floods is closed', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    for (let n = 0; n < 50_100; n++)
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'pong' } })
    expect(ann.closed).toContainEqual({ peer: eve.device, reason: 'flooding' })
  })

  test('that brings more messages than it may is closed only if no honest peer would', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    const { sealed } = textOf('eve', 'again')
    const push = () =>
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'message', hops: 1, sealed } })
    for (let n = 0; n < LINK_FRAME_RATE.burst + 1_000; n++) push()
    expect(ann.closed).toEqual([])
    for (let n = 0; n < LINK_FLOOD_RATE.burst; n++) push()
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'flooding' }])
  })

  test('that passes on more messages than it may is not closed for what it says besides', () => {
    const world = new World()
    const ann = world.join('ann')
    const bob = member(world, ann, 'bob')
    const { sealed } = textOf('eve', 'again')
    const push = { type: 'message', hops: 1, sealed } as const
    for (let n = 0; n < LINK_FRAME_RATE.burst + 1_000; n++)
      ann.feed({ type: 'frame', from: bob.device, frame: push })
    ann.feed({ type: 'frame', from: bob.device, frame: { type: 'ping' } })
    world.run(100)
    expect(ann.closed).toEqual([])
    expect(bob.heard).toContainEqual({ type: 'pong' })
  })

  test('that names ids without end is closed, with few frames', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    const ids = Array.from({ length: 512 }, (_, n) => textOf('eve', `${n}`).id)
    for (let n = 0; n < LINK_FRAME_RATE.burst / 30; n++) {
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'want', ids } })
    }
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'flooding' }])
  })

  test('passes over frames of a later version [M10]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    eve.sendBytes(ann.device, Uint8Array.of(200, 1, 2, 3))
    world.run(100)
    expect(ann.closed).toEqual([])
  })
})

describe('a message', () => {
  test("that was altered is dropped, and its sender's link closed [M25] [M26]", () => {
    const world = new World()
    const ann = world.join('ann')
    const [eve, bob] = [member(world, ann), member(world, ann, 'bob')]
    const sealed = Uint8Array.from(textOf('bob', 'pay eve').sealed)
    sealed[sealed.length - 70] = 1
    bob.heard.length = 0
    eve.send(ann.device, { type: 'message', hops: 1, sealed })
    world.run(100)
    expect(ann.closed).toEqual([{ peer: eve.device, reason: 'forged-message' }])
    expect(ann.of('refused')).toEqual([
      { type: 'refused', peer: eve.device, reason: 'forged-message' }
    ])
    expect(ann.texts()).toEqual([])
    expect(bob.heard.some(({ type }) => type === 'message')).toBe(false)
    expect(ann.stored).toEqual([])
  })

  test('is passed on once it was verified, and only once [M28]', () => {
    const world = new World()
    const ann = world.join('ann')
    const [eve, bob] = [member(world, ann), member(world, ann, 'bob')]
    const { sealed } = textOf('eve', 'hi')
    for (let n = 0; n < 3; n++) eve.send(ann.device, { type: 'message', hops: 1, sealed })
    world.run(100)
    const pushed = bob.heard.filter(
      frame => frame.type === 'message' && frame.sealed.length === sealed.length
    )
    expect(pushed).toHaveLength(1)
    expect(ann.texts()).toEqual(['hi'])
  })

  test('of an unknown kind is stored and passed on, and not shown', () => {
    const world = new World()
    const ann = world.join('ann')
    const [eve, bob] = [member(world, ann), member(world, ann, 'bob')]
    const draft = {
      clock: EPOCH,
      parents: [],
      body: Uint8Array.of(1),
      nonce: new Uint8Array(NONCE_BYTES)
    }
    const odd = seal({ kind: 77, ...draft }, keysOf('identity eve'), ROOM)
    const brief = seal({ kind: 200, ...draft }, keysOf('identity eve'), ROOM)
    for (const { sealed } of [odd, brief])
      eve.send(ann.device, { type: 'message', hops: 1, sealed })
    world.run(100)
    expect(ann.stored.map(({ id }) => id)).toEqual([odd.id])
    expect(ann.of('message')).toEqual([])
    for (const { sealed } of [odd, brief]) {
      expect(bob.heard).toContainEqual({ type: 'message', hops: 2, sealed: Buffer.from(sealed) })
    }
  })

  test('whose clock is too far ahead is refused, and that is said once [M45]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    for (const n of [1, 2]) {
      const { sealed } = textOf('eve', `later ${n}`, world.now + 600_000)
      eve.send(ann.device, { type: 'message', hops: 1, sealed })
    }
    world.run(100)
    expect(ann.texts()).toEqual([])
    expect(ann.of('clock-ahead')).toMatchObject([{ identity: identityOf('eve') }])
    expect(ann.closed).toEqual([])
    ann.say('now')
    expect(ann.stored.at(-1)?.clock).toBeLessThan(world.now + 1_000)
  })

  test('with an unknown parent is shown, and the parent asked for where it does not come', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    const parent = textOf('eve', 'first', EPOCH)
    const child = textOf('eve', 'second', EPOCH + 1, [parent.id])
    eve.heard.length = 0
    eve.send(ann.device, { type: 'message', hops: 1, sealed: child.sealed })
    world.run(30)
    expect(ann.texts()).toEqual(['second'])
    world.run(GRAFT_MILLIS)
    expect(eve.heard).toContainEqual({ type: 'graft', ids: [parent.id] })
    eve.send(ann.device, { type: 'message', hops: 1, sealed: parent.sealed })
    world.run(30)
    expect(ann.texts()).toEqual(['second', 'first'])
    expect(ann.machine.history().map(({ id }) => id)).toEqual([parent.id, child.id])
  })

  test('that comes with history and has an unknown parent makes us ask at once', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    const parent = textOf('eve', 'first', EPOCH)
    const child = textOf('eve', 'second', EPOCH + 1, [parent.id])
    eve.send(ann.device, { type: 'stored', sealed: child.sealed })
    world.run(30)
    expect(eve.heard).toContainEqual({ type: 'want', ids: [parent.id] })
  })

  test('too many of one author are dropped at the first hop, those of others are not [M53]', () => {
    const world = new World()
    const ann = world.join('ann')
    const [eve, bob] = [member(world, ann), member(world, ann, 'bob')]
    for (let n = 0; n < 2_500; n++) {
      const { sealed } = textOf('eve', `spam ${n}`, EPOCH + n)
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'message', hops: 1, sealed } })
    }
    const heard = ann.texts().length
    expect(heard).toBeLessThanOrEqual(2_000)
    bob.send(ann.device, { type: 'message', hops: 1, sealed: textOf('bob', 'hello').sealed })
    world.run(50)
    expect(ann.texts().at(-1)).toBe('hello')
    expect(ann.closed).toEqual([])
  })
})

describe('an observer', () => {
  test('is told who is here, and is no member [M19] [M21]', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(2_000)
    const eye = world.join('eye', { observer: true })
    eye.feed({ type: 'candidates', peers: [deviceOf('ann'), deviceOf('bob'), deviceOf('nobody')] })
    world.run(1_000)
    expect(
      eye.machine
        .members()
        .map(({ nick }) => nick)
        .toSorted()
    ).toEqual(['ann', 'bob'])
    const states = (name: string) =>
      eye
        .of('peer')
        .filter(({ device }) => device === deviceOf(name))
        .map(({ state }) => state)
    expect(states('ann')).toEqual(['announced', 'reachable', 'verified', 'present'])
    expect(states('nobody')).toEqual(['announced'])
    ann?.say('not for eye')
    world.run(20_000)
    expect(eye.texts()).toEqual([])
    expect(eye.machine.members()).toHaveLength(2)
    expect([ann, bob].flatMap(peer => peer?.of('join').map(({ nick }) => nick)).toSorted()).toEqual(
      ['ann', 'bob']
    )
    expect([ann, bob].map(peer => peer?.machine.members().length)).toEqual([2, 2])
  })

  test('is not listened to [M20]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann, 'eve', true)
    eve.send(ann.device, { type: 'message', hops: 1, sealed: textOf('eve', 'hi').sealed })
    world.run(100)
    expect(ann.texts()).toEqual([])
    expect(ann.closed).toEqual([])
  })

  test('has a place of 16, which members do not take', () => {
    const world = new World()
    const ann = world.join('ann')
    const eyes = Array.from({ length: MAX_OBSERVER_LINKS + 1 }, (_, n) =>
      member(world, ann, `eye ${n}`, true)
    )
    expect(ann.machine.snapshot().links).toBe(MAX_OBSERVER_LINKS)
    expect(ann.closed).toEqual([{ peer: eyes[0]?.device, reason: 'not-needed' }])
    member(world, ann)
    expect(ann.machine.snapshot().links).toBe(MAX_OBSERVER_LINKS + 1)
  })

  test('reaches everybody in a large room, so many at a time', () => {
    const world = new World()
    const peers = Array.from({ length: 40 }, (_, n) => world.join(`peer ${n}`))
    const eye = world.join('eye', { observer: true })
    eye.feed({ type: 'candidates', peers: peers.map(({ device }) => device) })
    expect(eye.machine.snapshot().streams).toBe(0)
    world.run(2_000)
    const verified = eye.of('peer').filter(({ state }) => state === 'verified')
    expect(verified).toHaveLength(40)
  })
})
