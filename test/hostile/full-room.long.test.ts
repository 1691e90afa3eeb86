import { describe, expect, test, vi } from 'vitest'
import type { PeerKey } from '../../src/base/ids.js'
import { MEMBERSHIP_TUNING } from '../../src/protocol/membership/tuning.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { type Peer, type Puppet, World } from '../support/harness.js'
import { member, playMember } from '../support/hostile.js'

// A room in which every view is full has no place for who does not need one.
// Spent: a link to somebody who has just come, before anybody else has one, or an announcement that is found first.
// Suffered: whoever dialled in costs nothing; whom the newcomer chose itself, about a minute.

/** Every line is everywhere within this, in ms. */
const ARRIVES_MILLIS = 2_000

vi.setConfig({ testTimeout: 180_000 })

interface Scene {
  readonly world: World
  readonly members: Peer[]
  readonly victim: Peer
}

/** Twenty members whose views are full, and somebody who has come and knows nobody. */
function fullRoom(seed = 1): Scene {
  const world = new World(seed)
  const members = Array.from({ length: 20 }, (_, n) => world.join(`member ${n}`))
  world.introduce(...members)
  world.run(60_000)
  return { world, members, victim: world.join('victim') }
}

/** So many who have a link to the victim, and say nothing over it but that they live. */
function dialIn({ victim, world }: Scene, count: number): Puppet[] {
  return Array.from({ length: count }, (_, n) => {
    const eve = member(world, victim, `eve ${n}`)
    playMember(eve, `eve ${n}`)
    return eve
  })
}

/** So many whom a lookup names. */
function announce({ victim, world }: Scene, count: number): Puppet[] {
  const eves = Array.from({ length: count }, (_, n) => world.puppet(`eve ${n}`))
  for (const [n, eve] of eves.entries()) playMember(eve, `eve ${n}`)
  victim.feed({ type: 'candidates', peers: eves.map(({ device }) => device) })
  world.run(2_000)
  return eves
}

/** Nothing crosses between the victim and any other member than these. */
function reachOnly({ members, victim, world }: Scene, reached: readonly Peer[]): void {
  const cut = new Set<PeerKey>()
  for (const each of members) if (!reached.includes(each)) cut.add(each.device)
  world.passes = (from, to) => {
    if (from === victim.device) return !cut.has(to)
    return to !== victim.device || !cut.has(from)
  }
}

/** Members say 20 lines, each of which the eves announce as soon as it is said; how late each was, in ms. */
function delays({ members, victim, world }: Scene, eves: readonly Puppet[]): number[] {
  return Array.from({ length: 20 }, (_, n) => {
    const author = members[n % 5] as Peer
    const text = `line ${n} at ${world.now}`
    author.say(text)
    const { id } = author.stored.at(-1) as VerifiedMessage
    for (const eve of eves) eve.send(victim.device, { type: 'ihave', entries: [{ id, hops: 0 }] })
    const said = world.now
    while (!victim.texts().includes(text) && world.now < said + ARRIVES_MILLIS) world.run(20)
    const late = world.now - said
    world.run(1_000)
    return late
  })
}

describe.each([1, 7])('a full room, and %i who announce what is said and send none', count => {
  test('and have dialled a newcomer first, delay no line', () => {
    const scene = fullRoom()
    const eves = dialIn(scene, count)
    scene.victim.feed({ type: 'candidates', peers: scene.members.map(({ device }) => device) })
    scene.world.run(5_000)
    expect(Math.max(...delays(scene, eves))).toBeLessThan(ARRIVES_MILLIS)
  })

  test('delay no line for whoever reaches one honest member alone', () => {
    const scene = fullRoom()
    const friends = scene.members.slice(-1)
    reachOnly(scene, friends)
    const eves = dialIn(scene, count)
    scene.victim.feed({ type: 'candidates', peers: friends.map(({ device }) => device) })
    scene.world.run(5_000)
    expect(Math.max(...delays(scene, eves))).toBeLessThan(ARRIVES_MILLIS)
  })

  test('and dial who is there already, delay no line', () => {
    const scene = fullRoom()
    scene.victim.feed({ type: 'candidates', peers: scene.members.map(({ device }) => device) })
    scene.world.run(5_000)
    expect(Math.max(...delays(scene, dialIn(scene, count)))).toBeLessThan(ARRIVES_MILLIS)
  })
})

test.each([1, 2, 5])(
  'a newcomer that chose %i such members first, and is refused by the others, finds out in about a minute',
  count => {
    const scene = fullRoom(5)
    const eves = announce(scene, count)
    scene.victim.feed({ type: 'candidates', peers: scene.members.map(({ device }) => device) })
    scene.members[3]?.say('withheld')
    scene.world.run(1.25 * MEMBERSHIP_TUNING.visitIntervalMillis + 5_000)
    expect(scene.victim.texts()).toContain('withheld')
    expect(Math.max(...delays(scene, eves))).toBeLessThan(ARRIVES_MILLIS)
  }
)
