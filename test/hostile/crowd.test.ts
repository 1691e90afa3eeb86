import { describe, expect, test, vi } from 'vitest'
import type { MessageId, PeerKey, RelayKey } from '../../src/base/ids.js'
import { Roster } from '../../src/protocol/presence/roster.js'
import {
  FREE_DEVICES,
  HAND_ON_RATE,
  MAX_LOOKED_AT,
  MAX_PRESENCES_HANDED_ON,
  MIN_PRESENCES_HANDED_ON
} from '../../src/protocol/presence/tuning.js'
import { decodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  INSTANCE,
  identityOf,
  type Peer,
  type Puppet,
  World
} from '../support/harness.js'
import { hello, identify, member, presenceOf, visit } from '../support/hostile.js'

// Crowds of invented members.
// The attacker spends: a key pair and a signature for each, 300 bytes over one link, and no more than that.
// The room suffers: at link-up as many as a large room has, and then one a second; they are told apart from those whom
// others know, go first, and keep nobody out. What is not believed is not passed on.

/** People who say that they are here. */
function crowd(name: string, count: number, clock = EPOCH): VerifiedMessage[] {
  return Array.from({ length: count }, (_, n) => presenceOf(`${name} ${n}`, {}, clock))
}

function tell(
  peer: Peer,
  from: Puppet,
  people: readonly VerifiedMessage[],
  way: 'message' | 'stored'
) {
  for (const { sealed } of people) {
    const frame = way === 'stored' ? { type: way, sealed } : { type: way, hops: 1, sealed }
    peer.feed({ type: 'frame', from: from.device, frame })
  }
}

/** Everybody's pings are answered, and grafts with what this puppet has. */
function obliging(puppet: Puppet, people: readonly VerifiedMessage[] = []): Puppet {
  const byId = new Map<MessageId, VerifiedMessage>(people.map(message => [message.id, message]))
  puppet.onframe = (from, frame) => {
    if (frame.type === 'ping') puppet.send(from, { type: 'pong' })
    if (frame.type !== 'graft') return
    for (const id of frame.ids) {
      const sealed = byId.get(id)?.sealed
      if (sealed !== undefined) puppet.send(from, { type: 'message', hops: 1, sealed })
    }
  }
  return puppet
}

function announce(peer: Peer, from: Puppet, people: readonly VerifiedMessage[]): void {
  for (let at = 0; at < people.length; at += 128) {
    const entries = people.slice(at, at + 128).map(({ id }) => ({ id, hops: 1 }))
    from.send(peer.device, { type: 'ihave', entries })
  }
}

/** A device of this name that is bob's. */
function twin(world: World, peer: Peer, name: string): Puppet {
  const puppet = visit(world, peer, name)
  puppet.send(peer.device, hello(puppet))
  puppet.send(peer.device, identify(puppet, 'bob'))
  puppet.send(peer.device, { type: 'neighbor', priority: 'high' })
  world.run(100)
  return obliging(puppet)
}

const count = (peer: Peer) => peer.machine.snapshot().members

/** How many presences this puppet was told of when its link came up. */
const toldTo = (puppet: Puppet) => puppet.heard.filter(({ type }) => type === 'stored').length

