import { describe, expect, test } from 'vitest'
import { RECEIPT_PAUSE_MILLIS } from '../../../src/protocol/chat/tuning.js'
import type { RoomMachineOptions } from '../../../src/protocol/machine/room-machine.js'
import { encodeSuspicionBody } from '../../../src/protocol/wire/bodies/suspicion.js'
import { glance } from '../../../src/protocol/wire/glance.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../../../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal } from '../../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  identityOf,
  keysOf,
  type Peer,
  ROOM,
  World
} from '../../support/harness.js'
import { feedPushed, member, presenceOf, textOf } from '../../support/hostile.js'

const nicks = (peer: Peer | undefined, type: 'join' | 'leave') =>
  peer?.of(type).map(({ nick }) => nick)

describe('leaving', () => {
  test('with a goodbye is known at once', () => {
    const world = new World()
    const [ann, bob, cyd] = world.joinAll('ann', 'bob', 'cyd')
    world.run(5_000)
    cyd?.feed({ type: 'leave' })
    expect(cyd?.closed.map(({ reason }) => reason)).toEqual(['leaving', 'leaving'])
    world.run(100)
    for (const peer of [ann, bob]) {
      expect(nicks(peer, 'leave')).toEqual(['cyd'])
      expect(peer?.machine.snapshot().links).toBe(1)
      expect(peer?.machine.members()).toHaveLength(2)
    }
    expect(cyd?.machine.handle({ type: 'say', text: 'after' }, world.now)).toEqual([])
    world.run(30_000)
    expect(nicks(ann, 'join')?.toSorted()).toEqual(['bob', 'cyd'])
  })

  test.each([2, 3, 5, 12])('without one is noticed by all of %i in under 10 s', count => {
    const world = new World(count)
    const names = Array.from({ length: count }, (_, n) => `peer ${n}`)
    const [dead, ...others] = world.joinAll(...names)
    world.run(20_000)
    if (dead === undefined) return
    world.crash(dead)
    world.run(9_999)
    for (const peer of others) {
      expect(nicks(peer, 'leave')).toEqual(['peer 0'])
      expect(world.connected(peer.device, dead.device)).toBe(false)
    }
    world.run(30_000)
    for (const peer of others) expect(nicks(peer, 'join')).not.toContain('peer 0 again')
  })

  test.each([1, 2, 3])('in a room of two it takes 3 s after the link broke, seed %i', seed => {
    const world = new World(seed)
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(20_000)
    if (ann === undefined || bob === undefined) return
    world.crash(bob)
    while (world.connected(ann.device, bob.device)) world.run(10)
    world.run(2_900)
    expect(nicks(ann, 'leave')).toEqual([])
    world.run(150)
    expect(nicks(ann, 'leave')).toEqual(['bob'])
  })

  test.each([1, 2, 3])(
    'a link that breaks and comes back costs nobody their place, seed %i',
    seed => {
      const world = new World(seed)
      const [ann, bob] = world.joinAll('ann', 'bob')
      if (ann === undefined || bob === undefined) return
      for (let round = 0; round < 5; round++) {
        world.run(20_000)
        world.cut(ann, bob)
      }
      world.run(20_000)
      for (const peer of [ann, bob]) expect(nicks(peer, 'leave')).toEqual([])
    }
  )

  test.each(['ann', 'bob'])('as well by %s, who has met it just now', witness => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    if (ann === undefined || bob === undefined) return
    const [alive, dead] = witness === 'ann' ? [ann, bob] : [bob, ann]
    while (alive.of('join').length === 0) world.run(1)
    world.crash(dead)
    world.run(9_999)
    expect(alive.of('leave')).toHaveLength(1)
  })

  test('also where a second stream to the dead takes the place of the first', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    if (ann === undefined || bob === undefined) return
    world.run(5_000)
    world.crash(bob)
    world.run(4_000)
    const handshakeHash = new Uint8Array(64)
    ann.feed({ type: 'connected', peer: bob.device, handshakeHash, initiator: false })
    world.run(5_999)
    expect(nicks(ann, 'leave')).toEqual(['bob'])
  })

  test('also where a presence from just before comes just after', () => {
    const world = new World()
    const [ann, bob, cyd] = world.joinAll('ann', 'bob', 'cyd')
    if (ann === undefined || bob === undefined || cyd === undefined) return
    world.run(20_000)
    world.crash(bob)
    const diedAt = world.now
    while (world.connected(ann.device, bob.device)) world.run(1)
    // Cyd had it, and is gone with it: nobody else has lost the link to bob.
    world.crash(cyd)
    const frame = {
      type: 'message',
      hops: 1,
      sealed: presenceOf('bob', {}, diedAt - 1).sealed
    } as const
    ann.feed({ type: 'frame', from: cyd.device, frame })
    world.run(9_999)
    expect(nicks(ann, 'leave')).toContain('bob')
  })

  test('a newcomer is not shown who has just died for longer than the others', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(5_000)
    if (ann === undefined || bob === undefined) return
    world.crash(bob)
    world.run(2_500)
    const cyd = world.join('cyd')
    world.introduce(ann, cyd)
    world.run(7_500)
    expect(ann.machine.members().map(({ nick }) => nick)).toEqual(['ann', 'cyd'])
    expect(cyd.machine.members().map(({ nick }) => nick)).toEqual(['cyd', 'ann'])
  })

  test('a restarted member is back', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(5_000)
    if (ann === undefined || bob === undefined) return
    bob.feed({ type: 'leave' })
    world.run(1_000)
    const again = world.join('bob')
    world.connect(again, ann)
    world.introduce(again, ann)
    world.run(3_000)
    expect(nicks(ann, 'join')).toEqual(['bob', 'bob'])
    again.say('back')
    world.run(5_000)
    expect(ann.texts()).toEqual(['back'])
  })
})

