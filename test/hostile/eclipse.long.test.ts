import { describe, expect, test, vi } from 'vitest'
import type { PeerKey } from '../../src/base/ids.js'
import { MEMBERSHIP_TUNING } from '../../src/protocol/membership/tuning.js'
import { deviceOf, keysOf, type Peer, type Puppet, World } from '../support/harness.js'
import { intrude, playMember } from '../support/hostile.js'

const { activeMax, activeTarget, visitIntervalMillis } = MEMBERSHIP_TUNING

// Half a minute of a besieged room is thousands of handshakes.
vi.setConfig({ testTimeout: 180_000 })

/** Links that one hostile member has. */
const HOSTILE_LINKS = 8
/** So often a hostile member looks whether its links are closed, in ms. */
const INSIST_MILLIS = 500
/** Every line is everywhere within this, in ms. */
const ARRIVES_MILLIS = 2_000

interface Room {
  readonly world: World
  readonly members: Peer[]
  readonly victim: Peer
}

/** A room in which all views are full; one of its members is going to be attacked. */
function fullRoom(size = 20): Room {
  const world = new World()
  const members = Array.from({ length: size }, (_, n) => world.join(`member ${n}`))
  world.introduce(...members)
  world.run(60_000)
  const [victim] = members
  if (victim === undefined) throw new Error('an empty room')
  return { world, members, victim }
}

/** Those of the others that the peer is connected to. */
function linked(world: World, peer: Peer, others: Iterable<{ device: PeerKey }>): PeerKey[] {
  const devices = [...others].map(({ device }) => device)
  return devices.filter(device => device !== peer.device && world.connected(device, peer.device))
}

/** Those of these names whom the peer has given a place. */
function accepted(peer: Peer, names: readonly string[]): string[] {
  return names.filter(name =>
    peer.sent.some(
      ({ frame, to }) => to === deviceOf(name) && frame.type === 'neighbor-reply' && frame.accepted
    )
  )
}

/** Eight links that are dialled again whenever they are closed, for so long. */
function besiege(
  { victim, world }: Room,
  seconds: number,
  names: (link: number, attempt: number) => { device: string; identity: string; address?: string }
): void {
  const links: { puppet?: Puppet; attempts: number }[] = Array.from(
    { length: HOSTILE_LINKS },
    () => ({ attempts: 0 })
  )
  const look = () => {
    for (const [n, link] of links.entries()) {
      if (link.puppet !== undefined && world.connected(link.puppet.device, victim.device)) continue
      link.puppet = intrude(world, victim, names(n, link.attempts++))
    }
  }
  for (let at = 0; at < seconds * 1_000; at += INSIST_MILLIS) world.after(at, look)
}

/** Others say a line a second, for so long: how many of them the victim did not hear in time. */
function late({ members, victim, world }: Room, seconds: number): number {
  let count = 0
  for (let second = 0; second < seconds; second++) {
    const text = `line ${second} at ${world.now}`
    members[1 + (second % (members.length - 1))]?.say(text)
    world.after(ARRIVES_MILLIS, () => {
      if (!victim.texts().includes(text)) count++
    })
    world.run(1_000)
  }
  world.run(ARRIVES_MILLIS)
  return count
}