describe('of people whom one link alone tells of', () => {
  test('1,024 are taken at once and then one a second; nobody else hears of the others [M52]', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    if (ann === undefined || bob === undefined) return
    world.run(5_000)
    const eve = obliging(member(world, ann))
    tell(ann, eve, crowd('first', 1_100), 'stored')
    tell(ann, eve, crowd('second', 100), 'message')
    expect(count(ann)).toBeLessThanOrEqual(2 + MAX_PRESENCES_HANDED_ON)
    for (let second = 0; second < 30; second++) {
      tell(ann, eve, crowd(`at ${second}`, 3, world.now), 'message')
      world.run(1_000)
    }
    expect(count(ann)).toBeGreaterThan(MAX_PRESENCES_HANDED_ON)
    for (const peer of [ann, bob])
      expect(count(peer)).toBeLessThanOrEqual(3 + MAX_PRESENCES_HANDED_ON + 31)
    const dan = world.join('dan')
    world.introduce(bob, dan)
    world.run(2_000)
    expect(ann.machine.member(dan.identity)?.nick).toBe('dan')
  })

  test('of each four devices are taken, and further ones as if they were people [M52]', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob')
    if (ann === undefined || bob === undefined) return
    world.run(5_000)
    const eve = obliging(member(world, ann))
    const owners = Array.from({ length: 100 }, (_, n) => `ghost ${n}`)
    const devices = owners.flatMap(name =>
      Array.from({ length: 15 }, (_, n) =>
        presenceOf(name, { device: deviceOf(`${name} at ${n}`) }, EPOCH + n)
      )
    )
    tell(ann, eve, devices, 'message')
    world.run(2_000)
    const most = MAX_PRESENCES_HANDED_ON + (FREE_DEVICES - 1) * owners.length
    for (const { machine } of [ann, bob]) {
      expect(machine.clocks().length).toBeGreaterThan(owners.length * FREE_DEVICES)
      expect(machine.clocks().length).toBeLessThan(most + 10)
    }
    // Another one that tells of the others is believed.
    tell(ann, obliging(member(world, ann, 'dan')), devices, 'message')
    expect(ann.machine.clocks().length).toBeGreaterThan(devices.length)
  })

  test('another device of somebody who is here is known though its link told of a crowd, so nobody seems gone with the first', () => {
    const world = new World()
    const ann = world.join('ann')
    const bob = obliging(member(world, ann, 'bob'))
    tell(ann, bob, [presenceOf('cyd'), ...crowd('invented', 1_100)], 'message')
    tell(ann, bob, [presenceOf('cyd', { device: deviceOf('laptop') }, EPOCH + 1)], 'message')
    tell(ann, bob, [presenceOf('cyd', { leaving: true }, EPOCH + 2)], 'message')
    expect(ann.machine.member(identityOf('cyd'))?.devices).toEqual([deviceOf('laptop')])
  })

  test('coming again and again, with new keys, brings no crowd each time', () => {
    const world = new World()
    const ann = world.join('ann')
    const people = crowd('ghost', 5_000)
    const since = world.now
    for (let n = 0; n < 20; n++) {
      const eve = member(world, ann, `eve ${n}`)
      tell(ann, eve, people.slice(250 * n, 250 * (n + 1)), 'stored')
      world.cut(ann, eve)
    }
    // Four crowds, what comes by in time, and a minute's worth for each link after that.
    const most = 4 * MAX_PRESENCES_HANDED_ON + 8 * ((world.now - since) / 1_000 + 1) + 4 * 60
    expect(count(ann)).toBeLessThanOrEqual(1 + most)
    const [bob, cyd] = world.joinAll('bob', 'cyd')
    if (bob === undefined || cyd === undefined) return
    world.introduce(ann, bob, cyd)
    world.run(2_000)
    for (const { identity } of [bob, cyd]) expect(ann.machine.member(identity)).toBeDefined()
  })

  test('are not told to newcomers without end: sixteen hear of all of a large room, the others of some', () => {
    const world = new World()
    const ann = world.join('ann')
    const people = Array.from({ length: 500 }, (_, n) => {
      return presenceOf(`one of ${n}`, { interval: 600_000 })
    })
    tell(ann, obliging(member(world, ann)), people, 'message')
    const since = world.now
    const told = Array.from({ length: 70 }, (_, n) => {
      const newcomer = member(world, ann, `newcomer ${n}`, true)
      world.cut(ann, newcomer)
      return toldTo(newcomer)
    })
    expect(told[0]).toBeGreaterThanOrEqual(people.length)
    expect(Math.min(...told)).toBeGreaterThanOrEqual(MIN_PRESENCES_HANDED_ON)
    const { burst, perSecond } = HAND_ON_RATE
    const most = burst + (perSecond * (world.now - since)) / 1_000
    const total = told.reduce((sum, each) => sum + each, 0)
    expect(total).toBeLessThanOrEqual(most + told.length * (1 + MIN_PRESENCES_HANDED_ON))
  })
})

describe('of people whom two links tell of', () => {
  test('everybody is taken', () => {
    const world = new World()
    const ann = world.join('ann')
    const links = ['bob', 'cyd'].map(name => obliging(member(world, ann, name)))
    const people = crowd('one of', 1_500)
    for (const link of links) tell(ann, link, people, 'message')
    expect(count(ann)).toBe(1 + people.length)
  })

  test('but not if both are links of one identity', () => {
    const world = new World()
    const ann = world.join('ann')
    const links = ['desk', 'sofa'].map(device => twin(world, ann, device))
    const people = crowd('one of', 2 * MAX_PRESENCES_HANDED_ON + 100)
    for (const link of links) tell(ann, link, people, 'message')
    expect(count(ann)).toBeLessThanOrEqual(1 + 2 * MAX_PRESENCES_HANDED_ON + 1)
  })
})

