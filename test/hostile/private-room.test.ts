import { describe, expect, test } from 'vitest'
import { idToBytes } from '../../src/base/ids.js'
import { signDevice } from '../../src/protocol/access/handshake.js'
import { messageRoom } from '../../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../../src/protocol/access/room-secret.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { open } from '../../src/protocol/wire/message.js'
import { INSTANCE, keysOf, type Peer, type Puppet, SECRET, World } from '../support/harness.js'
import { hello, identify, textOf, visit } from '../support/hostile.js'

const PRIVATE = new Uint8Array(32).fill(13)
const ROOM = messageRoom(PRIVATE)
const { topic } = ROOM

/** A member of the private room, who has said something. */
function ann(world: World): Peer {
  const peer = world.join('ann', { roomSecret: PRIVATE, topic })
  peer.say('only for us')
  return peer
}

/** The claim of a puppet to its device in the private room. */
function claim({ device }: Puppet): Frame {
  const identity = keysOf('identity eve')
  const signature = signDevice(identity, { topic, device, instance: INSTANCE })
  const named = { identity: identity.publicKey, instance: INSTANCE, signature }
  return { type: 'identify', ...named, observer: false }
}

// Spent: all that somebody has who was not invited: the topic, from the DHT, and the room's name, from anybody.
// Suffered: a stream each, until it is closed. Who is there, what was said, and by whom, stays unknown.
describe('a private room', () => {
  test.each([
    ['the topic', idToBytes(topic)],
    ['the name', roomSecretFromName('team')],
    ['the secret of another private room', new Uint8Array(32).fill(14)]
  ])('lets nobody in who has %s alone, and shows nothing of it', (_, secret) => {
    const world = new World()
    const member = ann(world)
    const eve = world.join('eve', { roomSecret: secret, topic })
    world.connect(eve, member)
    world.run(10_000)
    expect(member.of('refused')).toMatchObject([{ peer: eve.device, reason: 'not-a-member' }])
    const told = member.sent.filter(({ to }) => to === eve.device)
    expect(told.map(({ frame }) => frame.type)).toEqual(['hello'])
    expect([...member.machine.members(), ...eve.machine.members()]).toHaveLength(2)
    expect(eve.texts()).toEqual([])
  })

  test.each([
    ['the topic', idToBytes(topic)],
    ['the name', roomSecretFromName('team')]
  ])('has messages that are sealed to who has %s, and not to that', (_, secret) => {
    const member = ann(new World())
    const [said] = member.stored
    if (said === undefined) throw new Error('nothing was said')
    const guess = { topic, cipher: messageRoom(secret).cipher }
    expect(open(said.sealed, guess)).toMatchObject({ ok: true, message: { body: undefined } })
    expect(open(said.sealed, ROOM)).toMatchObject({ ok: true, message: { body: said.body } })
  })

  test('takes no proof, no claim and no message of another room of the same people', () => {
    const world = new World()
    const member = ann(world)
    const elsewhere = visit(world, member, 'proof')
    elsewhere.send(member.device, hello(elsewhere, SECRET))
    const claiming = visit(world, member, 'claim')
    claiming.send(member.device, hello(claiming, PRIVATE))
    claiming.send(member.device, identify(claiming, 'eve'))
    const replaying = visit(world, member, 'message')
    replaying.send(member.device, hello(replaying, PRIVATE))
    replaying.send(member.device, claim(replaying))
    world.run(100)
    replaying.send(member.device, {
      type: 'message',
      hops: 0,
      sealed: textOf('eve', 'said elsewhere').sealed
    })
    world.run(1_000)
    for (const puppet of [elsewhere, claiming, replaying]) expect(puppet.wasClosed()).toBe(true)
    expect(member.texts()).toEqual(['only for us'])
    expect(member.stored).toHaveLength(1)
  })
})
