import { describe, expect, test } from 'vitest'
import type { MessageId, PeerKey } from '../../src/base/ids.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { deviceOf, type Peer, type Puppet, World } from '../support/harness.js'
import { feedPushed, hello, identify, member, textOf } from '../support/hostile.js'
import { idOf } from '../support/reconcile.js'

// Announced and never sent.
// Spent: some links, and an id for each line of the room, over no hops: nobody could have it sooner.
// Suffered: an id for each id, and nothing else: whoever has one honest link hears every line in time.

/** Every line is everywhere within this, in ms. */
const ARRIVES_MILLIS = 2_000

interface Scene {
  readonly world: World
  readonly victim: Peer
  readonly author: Peer
  readonly eves: Puppet[]
}

/** A member at the end of a chain of six, where lines cross many links, and so many neighbours who only announce. */
function scene(count: number): Scene {
  const world = new World()
  const members = Array.from({ length: 6 }, (_, n) => world.join(`member ${n}`))
  for (const [n, member] of members.entries()) {
    const next = members[n + 1]
    if (next !== undefined) world.connect(member, next)
  }
  const places = new Map(members.map(({ device }, n) => [device, n]))
  const placeOf = (device: PeerKey) => places.get(device)
  const victim = world.join('victim')
  places.set(victim.device, members.length)
  world.passes = (from, to) => {
    const [a, b] = [placeOf(from), placeOf(to)]
    return a === undefined || b === undefined || Math.abs(a - b) === 1
  }
  const eves = Array.from({ length: count }, (_, n) => member(world, victim, `eve ${n}`))
  for (const eve of eves) {
    eve.onframe = (from, frame) => {
      if (frame.type === 'ping') eve.send(from, { type: 'pong' })
    }
  }
  const friend = members.at(-1) as Peer
  world.connect(victim, friend)
  world.run(10_000)
  return { world, victim, author: members[0] as Peer, eves }
}

/** The author says so many lines, one a second, each of which eve announces as soon as it is said; how late each was. */
function delays(
  { author, eves, victim, world }: Scene,
  lines: number,
  serves = (_: number) => false
): number[] {
  const late: number[] = []
  for (let n = 0; n < lines; n++) {
    author.say(`line ${n}`)
    const { id, sealed } = author.stored.at(-1) as VerifiedMessage
    const frame: Frame = serves(n)
      ? { type: 'message', hops: 1, sealed }
      : { type: 'ihave', entries: [{ id, hops: 0 }] }
    for (const eve of eves) eve.send(victim.device, frame)
    const said = world.now
    while (!victim.texts().includes(`line ${n}`) && world.now < said + 10_000) world.run(20)
    late.push(world.now - said)
    world.run(1_000)
  }
  return late
}

/** The ids that the victim has asked each of these for. */
function asked({ eves, victim }: Scene): number[] {
  return eves.map(({ device }) => {
    const grafts = victim.sent.filter(({ frame, to }) => to === device && frame.type === 'graft')
    return grafts.reduce((n, { frame }) => n + (frame.type === 'graft' ? frame.ids.length : 0), 0)
  })
}

/** The link of one of them ends, and it takes another one. */
function comeBack({ victim, world }: Scene, eve: Puppet): void {
  world.disconnect(eve, victim.device)
  world.connect(eve, victim)
  eve.send(victim.device, hello(eve))
  eve.send(victim.device, identify(eve, 'eve'))
  eve.send(victim.device, { type: 'neighbor', priority: 'high' })
}