describe('an honest room is not held up', () => {
  const people = crowd('member', 999)

  test('a newcomer knows all of a room of 1,000 as soon as it has heard of them', () => {
    const world = new World()
    const ann = world.join('ann')
    const bob = obliging(member(world, ann, 'bob'))
    tell(ann, bob, people, 'stored')
    expect(count(ann)).toBe(1 + people.length)
  })

  test.each([1, 2])(
    'two halves that meet again know each other within a minute, %i times',
    times => {
      const world = new World()
      const ann = world.join('ann')
      const others = crowd('of the other half', times * 500)
      const [bob, cyd] = ['bob', 'cyd'].map(name => obliging(member(world, ann, name), others))
      if (bob === undefined || cyd === undefined) return
      tell(ann, bob, people.slice(0, 500), 'stored')
      world.run(10_000)
      // What ann hears of the other half comes by one branch of the tree; those on the others announce it.
      tell(ann, bob, others, 'message')
      announce(ann, cyd, others)
      world.run(50_000)
      expect(ann.of('join')).toHaveLength(500 + others.length)
    }
  )
})

describe('where there is no room for more', () => {
  /** A roster with room for so many, and how it hears of somebody over the link of somebody else. */
  function small(room: number) {
    const roster = new Roster(identityOf('ann'), room)
    let clock = EPOCH
    const hear = (name: string, teller: string, toldTwice = false) => {
      const message = presenceOf(name, {}, ++clock)
      const body = message.body && decodePresenceBody(message.body)
      if (body === undefined) throw new Error('no presence')
      const heard = { message, body, handedOn: false, teller: identityOf(teller), toldTwice }
      return roster.hear(heard, clock, clock)?.events
    }
    const nicks = () => roster.members().map(({ nick }) => nick)
    return { hear, nicks, roster }
  }

  test('those go first whom that link told of last that told of most', () => {
    const { hear, nicks } = small(6)
    hear('bob', 'bob')
    hear('cyd', 'bob')
    for (const n of [1, 2, 3, 4]) hear(`ghost ${n}`, 'eve')
    expect(nicks()).toEqual(['bob', 'cyd', 'ghost 1', 'ghost 2', 'ghost 3', 'ghost 4'])
    expect(hear('dan', 'bob')).toMatchObject([
      { type: 'leave', nick: 'ghost 4' },
      { type: 'join', nick: 'dan' }
    ])
    expect(hear('eli', 'eli')?.[0]).toMatchObject({ type: 'leave', nick: 'ghost 3' })
    expect(nicks()).toEqual(['bob', 'cyd', 'ghost 1', 'ghost 2', 'dan', 'eli'])
  })

  test('whoever brings a crowd cannot bring more of it', () => {
    const { hear, nicks } = small(3)
    hear('bob', 'bob')
    for (const n of [1, 2, 3]) hear(`ghost ${n}`, 'eve')
    expect(nicks()).toEqual(['bob', 'ghost 1', 'ghost 2'])
  })

  test('of one share those go first who came last, whoever has told of them, and nobody who has a link', () => {
    const { hear, nicks } = small(5)
    hear('bob', 'bob')
    hear('cyd', 'bob')
    hear('dan', 'bob')
    hear('dan', 'eli')
    hear('fay', 'bob')
    hear('gus', 'bob', true)
    expect(hear('eve', 'eve')?.[0]).toMatchObject({ type: 'leave', nick: 'gus' })
    expect(hear('hal', 'hal')?.[0]).toMatchObject({ type: 'leave', nick: 'fay' })
    expect(hear('ivy', 'ivy')?.[0]).toMatchObject({ type: 'leave', nick: 'cyd' })
    expect(nicks()).toEqual(['bob', 'dan', 'eve', 'hal', 'ivy'])
  })

  test('whom one link alone tells of does not go for those who came after it and of whom others tell as well', () => {
    const { hear, nicks } = small(6)
    hear('bob', 'bob')
    hear('cyd', 'bob')
    for (const n of [1, 2, 3, 4]) hear(`ghost ${n}`, 'bob', true)
    expect(hear('ghost 5', 'eve')?.[0]).toMatchObject({ type: 'leave', nick: 'ghost 4' })
    expect(nicks()).toContain('cyd')
  })

  test('who had to go is back when there is room', () => {
    const { hear, nicks, roster } = small(2)
    hear('bob', 'bob')
    hear('cyd', 'bob')
    hear('dan', 'dan')
    expect(nicks()).toEqual(['bob', 'dan'])
    roster.goodbye(identityOf('dan'), deviceOf('dan'), EPOCH)
    hear('cyd', 'bob')
    expect(nicks()).toEqual(['bob', 'cyd'])
  })
})

