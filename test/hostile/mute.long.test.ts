import { describe, expect, test } from 'vitest'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { type Peer, type Puppet, World } from '../support/harness.js'
import {
  feedPushed,
  feedStored,
  guest,
  member,
  messageOf,
  numbered,
  overCap,
  textOf
} from '../support/hostile.js'

/** Stored and passed on, and shown to nobody. */
const INVISIBLE = 77
/** How long an author must be known: then a new author's ration is none of its business. */
const SETTLING = 10 * 60_000
const AHEAD = 4 * 60_000 + 59_000

/** Three members that have known each other for eleven minutes. */
function oldRoom(options = {}): { world: World; ann: Peer; bob: Peer; cyd: Peer } {
  const world = new World()
  const [ann, bob, cyd] = ['ann', 'bob', 'cyd'].map(name => world.join(name, options)) as [
    Peer,
    Peer,
    Peer
  ]
  world.introduce(ann, bob, cyd)
  for (const peer of [ann, bob, cyd]) peer.say('hello')
  world.run(SETTLING + 60_000)
  return { world, ann, bob, cyd }
}

const invisible = (author: string, number: number, clock: number, body = new Uint8Array(0)) =>
  messageOf(author, { kind: INVISIBLE, clock, nonce: numbered(number), body })

const textsOf = (peer: Peer) =>
  peer.machine
    .history()
    .map(({ body = new Uint8Array(0) }) =>
      Buffer.from(body.subarray(1 + (body[0] ?? 0))).toString()
    )

describe('a member is not made deaf', { timeout: 300_000 }, () => {
  // Spends: 10,200 messages (1.2 MB) of two identities over one link, dated almost five minutes ahead.
  // Costs the room: nothing of what is said afterwards.
  test('by a flood that is dated ahead', () => {
    const { ann, bob, cyd, world } = oldRoom()
    const eve = member(world, ann)
    for (let n = 0; n < 10_200; n++) {
      feedStored(ann, eve, invisible(`eve ${n % 2}`, n, world.now + AHEAD))
    }
    for (let n = 0; n < 10; n++) {
      bob.say(`line ${n}`)
      world.run(1_000)
    }
    for (const peer of [ann, cyd]) {
      expect(peer.texts().filter(text => text.startsWith('line'))).toHaveLength(10)
    }
    expect(textsOf(ann)).toContain('line 9')
    expect(textsOf(ann)).toContain('hello')
  })

  // Spends: 10 kB/s for 40 seconds, three times what is kept. Costs the room: nothing.
  test('by 80 messages a second that go on', () => {
    const { ann, bob, world } = oldRoom({ keep: { maxMessages: 1_100 } })
    const eve = member(world, ann)
    for (let second = 0; second < 40; second++) {
      for (let n = 0; n < 80; n++) {
        feedPushed(ann, eve, invisible('eve', 1_000 * second + n, world.now + AHEAD))
      }
      if (second % 10 === 0) bob.say(`line ${second}`)
      world.run(1_000)
    }
    expect(ann.texts().filter(text => text.startsWith('line'))).toHaveLength(4)
  })

  // Spends: a new identity for each message, the most that a link takes, for 25 seconds.
  // Costs the room: other newcomers share the ration; members of ten minutes notice nothing.
  test('by new identities without end', () => {
    const { ann, bob, cyd, world } = oldRoom()
    const eve = member(world, ann)
    for (let second = 0; second < 25; second++) {
      for (let n = 0; n < 200; n++) {
        feedPushed(ann, eve, textOf(`eve ${second} ${n}`, 'buy', world.now))
      }
      bob.say(`line ${second}`)
      world.run(1_000)
    }
    for (const peer of [ann, cyd]) {
      expect(peer.texts().filter(text => text.startsWith('line'))).toHaveLength(25)
    }
    // 50 a second, and what a link may say at once.
    const passed = cyd.texts().filter(text => text === 'buy').length
    expect(passed).toBeLessThanOrEqual(25 * 50 + 2_000)
  })
})