describe.each([1, 7])('%i who announce all that is said and send none', count => {
  test('delay no line', () => {
    expect(Math.max(...delays(scene(count), 30))).toBeLessThan(ARRIVES_MILLIS)
  })

  test('or every other one, having pushed those between, delay no line by much', () => {
    const late = delays(scene(count), 30, n => n % 2 === 0)
    expect(Math.max(...late)).toBeLessThan(ARRIVES_MILLIS)
  })

  test('and much more besides delay no line, and are asked for each once', () => {
    const room = scene(count)
    room.victim.sent.length = 0
    for (let n = 0; n < 30; n++) {
      const entries = Array.from({ length: 100 }, (_, at) => ({ id: idOf(n * 100 + at), hops: 0 }))
      room.world.after(n * 1_000, () => {
        for (const eve of room.eves) eve.send(room.victim.device, { type: 'ihave', entries })
      })
    }
    expect(Math.max(...delays(room, 30))).toBeLessThan(ARRIVES_MILLIS)
    expect(Math.max(...asked(room))).toBeLessThanOrEqual(30 * 100 + 30)
  })

  test('and much more besides delay no line though they push what is known again, and come back', () => {
    const room = scene(count)
    room.victim.sent.length = 0
    for (let n = 0; n < 120; n++) {
      const entries = Array.from({ length: 100 }, (_, at) => ({ id: idOf(n * 100 + at), hops: 0 }))
      room.world.after(n * 500, () => {
        const known = room.author.stored.at(-1)
        for (const eve of room.eves) {
          if (n % 30 === 29) comeBack(room, eve)
          if (known !== undefined) feedPushed(room.victim, eve, known)
          eve.send(room.victim.device, { type: 'ihave', entries })
        }
      })
    }
    expect(Math.max(...delays(room, 60))).toBeLessThan(ARRIVES_MILLIS)
    expect(Math.max(...asked(room))).toBeLessThanOrEqual(120 * 100 + 60)
  })
})

test('whoever names what nobody has in lines of its own brings nobody who passes them on into disrepute', () => {
  const { victim, world } = scene(0)
  const friend = world.ends.get(deviceOf('member 5')) as Peer
  for (let n = 0; n < 40; n++) {
    const parents = Array.from({ length: 8 }, (_, at) => idOf(1_000 * n + at) as MessageId)
    const line = textOf('eve', `line ${n}`, world.now + n, parents)
    feedPushed(victim, { device: friend.device } as Puppet, line)
  }
  world.run(10_000)
  friend.sent.length = 0
  const { id } = textOf('bob', 'announced only', world.now)
  world.send(friend, victim.device, { type: 'ihave', entries: [{ id, hops: 1 }] })
  victim.sent.length = 0
  world.run(3_000)
  const grafts = victim.sent.flatMap(({ frame }) => (frame.type === 'graft' ? frame.ids : []))
  expect(grafts).toContain(id)
})

test('members whose lines a spammer names as parents lose nothing by it', () => {
  const { eves, victim, world } = scene(1)
  const [author, friend] = ['member 0', 'member 5'].map(
    name => world.ends.get(deviceOf(name)) as Peer
  )
  author?.say('settled')
  world.run(3_000)
  for (let n = 0; n < 200; n++) {
    world.after(n * 50, () => {
      if (n % 10 === 0) author?.say(`line ${n}`)
      const named = author?.stored.slice(-8).map(({ id }) => id) ?? []
      const invented = Array.from(
        { length: 8 - named.length },
        (_, at) => idOf(100 * n + at) as MessageId
      )
      const parents = [...named, ...invented].toSorted()
      feedPushed(victim, eves[0] as Puppet, textOf('eve', `spam ${n}`, world.now, parents))
    })
  }
  world.run(10_000 + ARRIVES_MILLIS)
  const lines = Array.from({ length: 20 }, (_, n) => `line ${10 * n}`)
  expect(victim.texts().filter(text => text.startsWith('line'))).toEqual(lines)
  expect(victim.closed.map(({ peer }) => peer)).not.toContain(friend?.device)
  expect(victim.of('forged')).toEqual([])
  expect(victim.of('leave')).toEqual([])
  author?.say('afterwards')
  world.run(ARRIVES_MILLIS)
  expect(victim.texts()).toContain('afterwards')
})
