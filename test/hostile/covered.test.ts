import { describe, expect, test } from 'vitest'
import { SIGNATURE_BYTES } from '../../src/base/crypto.js'
import type { MessageId } from '../../src/base/ids.js'
import { encodeSuspicionBody } from '../../src/protocol/wire/bodies/suspicion.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../../src/protocol/wire/kinds.js'
import { messageId, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  identityOf,
  type Peer,
  type Puppet,
  TOPIC,
  World
} from '../support/harness.js'
import {
  feedPushed,
  feedStored,
  member,
  messageOf,
  presenceOf,
  textOf
} from '../support/hostile.js'

interface Forged {
  readonly id: MessageId
  readonly sealed: Uint8Array
}

/** The message under a signature that is none. */
function spoiled({ parents, sealed }: VerifiedMessage): Forged {
  const bytes = Uint8Array.from(sealed)
  const at = 59 + 32 * parents.length + SIGNATURE_BYTES / 2
  bytes[at] = (bytes[at] ?? 0) ^ 1
  const id = messageId(bytes, TOPIC)
  if (id === undefined) throw new Error('it has an id all the same')
  return { id, sealed: bytes }
}

/** Answers what the peer asks for, as history. */
function answerWith(puppet: Puppet, messages: readonly Forged[]): void {
  puppet.onframe = (from, frame) => {
    if (frame.type === 'ping') puppet.send(from, { type: 'pong' })
    if (frame.type !== 'want') return
    for (const { id, sealed } of messages) {
      if (frame.ids.includes(id)) puppet.send(from, { type: 'stored', sealed })
    }
  }
}

/** A peer with two links, to eve, who answers for those messages, and to bob. */
function scene(messages: readonly Forged[]) {
  const world = new World()
  const ann = world.join('ann')
  const [eve, bob] = [member(world, ann), member(world, ann, 'bob')]
  answerWith(eve, messages)
  return { world, ann, eve, bob }
}

/** Everything that bob was sent, whatever frame it came in. */
function sentTo({ device }: Puppet, { sent }: Peer): MessageId[] {
  return sent.flatMap(({ frame, to }) => {
    const id = to === device && 'sealed' in frame ? messageId(frame.sealed, TOPIC) : undefined
    return id ?? []
  })
}