test('a crowd that offers relays offers a dial no more than 64, and those of known members first', () => {
  const roster = new Roster(identityOf('ann'))
  const offer = (name: string, teller: string) => {
    const relay = deviceOf(`relay of ${name}`) as string as RelayKey
    const message = presenceOf(name, { relay })
    const body = message.body && decodePresenceBody(message.body)
    if (body === undefined) throw new Error('no presence')
    roster.hear({ message, body, handedOn: false, teller: identityOf(teller) }, EPOCH, EPOCH)
    return relay
  }
  const known = offer('bob', 'bob')
  for (let n = 0; n < 100; n++) offer(`ghost ${n}`, 'eve')
  expect(roster.relays()).toHaveLength(64)
  expect(roster.relays()[0]).toBe(known)
})

test('what a new link costs does not grow with a crowd: so many are looked at, known ones first', () => {
  const roster = new Roster(identityOf('ann'), 3 * MAX_LOOKED_AT)
  const usual = { leaving: false, bot: false, routine: true, interval: 900_000, nick: 'bob' }
  const hear = (n: number, teller: string) => {
    const [author, device] = [idOf('a', n), idOf('d', n)]
    const message = { author, clock: 1, parents: [] } as unknown as VerifiedMessage
    const body = { ...usual, device: device as PeerKey, instance: INSTANCE }
    roster.hear({ message, body, handedOn: true, teller: teller as never }, 1, 1)
  }
  for (let n = 0; n < 2 * MAX_LOOKED_AT; n++) hear(n, 'eve')
  for (let n = 1; n <= 3; n++) hear(-n, idOf('a', -n))
  const next = vi.spyOn(Map.prototype, 'values')
  expect(roster.toHandOn(MAX_PRESENCES_HANDED_ON, 2)).toEqual([])
  // One call for the devices of each member that is looked at.
  const calls = next.mock.calls.length
  next.mockRestore()
  expect(calls).toBeGreaterThan(MAX_LOOKED_AT - 10)
  expect(calls).toBeLessThan(MAX_LOOKED_AT + 10)
})

test('what a presence costs, and a second, does not grow with the room', () => {
  const rooms = [roomOf(500), roomOf(16_000)] as const
  // In turns: what else the machine does slows both down.
  const costs = Array.from({ length: 9 }, (_, at) => rooms.map(room => room(at)))
  const [few, many] = rooms.map((_, at) => Math.min(...costs.map(cost => cost[at] as number)))
  // What grows with the room costs 32 times as much.
  expect((many as number) / (few as number)).toBeLessThan(8)
})

/** A room of that size, in which one member speaks every second: tells what its next five minutes cost, in ms. */
function roomOf(size: number): (at: number) => number {
  const roster = new Roster(identityOf('ann'))
  const usual = { leaving: false, bot: false, routine: true, interval: 900_000, nick: 'bob' }
  const hear = (n: number, clock: number, interval = usual.interval) => {
    const [author, device] = [idOf('a', n), idOf('d', n)]
    const message = { author, clock, parents: [] } as unknown as VerifiedMessage
    const body = { ...usual, device: device as PeerKey, instance: INSTANCE, interval }
    roster.hear({ message, body, handedOn: false }, clock, clock)
  }
  for (let n = 0; n < size; n++) hear(n, EPOCH)
  return at => {
    const since = performance.now()
    for (let second = 1; second <= 300; second++) {
      const now = EPOCH + (300 * at + second) * 1_000
      hear(7, now, 10_000)
      roster.expire(now)
      roster.overdue(4)
      roster.has(idOf('e', second) as PeerKey)
      if (second % 60 === 0) for (let n = 0; n < 500; n++) hear(n, now)
    }
    return performance.now() - since
  }
}

function idOf(letter: string, n: number): string {
  return `${letter}${n}`.padEnd(64, '0')
}
