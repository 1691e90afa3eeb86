import { describe, expect, test } from 'vitest'
import { encodeSuspicionBody } from '../../src/protocol/wire/bodies/suspicion.js'
import { KIND_PRESENCE, KIND_SUSPICION, KIND_TYPING } from '../../src/protocol/wire/kinds.js'
import { open, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { type Peer, type Puppet, ROOM, World } from '../support/harness.js'
import { feedPushed, member, messageOf, numbered, textOf } from '../support/hostile.js'

const pushedTo = (peer: Peer, puppet: Puppet) =>
  peer.sent.flatMap(({ frame, to }) =>
    to === puppet.device && frame.type === 'message'
      ? [Buffer.from(frame.sealed).toString('hex')]
      : []
  )

/** The presences that a puppet has overheard, oldest first. */
const presencesIn = (puppet: Puppet, author: string): VerifiedMessage[] =>
  puppet.heard.flatMap(frame => {
    if (frame.type !== 'message' && frame.type !== 'mesh' && frame.type !== 'stored') return []
    const opened = open(frame.sealed, ROOM)
    return opened.ok && opened.message.kind === KIND_PRESENCE && opened.message.author === author
      ? [opened.message]
      : []
  })

describe('what is replayed', { timeout: 300_000 }, () => {
  // Spends: presences of ann's that eve has kept. Costs the room: nothing, and ann nothing.
  test('an old presence is not passed on [M46]', () => {
    const world = new World()
    const ann = world.join('ann')
    const spy = member(world, ann, 'spy')
    world.run(30 * 60_000)
    const [oldest] = presencesIn(spy, ann.identity)
    world.crash(ann)
    const bob = world.join('bob')
    const [eve, cyd] = [member(world, bob, 'eve'), member(world, bob, 'cyd')]
    feedPushed(bob, eve, oldest as VerifiedMessage)
    world.run(10_000)
    const sealed = Buffer.from((oldest as VerifiedMessage).sealed).toString('hex')
    expect(pushedTo(bob, cyd)).not.toContain(sealed)
    expect(bob.machine.members().map(({ nick }) => nick)).toEqual(['bob'])
  })

  // Spends: more than somebody may say at once, all of it two minutes old. Costs the room: nothing, and that member nothing.
  test('what is too old to be passed on is not charged to anybody [M46]', () => {
    const world = new World()
    const bob = world.join('bob')
    const [eve, cyd] = [member(world, bob, 'eve'), member(world, bob, 'cyd')]
    const typing = (clock: number, n: number) =>
      messageOf('vic', { kind: KIND_TYPING, clock, nonce: numbered(n), body: Uint8Array.of(1) })
    for (let n = 0; n < 300; n++) feedPushed(bob, eve, typing(world.now - 120_000 + n, n))
    const fresh = typing(world.now, 300)
    feedPushed(bob, eve, fresh)
    world.run(1_000)
    expect(pushedTo(bob, cyd)).toEqual([Buffer.from(fresh.sealed).toString('hex')])
  })

  // Spends: a suspicion that somebody signed two minutes ago. Costs the room: nothing.
  test('an old suspicion is not passed on', () => {
    const world = new World()
    const bob = world.join('bob')
    const [eve, cyd] = [member(world, bob, 'eve'), member(world, bob, 'cyd')]
    const suspect = { identity: bob.identity, device: bob.device, clock: world.now }
    const body = encodeSuspicionBody(suspect)
    const old = messageOf('dan', { kind: KIND_SUSPICION, clock: world.now - 120_000, body })
    feedPushed(bob, eve, old)
    world.run(2_000)
    expect(pushedTo(bob, cyd)).not.toContain(Buffer.from(old.sealed).toString('hex'))
  })

  // Spends: 3,000 presences of ann's, none older than 20 minutes, that bob has not seen.
  // Costs ann: nothing. Her next line and her next presence count at bob's.
  test('presences of somebody do not use up what that member may say', () => {
    const world = new World()
    const bob = world.join('bob')
    const [eve, cyd] = [member(world, bob, 'eve'), member(world, bob, 'cyd')]
    feedPushed(bob, eve, presenceOf('ann', world.now))
    for (let n = 0; n < 3_000; n++) feedPushed(bob, eve, presenceOf('ann', world.now - 900_000 + n))
    feedPushed(bob, cyd, textOf('ann', 'here I am', world.now + 1))
    const fresh = presenceOf('ann', world.now + 2)
    feedPushed(bob, cyd, fresh)
    world.run(1_000)
    expect(bob.texts()).toEqual(['here I am'])
    expect(pushedTo(bob, eve)).toContain(Buffer.from(fresh.sealed).toString('hex'))
    const replayed = pushedTo(bob, cyd).length
    expect(replayed).toBeLessThan(200)
  })

  // Spends: 5,000 lines of ann's that bob has not got. Costs ann: nothing that she says now.
  test('lines of somebody do not use up what that member may say', () => {
    const world = new World()
    const bob = world.join('bob')
    feedPushed(bob, member(world, bob, 'dan'), textOf('ann', 'hello', world.now))
    world.run(11 * 60_000)
    const [eve, cyd] = [member(world, bob, 'eve'), member(world, bob, 'cyd')]
    for (let n = 0; n < 5_000; n++)
      feedPushed(bob, eve, textOf('ann', `old ${n}`, world.now - 3_600_000 + n))
    feedPushed(bob, cyd, textOf('ann', 'now', world.now))
    world.run(1_000)
    expect(bob.texts()).toContain('now')
  })
})

function presenceOf(name: string, clock: number): VerifiedMessage {
  const body = Buffer.alloc(38)
  body.set(Buffer.from(name).subarray(0, 32))
  return messageOf(name, { kind: KIND_PRESENCE, clock, body })
}
