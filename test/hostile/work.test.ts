import sodium from 'sodium-universal'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import {
  CHAT_LIMITS,
  IHAVE_MAX,
  LINK_LOOK_RATE,
  MAX_DELETED_MESSAGES
} from '../../src/protocol/config.js'
import { MAX_FRESH_MESSAGES, MAX_OPENED_MESSAGES } from '../../src/protocol/history/tuning.js'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_DELETION } from '../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { shelvedOf } from '../../src/room/kept/shelved.js'
import { INVISIBLE } from '../support/attacks.js'
import { type Peer, type Puppet, World } from '../support/harness.js'
import {
  feedPushed,
  feedStored,
  guest,
  member,
  messageOf,
  numbered,
  textOf
} from '../support/hostile.js'

// What one member is made to do by what it refuses, counted and not timed: the machine may be busy.

/** How long an author must be known: then a new author's ration is none of its business. */
const SETTLING_MILLIS = 11 * 60_000
/** Hashes that a message takes whose signature is looked at: its body, its id, and two for the tests. */
const HASHES = 4

let hashes = 0
const { crypto_generichash_batch: hash } = sodium
beforeAll(() => {
  sodium.crypto_generichash_batch = (...args: Parameters<typeof hash>) => {
    hashes += 1
    hash(...args)
  }
})
afterAll(() => {
  sodium.crypto_generichash_batch = hash
})

/** A room of two who have known each other for eleven minutes, and a link of eve's. */
function scene(): { world: World; ann: Peer; bob: Peer; eve: Puppet } {
  const world = new World()
  const [ann, bob] = world.joinAll('ann', 'bob') as [Peer, Peer]
  for (const peer of [ann, bob]) peer.say('hello')
  world.run(SETTLING_MILLIS)
  return { world, ann, bob, eve: guest(world, ann) }
}

const invisible = (author: string, n: number, clock: number) =>
  messageOf(author, { kind: INVISIBLE, clock, nonce: numbered(n), body: new Uint8Array(0) })

// Spends: 10,000 messages over one link, of as many identities. Costs the member: signatures of those within the limits, and
// hashes of some more; the others are dropped as they are.
test.each([
  ['pushed', feedPushed],
  ['sent as history that nobody asked for', feedStored]
] as const)('what is over all limits is not hashed: %s', (_, feed) => {
  const { ann, eve, world } = scene()
  const flood = Array.from({ length: 10_000 }, (_, n) => invisible(`eve ${n % 50}`, n, world.now))
  hashes = 0
  for (const message of flood) feed(ann, eve, message)
  const admitted = CHAT_LIMITS.newcomers.messages.burst
  expect(ann.machine.snapshot().messages).toBeGreaterThan(admitted)
  const most = HASHES * admitted + 2 * (LINK_LOOK_RATE.burst + 100)
  expect(hashes).toBeLessThan(most)
})

// Spends: a megabyte. Costs the member: nothing.
test('what is of a version that we cannot read is not hashed', () => {
  const { ann, eve, world } = scene()
  const later = Uint8Array.from(invisible('eve', 1, world.now).sealed)
  later[0] = 9
  hashes = 0
  for (let n = 0; n < 1_000; n++) feedPushed(ann, eve, { sealed: later } as VerifiedMessage)
  expect(hashes).toBeLessThan(100)
})

describe('ids of what is on the disk', () => {
  /** A room with many long lines, of which the index alone is in memory; how many of them were read. */
  function stored() {
    const world = new World()
    const lines = Array.from({ length: MAX_OPENED_MESSAGES + 300 }, (_, n) =>
      textOf('bob', `${n} ${'x'.repeat(4_000)}`, world.now - 10_000 + n)
    )
    const kept = new Map(lines.map(({ id, sealed }) => [id, sealed]))
    const reads: MessageId[] = []
    const recall = ({ id }: { id: MessageId }) => {
      reads.push(id)
      return kept.get(id)
    }
    const ann = world.join('ann', { recall })
    ann.feed({ type: 'restore', messages: [], shelved: lines.map(shelvedOf) })
    const eve = member(world, ann)
    reads.length = 0
    const send = (frameOf: (ids: MessageId[]) => Frame) => {
      for (let at = 0; at < lines.length; at += IHAVE_MAX) {
        const ids = lines.slice(at, at + IHAVE_MAX).map(({ id }) => id)
        ann.feed({ type: 'frame', from: eve.device, frame: frameOf(ids) })
      }
    }
    return { ann, reads, send }
  }

  // Spends: 4 kB for 128 of them. Costs the member: a look at its index.
  test('are announced to a member that reads none of it', () => {
    const { reads, send } = stored()
    send(ids => ({ type: 'ihave', entries: ids.map(id => ({ id, hops: 1 })) }))
    expect(reads).toEqual([])
  })

  // Spends: 4 kB for 128 of them. Costs the member: to read what it sends, which is bounded.
  test('are asked for in vain, and not read, once the link has had its share', () => {
    const { ann, reads, send } = stored()
    send(ids => ({ type: 'graft', ids }))
    send(ids => ({ type: 'graft', ids }))
    const sent = ann.sent.filter(({ frame }) => frame.type === 'message').length
    expect(sent).toBeGreaterThan(100)
    expect(reads.length).toBeLessThanOrEqual(sent)
  })
})

// Spends: 2 kB. Costs the member: nothing but its signature, though it names 64 messages that are on the disk.
test('a deletion of what others said reads none of it', () => {
  const world = new World()
  const kept = new Map<MessageId, Uint8Array>()
  let reads = 0
  const recall = ({ id }: { id: MessageId }) => {
    reads += 1
    return kept.get(id)
  }
  const ann = world.join('ann', { recall })
  const bob = guest(world, ann, 'bob')
  const lines = Array.from({ length: MAX_FRESH_MESSAGES + 100 }, (_, n) =>
    textOf('bob', `${n}`, world.now + n)
  )
  for (const line of lines) feedPushed(ann, bob, line)
  for (const { id, sealed } of ann.stored) kept.set(id, sealed)
  const targets = lines.slice(0, MAX_DELETED_MESSAGES).map(({ id }) => id)
  const body = encodeDeletionBody({ targets })
  feedPushed(ann, bob, messageOf('eve', { kind: KIND_DELETION, clock: world.now, body }))
  expect(reads).toBe(0)
  feedPushed(ann, bob, messageOf('bob', { kind: KIND_DELETION, clock: world.now, body }))
  expect(reads).toBeGreaterThan(0)
  expect(ann.of('delete').map(({ id }) => id)).toEqual(targets)
})

// Spends: a flood over the very link. Costs the room: nothing that a member of ten minutes says.
test('a line that somebody passes on with a flood is taken all the same', () => {
  const { ann, bob, eve, world } = scene()
  for (let n = 0; n < 6_000; n++) feedPushed(ann, eve, invisible(`eve ${n % 50}`, n, world.now))
  world.disconnect(ann, bob.device)
  bob.say('honest')
  feedPushed(ann, eve, bob.stored.at(-1) as VerifiedMessage)
  world.run(1_000)
  expect(ann.texts()).toContain('honest')
})