describe('suspicion', () => {
  const suspicion = (by: string, of: Peer, clock: number) =>
    seal(
      {
        kind: KIND_SUSPICION,
        clock,
        parents: [],
        body: encodeSuspicionBody({ identity: of.identity, device: of.device, clock }),
        nonce: new Uint8Array(NONCE_BYTES)
      },
      keysOf(`identity ${by}`),
      ROOM
    )

  test('is refuted by who is alive [M51]', () => {
    const world = new World()
    const [ann, bob, cyd] = world.joinAll('ann', 'bob', 'cyd')
    world.run(5_000)
    if (ann === undefined || bob === undefined || cyd === undefined) return
    const { sealed } = suspicion('ann', cyd, world.now)
    bob.feed({ type: 'frame', from: ann.device, frame: { type: 'message', hops: 1, sealed } })
    world.run(20_000)
    for (const peer of [ann, bob]) expect(peer.of('leave')).toEqual([])
  })

  test('that nobody refutes is believed', () => {
    const world = new World()
    const [ann, bob, cyd] = world.joinAll('ann', 'bob', 'cyd')
    world.run(5_000)
    if (ann === undefined || bob === undefined || cyd === undefined) return
    world.passes = (from, to) => from !== cyd.device && to !== cyd.device
    const { sealed } = suspicion('ann', cyd, world.now)
    bob.feed({ type: 'frame', from: cyd.device, frame: { type: 'message', hops: 1, sealed } })
    world.run(3_500)
    expect(nicks(bob, 'leave')).toEqual(['cyd'])
    expect(nicks(ann, 'leave')).toEqual(['cyd'])
  })

  test('is not raised by a link that breaks, where its ends find each other again', () => {
    const world = new World()
    const [ann, bob, cyd] = world.joinAll('ann', 'bob', 'cyd')
    world.run(5_000)
    if (ann === undefined || bob === undefined || cyd === undefined) return
    world.cut(ann, bob)
    world.run(30_000)
    for (const peer of [ann, bob, cyd]) expect(peer.of('leave')).toEqual([])
    expect(world.connected(ann.device, bob.device)).toBe(true)
  })
})