// Spent: 8 links to one member, dialled again at once when they are closed, and any number of keys.
// Suffered: some of its links change; it hears every line in time, and keeps half of its neighbours.
describe('whoever dials in', () => {
  test.each([
    ['one identity', (link: number) => ({ device: `eve ${link}`, identity: 'eve' })],
    [
      'one identity with a fresh device each time',
      (link: number, attempt: number) => ({ device: `eve ${link} ${attempt}`, identity: 'eve' })
    ],
    [
      'a fresh identity each time',
      (link: number, attempt: number) => {
        const name = `eve ${link} ${attempt}`
        return { device: name, identity: name }
      }
    ]
  ])('as %s cannot take the links of a member', (_, names) => {
    const room = fullRoom()
    const { members, victim, world } = room
    const before = linked(world, victim, members)
    expect(before.length).toBeGreaterThanOrEqual(activeMax)
    besiege(room, 30, names)
    expect(late(room, 30)).toBe(0)
    const kept = linked(world, victim, members).filter(device => before.includes(device))
    expect(kept.length).toBeGreaterThanOrEqual(activeMax / 2)
  })

  const eves = Array.from({ length: HOSTILE_LINKS }, (_, n) => `eve ${n}`)

  test('has two places of one identity in a full view', () => {
    const room = fullRoom()
    besiege(room, 30, link => ({ device: `eve ${link}`, identity: 'eve' }))
    room.world.run(31_000)
    expect(accepted(room.victim, eves)).toHaveLength(2)
  })

  test('has two places of one block of addresses in a full view', () => {
    const room = fullRoom()
    besiege(room, 30, link => {
      const name = `eve ${link}`
      return { device: name, identity: name, address: `192.0.2.${link}` }
    })
    room.world.run(31_000)
    expect(accepted(room.victim, eves)).toHaveLength(2)
  })

  test('from the same LAN is not counted together', () => {
    const room = fullRoom()
    besiege(room, 60, link => {
      const name = `ann ${link}`
      return { device: name, identity: name, address: `192.168.1.${link}` }
    })
    room.world.run(61_000)
    expect(
      accepted(
        room.victim,
        eves.map((_, n) => `ann ${n}`)
      ).length
    ).toBeGreaterThan(2)
  })
})

test('twelve devices of one person are a room like any other', () => {
  const world = new World()
  const identity = keysOf('identity ann')
  const members = Array.from({ length: 12 }, (_, n) => world.join(`device ${n}`, { identity }))
  world.introduce(...members)
  world.run(20_000)
  for (const member of members) {
    expect(linked(world, member, members).length).toBeGreaterThanOrEqual(activeTarget)
  }
  members[0]?.say('hello')
  world.run(ARRIVES_MILLIS)
  for (const member of members) expect(member.texts()).toContain('hello')
})

/** What the hostile neighbours of a member tell it: who else is here, so that nobody is a stranger, and nothing more. */
function tellWhoIsHere(members: readonly Peer[], puppets: readonly Puppet[], to: Peer): void {
  for (const member of members) {
    const presence = member.sent.find(({ frame }) => frame.type === 'stored')?.frame
    if (presence !== undefined) for (const puppet of puppets) puppet.send(to.device, presence)
  }
}

// Spent: 8 links to somebody who has just come, before it has found anybody else.
// Suffered: it hears nothing for some seconds.
test('a newcomer whose whole view was taken before it looked finds the others', () => {
  const { members, world } = fullRoom()
  const victim = world.join('newcomer')
  const puppets = Array.from({ length: HOSTILE_LINKS }, (_, n) =>
    intrude(world, victim, { device: `eve ${n}`, identity: `eve ${n}` })
  )
  world.run(1_000)
  tellWhoIsHere(members, puppets, victim)
  world.run(1_000)
  victim.feed({ type: 'candidates', peers: members.map(({ device }) => device) })
  world.run(5_000)
  expect(late({ world, members: [victim, ...members], victim }, 20)).toBe(0)
})

// Spent: 8 announcements that a lookup names before those of the others, and 8 members that pass nothing on.
// Suffered: it hears nothing for a minute or so.
test('a member that has chosen none but hostile neighbours finds out in about a minute', () => {
  const { members, world } = fullRoom()
  const victim = world.join('newcomer')
  const puppets = Array.from({ length: activeMax }, (_, n) => {
    const puppet = world.puppet(`eve ${n}`)
    playMember(puppet, `eve ${n}`)
    return puppet
  })
  victim.feed({ type: 'candidates', peers: puppets.map(({ device }) => device) })
  world.run(10_000)
  expect(linked(world, victim, puppets)).toHaveLength(activeMax)
  tellWhoIsHere(members, puppets, victim)
  world.run(1_000)
  victim.feed({ type: 'candidates', peers: members.map(({ device }) => device) })
  members[3]?.say('withheld')
  world.run(1.25 * visitIntervalMillis + 5_000)
  expect(victim.texts()).toContain('withheld')
  expect(late({ world, members: [victim, ...members], victim }, 20)).toBe(0)
})