describe('identities that have waited', { timeout: 300_000 }, () => {
  // Spends: 100 identities that were heard once and are settled now; 10,000 messages of theirs at once, over four links.
  // Costs the room: what it may carry at once. Members who say a line now and then notice nothing.
  test('cannot use up what others say at the pace of a person', () => {
    const { ann, bob, cyd, world } = oldRoom()
    const scout = member(world, ann, 'scout')
    for (let n = 0; n < 100; n++) feedPushed(ann, scout, textOf(`eve ${n}`, 'hello', world.now))
    world.run(SETTLING)
    const eves = [0, 1, 2, 3].map(n => member(world, ann, `eve ${n}`))
    for (let n = 0; n < 10_000; n++) {
      feedPushed(ann, eves[n % 4] as Puppet, invisible(`eve ${n % 100}`, n, world.now))
    }
    for (const [at, peer] of [ann, bob, cyd].entries()) {
      peer.say(`line ${at}`)
      // So soon that it was not asked for: it came by itself.
      world.run(200)
      for (const each of [ann, bob, cyd]) expect(each.texts()).toContain(`line ${at}`)
    }
  })
})

describe('history is shared fairly', { timeout: 300_000 }, () => {
  // Spends: 3,000 identities, one message each. Costs the room: a quarter of what is kept, no more.
  test('new identities cannot push out what settled authors said', () => {
    const { ann, bob, world } = oldRoom({ keep: { maxMessages: 1_100 } })
    for (let n = 0; n < 900; n++) {
      bob.say(`bob ${n}`)
      if (n % 40 === 0) world.run(1_000)
    }
    world.run(2_000)
    const before = textsOf(ann).filter(text => text.startsWith('bob')).length
    const eve = member(world, ann)
    for (let n = 0; n < 3_000; n++) {
      feedStored(ann, eve, textOf(`eve ${n}`, 'buy', world.now + n))
      if (n % 50 === 0) world.run(1_000)
    }
    const after = textsOf(ann).filter(text => text.startsWith('bob')).length
    expect(before).toBeGreaterThan(700)
    expect(after).toBeGreaterThanOrEqual(Math.floor(0.75 * 800) - 10)
    expect(textsOf(ann)).toContain('bob 899')
  })

  // Spends: one identity, all that its link takes. Costs the room: that identity's own oldest messages.
  test('one author cannot push out the others', () => {
    const { ann, world } = oldRoom({ keep: { maxMessages: 1_100 } })
    const eve = guest(world, ann)
    const flood = (n: number): VerifiedMessage => invisible('eve', n, world.now + n)
    for (let n = 0; n < 1_800; n++) feedStored(ann, eve, flood(n))
    world.run(1_000)
    expect(textsOf(ann).filter(text => text === 'hello')).toHaveLength(3)
  })
})

describe('big messages', { timeout: 300_000 }, () => {
  // Spends: 40 identities, 8 kB each, 1,000 a second over one link.
  // Costs the room: nothing; no honest link is asked to carry them, and the sender is closed.
  test('of ephemeral kinds end the link that they come over', () => {
    const { ann, cyd, world } = oldRoom()
    const eve = member(world, ann)
    const bytesTo = (peer: Peer) =>
      ann.sent
        .filter(({ to }) => to === peer.device)
        .reduce((sum, { frame }) => sum + (frame.type === 'message' ? frame.sealed.length : 0), 0)
    const before = bytesTo(cyd)
    for (let n = 0; n < 1_000; n++) {
      feedPushed(ann, eve, { sealed: overCap(`eve ${n % 40}`, 129, 8_000, world.now + n) })
    }
    world.run(1_000)
    expect(bytesTo(cyd) - before).toBeLessThan(10_000)
    expect(ann.closed).toContainEqual({ peer: eve.device, reason: 'forged-message' })
  })

  // Spends: 8 MB of text a second over one link. Costs the room: 2 MB at once, and 64 kB a second.
  test('of kinds that are stored draw from a budget of bytes', () => {
    const { ann, bob, cyd, world } = oldRoom()
    const eve = member(world, ann)
    for (let second = 0; second < 20; second++) {
      for (let n = 0; n < 200; n++) {
        const body = new Uint8Array(8_000)
        feedPushed(ann, eve, invisible(`eve ${n % 40}`, 1_000 * second + n, world.now, body))
      }
      bob.say(`line ${second}`)
      world.run(1_000)
    }
    const carried = ann.sent
      .filter(({ frame, to }) => to === cyd.device && frame.type === 'message')
      .reduce((sum, { frame }) => sum + (frame as { sealed: Uint8Array }).sealed.length, 0)
    expect(carried).toBeLessThan(4_000_000)
    for (const peer of [ann, cyd]) {
      expect(peer.texts().filter(text => text.startsWith('line'))).toHaveLength(20)
    }
  })
})