// Spends: a line that nobody signed, and a good one by the same author that names it. Costs the room: a false line, of that
// author only, until somebody asks for it or nothing else goes on. Costs who handed it on: nothing. Costs the author: its voice.
describe('a message that its author vouched for and did not sign', () => {
  const bad = spoiled(textOf('mal', 'unsigned'))
  const voucher = textOf('mal', 'later', EPOCH + 1, [bad.id])

  function taken() {
    const all = scene([bad])
    feedStored(all.ann, all.eve, voucher)
    all.world.run(100)
    return all
  }

  test('is shown as long as nobody knows better, and not written to disk', () => {
    const { ann } = taken()
    expect(ann.texts()).toEqual(['later', 'unsigned'])
    expect(ann.stored.map(({ id }) => id)).toEqual([voucher.id])
  })

  test.each(['want', 'graft'] as const)('is not handed on to who asks with %s [M33]', type => {
    const { ann, bob, world } = taken()
    bob.send(ann.device, { type, ids: [bad.id, voucher.id] })
    world.run(100)
    expect(sentTo(bob, ann)).toContain(voucher.id)
    expect(sentTo(bob, ann)).not.toContain(bad.id)
    expect(ann.of('forged')).toMatchObject([{ identity: identityOf('mal'), ids: [bad.id] }])
  })

  test('goes, is told of, and costs its author all that it says from now on, but nobody a link [M34] [M35]', () => {
    const { ann, bob, eve, world } = taken()
    world.run(10_000)
    expect(ann.of('forged')).toEqual([
      { type: 'forged', identity: identityOf('mal'), ids: [bad.id] }
    ])
    expect(ann.machine.history().map(({ id }) => id)).toEqual([voucher.id])
    feedPushed(ann, eve, textOf('mal', 'and another thing', world.now))
    feedPushed(ann, bob, textOf('eve', 'good evening', world.now))
    world.run(1_000)
    expect(ann.texts().slice(2)).toEqual(['good evening'])
    expect(sentTo(bob, ann)).not.toContain(bad.id)
    expect(ann.closed).toEqual([])
  })

  test('is not held against what its author says of others, whom they are to hear of', () => {
    const { ann, bob, eve, world } = taken()
    world.run(10_000)
    const clock = world.now
    feedPushed(ann, eve, presenceOf('cyd', {}, clock))
    world.run(100)
    const suspect = { identity: identityOf('cyd'), device: deviceOf('cyd'), clock }
    const body = encodeSuspicionBody(suspect)
    const suspicion = messageOf('mal', { kind: KIND_SUSPICION, clock: world.now, body })
    feedPushed(ann, eve, suspicion)
    world.run(100)
    expect(sentTo(bob, ann)).toContain(suspicion.id)
  })

  test('is not asked for again', () => {
    const { ann, bob, world } = taken()
    world.run(10_000)
    bob.send(ann.device, { type: 'offer', ids: [bad.id] })
    world.run(100)
    const asked = ann.sent.flatMap(({ frame, to }) =>
      frame.type === 'want' && to === bob.device ? frame.ids : []
    )
    expect(asked).not.toContain(bad.id)
  })

  test('takes with it what else is here at that word', () => {
    const older = spoiled(textOf('mal', 'older'))
    const newer = spoiled(textOf('mal', 'newer', EPOCH + 1, [older.id]))
    const all = scene([older, newer])
    feedStored(all.ann, all.eve, textOf('mal', 'newest', EPOCH + 2, [newer.id]))
    all.world.run(200)
    expect(all.ann.texts()).toEqual(['newest', 'newer', 'older'])
    all.bob.send(all.ann.device, { type: 'want', ids: [newer.id] })
    all.world.run(10_000)
    const [event, ...more] = all.ann.of('forged')
    expect(more).toEqual([])
    expect(new Set(event?.ids)).toEqual(new Set([newer.id, older.id]))
  })
})

// Spends: a line that nobody signed, under another one's name. Costs the room: nothing. Costs who sent it: the link.
describe('nothing vouches', () => {
  const bad = spoiled(textOf('vic', 'put into its mouth', EPOCH))

  test.each([
    ['somebody else', textOf('mal', 'look', EPOCH + 1, [bad.id])],
    ['something no later', textOf('vic', 'same time', EPOCH, [bad.id])],
    ['a presence', messageOf('vic', { kind: KIND_PRESENCE, clock: EPOCH + 1, parents: [bad.id] })]
  ])('that is said by %s', (_, voucher) => {
    const { ann, eve, world } = scene([bad])
    feedStored(ann, eve, voucher)
    eve.send(ann.device, { type: 'offer', ids: [bad.id] })
    world.run(10_000)
    expect(ann.texts()).not.toContain('put into its mouth')
    expect(ann.closed).toContainEqual({ peer: eve.device, reason: 'forged-message' })
    expect(ann.of('forged')).toEqual([])
    const bob = member(world, ann, 'cyd')
    feedPushed(ann, bob, textOf('vic', 'my own words', world.now))
    expect(ann.texts()).toContain('my own words')
  })

  test('for what is pushed, and so handed on at once', () => {
    const { ann, eve, world } = scene([])
    feedStored(ann, eve, textOf('vic', 'later', EPOCH + 1, [bad.id]))
    feedPushed(ann, eve, bad)
    world.run(1_000)
    expect(ann.closed).toContainEqual({ peer: eve.device, reason: 'forged-message' })
  })
})

test('nobody makes an author name what it did not sign, also not with a message of its own [M32]', () => {
  const bad = spoiled(textOf('ann', 'not mine', EPOCH + 5))
  const { ann, eve, world } = scene([bad])
  // Said by another device of hers: one that believes everything.
  feedStored(ann, eve, textOf('ann', 'from elsewhere', EPOCH + 6, [bad.id]))
  world.run(100)
  expect(ann.texts()).not.toContain('not mine')
  ann.say('and here')
  const said = ann.stored.at(-1)
  expect(said?.author).toBe(ann.identity)
  expect(said?.parents).not.toContain(bad.id)
})