test('two parts of a room that meet at one link know all of each other', () => {
  const world = new World(7)
  const left = world.joinAll('ann', 'bob', 'cyd')
  const right = world.joinAll('dan', 'eve', 'fay')
  world.run(30_000)
  const [ann, dan] = [left[0], right[0]]
  if (ann === undefined || dan === undefined) return
  ann.feed({ type: 'candidates', peers: [dan.device] })
  world.run(2_000)
  for (const peer of [...left, ...right]) expect(peer.machine.members()).toHaveLength(6)
})

describe('two devices of one identity', () => {
  test('are one member to the others, and hear each other', () => {
    const world = new World()
    const identity = keysOf('identity ann')
    const [bob, desk] = world.joinAll('bob', 'ann')
    const sofa = world.join('ann', { identity, device: deviceOf('sofa') })
    if (bob === undefined || desk === undefined) return
    world.introduce(bob, desk, sofa)
    world.run(5_000)
    expect(nicks(bob, 'join')).toEqual(['ann'])
    expect(bob.machine.members()[1]?.devices.toSorted()).toEqual(
      [desk.device, sofa.device].toSorted()
    )
    expect(nicks(desk, 'join')).toEqual(['bob'])
    expect(desk.machine.members()[0]?.devices).toEqual([desk.device, sofa.device])
    desk.say('from the desk')
    sofa.say('from the sofa')
    world.run(1_000)
    for (const peer of [bob, desk, sofa]) expect(peer.texts()).toHaveLength(2)
    desk.feed({ type: 'leave' })
    world.run(12_000)
    expect(nicks(bob, 'leave')).toEqual([])
    sofa.feed({ type: 'leave' })
    world.run(100)
    expect(nicks(bob, 'leave')).toEqual(['ann'])
  })
})

describe('one identity has one nick', () => {
  const identity = keysOf('identity ann')

  /** bob, and ann at her desk and then, some seconds later, on her sofa; her nicks. */
  function room(desk: Partial<RoomMachineOptions>, sofa: Partial<RoomMachineOptions>) {
    const world = new World()
    const bob = world.join('bob')
    const atDesk = world.join('ann', desk)
    world.introduce(bob, atDesk)
    world.run(5_000)
    const onSofa = world.join('ann', { identity, device: deviceOf('sofa'), ...sofa })
    world.introduce(bob, atDesk, onSofa)
    world.run(5_000)
    return { world, bob, desk: atDesk, sofa: onSofa, all: [bob, atDesk, onSofa] }
  }

  const nickOf = (peer: Peer) => peer.machine.member(identityOf('ann'))?.nick

  test('that of the device whose user chose last, for everybody, and its own devices too', () => {
    const { all, bob, desk, sofa, world } = room({ nick: 'ann' }, { nick: 'anna' })
    expect(all.map(nickOf)).toEqual(['anna', 'anna', 'anna'])
    expect([desk, sofa].map(({ machine }) => machine.nick)).toEqual(['anna', 'anna'])
    const renamed = { type: 'rename', identity: desk.identity, nick: 'anna', previous: 'ann' }
    expect(desk.of('rename')).toEqual([renamed])
    expect(bob.of('rename')).toEqual([renamed])
    desk.say('hi')
    desk.feed({ type: 'rename', nick: 'annie' })
    world.run(1_000)
    expect(bob.of('message').map(({ message }) => message.nick)).toEqual(['anna'])
    expect(all.map(nickOf)).toEqual(['annie', 'annie', 'annie'])
    const dan = world.join('dan')
    world.introduce(...all, dan)
    world.run(60_000)
    expect([...all, dan].map(nickOf)).toEqual(Array(4).fill('annie'))
    expect(dan.of('rename').length).toBeLessThanOrEqual(1)
    expect(bob.of('rename')).toHaveLength(2)
  })

  test('and falls back when that device leaves', () => {
    const { all, bob, desk, sofa, world } = room({ nick: 'ann' }, { nick: 'anna' })
    desk.feed({ type: 'rename', nick: 'annie' })
    world.run(1_000)
    desk.feed({ type: 'leave' })
    world.run(1_000)
    expect([bob, sofa].map(nickOf)).toEqual(['anna', 'anna'])
    expect(sofa.machine.nick).toBe('anna')
    expect(sofa.of('rename').map(({ nick }) => nick)).toEqual(['annie', 'anna'])
    expect(all).toHaveLength(3)
  })

  test('also when it is gone without a word', () => {
    const { bob, desk, sofa, world } = room({ nick: 'ann' }, { nick: 'anna' })
    world.crash(sofa)
    world.run(12_000)
    expect([bob, desk].map(nickOf)).toEqual(['ann', 'ann'])
    expect(desk.machine.nick).toBe('ann')
  })

  test('which a nick that nobody chose does not change', () => {
    const { all } = room({ nick: 'annie' }, { nick: 'root', nickIsDefault: true })
    expect(all.map(nickOf)).toEqual(['annie', 'annie', 'annie'])
  })

  test('whose time is in whole milliseconds, whatever the clock says', () => {
    const world = new World()
    world.run(0.25)
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(1_000)
    ann?.feed({ type: 'rename', nick: 'anna' })
    world.run(1_000)
    expect(bob?.of('rename')).toHaveLength(1)
  })

  test('and the last word counts although another device has a clock that is ahead', () => {
    const { all, bob, desk, sofa, world } = room({ nick: 'ann' }, { nick: 'anna' })
    sofa.wallSkew = 2 * 60_000
    sofa.feed({ type: 'rename', nick: 'from the future' })
    world.run(1_000)
    expect(nickOf(bob)).toBe('from the future')
    desk.feed({ type: 'rename', nick: 'now' })
    world.run(1_000)
    expect(all.map(nickOf)).toEqual(['now', 'now', 'now'])
  })
})

describe('names', () => {
  test('a rename is told to all, once', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(5_000)
    ann?.feed({ type: 'rename', nick: ' anna ' })
    world.run(10_000)
    expect(ann?.machine.nick).toBe('anna')
    expect(bob?.of('rename')).toEqual([
      { type: 'rename', identity: identityOf('ann'), nick: 'anna', previous: 'ann' }
    ])
    expect(ann?.of('rename')).toEqual([])
  })

  test('a nick is cut at 64 bytes, between letters, and never empty', () => {
    const world = new World()
    expect(world.join('ann', { nick: 'ä'.repeat(40) }).machine.nick).toBe('ä'.repeat(32))
    const bob = world.join('bob', { nick: ' ' })
    expect(bob.machine.nick).toBe(identityOf('bob').slice(0, 8))
  })
})

describe('receipts', () => {
  test('come within two seconds in a small room', () => {
    const world = new World()
    const peers = world.joinAll('ann', 'bob', 'cyd')
    world.run(10_000)
    const [ann, ...others] = peers
    ann?.say('did you get this?')
    world.run(2_000)
    const id = ann?.of('message').at(-1)?.message.id
    expect(ann?.of('receipt').at(-1)).toEqual({ type: 'receipt', id, have: 2, members: 2 })
    for (const peer of others) expect(peer.of('receipt')).toEqual([])
  })

  test('of many members who have a line at the same time are told together, and the first at once', () => {
    const world = new World()
    const ann = world.join('ann')
    const peers = Array.from({ length: 8 }, (_, n) => member(world, ann, `peer ${n}`))
    ann.say('who has this?')
    const id = ann.of('message').at(-1)?.message.id
    if (id === undefined) throw new RangeError('not said')
    for (const [n, peer] of peers.entries())
      feedPushed(ann, peer, textOf(`peer ${n}`, 'I have', EPOCH + 10_000, [id]))
    expect(ann.of('receipt').map(({ have }) => have)).toEqual([1])
    world.run(RECEIPT_PAUSE_MILLIS)
    expect(ann.of('receipt').map(({ have }) => have)).toEqual([1, 8])
  })

  test('are told before we leave', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(2_000)
    ann?.say('one')
    world.run(100)
    bob?.say('two')
    world.run(20)
    ann?.say('three')
    world.run(20)
    bob?.say('four')
    world.run(20)
    ann?.feed({ type: 'leave' })
    expect(new Set(ann?.of('receipt').map(({ id }) => id)).size).toBe(2)
  })

  test('tell of messages that were said to nobody, too', () => {
    const world = new World()
    const ann = world.join('ann')
    ann.say('anybody?')
    world.run(5_000)
    const bob = world.join('bob')
    world.introduce(ann, bob)
    world.run(2_000)
    expect(bob.texts()).toEqual(['anybody?'])
    expect(ann.of('receipt')).toMatchObject([{ have: 1, members: 1 }])
  })
})

describe('what cannot be sent', () => {
  test.each([
    ['nothing but space', ' \n\t ', 'empty'],
    ['more than 8192 bytes', 'ä'.repeat(4_097), 'too-long']
  ])('%s', (_, text, why) => {
    const ann = new World().join('ann')
    ann.say(text)
    expect(ann.of('unsent')).toEqual([{ type: 'unsent', text, why }])
    expect(ann.stored).toEqual([])
  })

  test('8192 bytes are fine', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    world.run(2_000)
    ann?.say('ä'.repeat(4_096))
    world.run(100)
    expect(bob?.texts()).toEqual(['ä'.repeat(4_096)])
  })
})

test('presences stay few when there is nothing to say', () => {
  const world = new World()
  const peers = world.joinAll(...Array.from({ length: 8 }, (_, n) => `peer ${n}`))
  world.run(20_000)
  const before = presencesOf(peers)
  world.run(30_000)
  // Two presences of each of eight members, to each of seven others, and some in vain.
  expect(presencesOf(peers) - before).toBeLessThan(1.5 * 2 * 8 * 7)
})

test('presences do not hurry while everybody talks, and tell what all have when they stop', () => {
  const world = new World()
  const peers = world.joinAll('ann', 'bob', 'cyd', 'dan', 'eve')
  world.run(20_000)
  const before = presencesOf(peers)
  for (let line = 0; line < 100; line++) {
    peers[line % peers.length]?.say(`line ${line}`)
    world.run(100)
  }
  // A regular one of each of five members, to each of four others.
  expect(presencesOf(peers) - before).toBeLessThanOrEqual(5 * 4)
  world.run(4_000)
  const last = peers
    .at(-1)
    ?.of('receipt')
    .findLast(({ have }) => have === 4)
  expect(last?.id).toBe(peers.at(-1)?.of('message').at(-1)?.message.id)
})

/** How many presences they have pushed, each to one neighbour. */
function presencesOf(peers: readonly Peer[]): number {
  const isPresence = ({ frame }: Peer['sent'][number]) =>
    (frame.type === 'message' || frame.type === 'mesh') &&
    glance(frame.sealed)?.kind === KIND_PRESENCE
  return peers.flatMap(({ sent }) => sent).filter(isPresence).length
}

test('members see what bots obey, and whenever that changes', () => {
  const world = new World()
  const ann = world.join('ann', { commands: ['not-a-bot'] })
  const dice = world.join('dice', { bot: true, commands: ['Roll', 'flip'] })
  world.introduce(ann, dice)
  world.run(2_000)
  const seen = () => ann.machine.members().map(({ commands }) => commands)
  expect(seen()).toEqual([[], ['roll', 'flip']])
  expect(dice.machine.members()[1]?.commands).toEqual([])
  dice.feed({ type: 'offer-commands', commands: ['roll'] })
  world.run(1_000)
  expect(seen()[1]).toEqual(['roll'])
})
