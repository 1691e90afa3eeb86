import { describe, expect, test } from 'vitest'
import { directKey, sealDirect } from '../../../src/protocol/access/direct.js'
import { directsAmong } from '../../../src/protocol/chat/kept-directs.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import { KIND_DIRECT } from '../../../src/protocol/wire/kinds.js'
import {
  deviceOf,
  EPOCH,
  keysOf,
  type Peer,
  type Puppet,
  ROOM,
  TOPIC,
  World
} from '../../support/harness.js'
import { feedPushed, member, messageOf, numbered } from '../../support/hostile.js'

/** What somebody was told of words for one member. */
const directsOf = (peer: Peer) => peer.of('direct').map(({ message }) => message)
const textsOf = (peer: Peer) => directsOf(peer).map(({ text }) => text)
const writes = (peer: Peer, to: Peer, text: string) =>
  peer.feed({ type: 'direct', to: to.identity, text })

/** Members who know each other. */
function meet(...names: string[]): { world: World; peers: Peer[] } {
  const world = new World()
  const peers = world.joinAll(...names)
  world.run(15_000)
  return { world, peers }
}

/** Ann and bob, who have written to each other before, and cid. */
function acquainted() {
  const { peers, world } = meet('ann', 'bob', 'cid')
  const [ann, bob, cid] = peers as [Peer, Peer, Peer]
  writes(bob, ann, 'hello')
  world.run(2_000)
  writes(ann, bob, 'hello to you')
  world.run(2_000)
  return { world, ann, bob, cid }
}

describe('words for one member', () => {
  test('reach all devices of theirs, also those that were away', () => {
    const { ann, bob, world } = acquainted()
    writes(ann, bob, 'while the other device was away')
    world.run(1_000)
    const device = deviceOf('bob 2')
    const second = world.join('bob', { device, identity: keysOf('identity bob') })
    world.introduce(ann, bob, second)
    world.run(120_000)
    expect(textsOf(bob)).toContain('while the other device was away')
    expect(textsOf(second).sort()).toEqual([
      'hello',
      'hello to you',
      'while the other device was away'
    ])
    // What bob wrote is for ann on the other device, too.
    expect(directsOf(second).find(({ text }) => text === 'hello')).toMatchObject({
      from: bob.identity,
      to: ann.identity
    })
  })

  test('are there again when the room is opened again, for their author, too', () => {
    const { ann } = acquainted()
    const messages = ann.machine.history()
    const world2 = new World()
    world2.run(60_000)
    const fresh = world2.join('ann', { device: deviceOf('ann 3') })
    fresh.feed({ type: 'restore', messages, isUntold: true })
    fresh.feed({ type: 'start' })
    expect(textsOf(fresh)).toEqual(['hello', 'hello to you'])
    expect(directsOf(fresh).every(({ history, isRequest }) => history && !isRequest)).toBe(true)
  })

  test('are at most 5 a second, and no longer than the longest padding', () => {
    const { ann, bob } = acquainted()
    const before = ann.stored.length
    for (let count = 0; count < 20; count++) writes(ann, bob, `${count}`)
    expect(ann.stored.length - before).toBe(5)
    const { ann: next, bob: other } = acquainted()
    const had = next.stored.length
    writes(next, other, 'x'.repeat(8_192))
    writes(next, other, '  ')
    next.feed({ type: 'direct', to: 'ff'.repeat(32) as Peer['identity'], text: 'nobody' })
    expect(next.stored.length).toBe(had)
  })
})

test('our own for somebody who has said nothing are there again if we know of them', () => {
  const { peers, world } = meet('ann', 'bob')
  const [ann, bob] = peers as [Peer, Peer]
  writes(ann, bob, 'are you there?')
  world.run(1_000)
  const messages = ann.machine.history()
  const [own, { topic }] = [keysOf('identity ann'), ROOM]
  expect(directsAmong(messages, own, topic)).toEqual([])
  const read = directsAmong(messages, own, topic, [bob.identity])
  expect(read.map(({ text, to }) => [text, to])).toEqual([['are you there?', bob.identity]])
  const fresh = new World().join('ann', { device: deviceOf('ann 3') })
  fresh.feed({ type: 'restore', messages, isUntold: true })
  fresh.feed({ type: 'judge', identity: bob.identity, accept: true })
  fresh.feed({ type: 'start' })
  expect(textsOf(fresh)).toEqual(['are you there?'])
})

describe('words of a stranger', () => {
  test('are shown once, and then held and counted until they are accepted', () => {
    const { ann, cid, world } = acquainted()
    for (const text of ['one', 'two', 'three']) writes(cid, ann, text)
    world.run(2_000)
    expect(directsOf(ann).filter(({ from }) => from === cid.identity)).toEqual([])
    expect(ann.of('direct-held')).toMatchObject([{ identity: cid.identity, count: 1 }])
    world.run(61_000)
    writes(cid, ann, 'four')
    world.run(2_000)
    const shown = () => directsOf(ann).filter(({ from }) => from === cid.identity)
    expect(shown()).toMatchObject([{ text: 'one', isRequest: true }])
    ann.feed({ type: 'judge', identity: cid.identity, accept: true })
    expect(shown().map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four'])
    writes(cid, ann, 'five')
    world.run(2_000)
    expect(shown().at(-1)).toMatchObject({ text: 'five', isRequest: false })
  })

  test('are never shown once they are ignored', () => {
    const { ann, cid, world } = acquainted()
    ann.feed({ type: 'judge', identity: cid.identity, accept: false })
    writes(cid, ann, 'please')
    world.run(2_000)
    expect(textsOf(ann)).toEqual(['hello', 'hello to you'])
    expect(ann.of('direct-held')).toEqual([])
  })

  test('are shown one a minute, however many identities write', () => {
    const names = Array.from({ length: 20 }, (_, at) => `stranger ${at}`)
    const { peers, world } = meet('ann', ...names)
    const [ann, ...strangers] = peers as [Peer, ...Peer[]]
    for (const stranger of strangers) writes(stranger, ann, 'buy')
    world.run(5_000)
    expect(directsOf(ann)).toMatchObject([{ isRequest: true }])
    expect(ann.of('direct-held').length).toBeLessThanOrEqual(1)
  })

  /** A neighbour that stays. */
  function neighbour(world: World, of: Peer, name = 'eve'): Puppet {
    const puppet = member(world, of, name)
    puppet.onframe = (from, { type }) => {
      if (type === 'ping') puppet.send(from, { type: 'pong' })
    }
    return puppet
  }

  /** Words of so many identities for somebody, over one link. */
  function besiege(to: Peer, by: Puppet, count: number, name = `${by.device} `): void {
    const reader = keysOf('identity ann').publicKey
    for (let n = 0; n < count; n++) {
      const key = directKey(keysOf(`identity ${name}${n}`), reader, TOPIC)
      if (key === undefined) throw new Error('no key')
      const line = encodeTextBody({ nick: `buyer ${n}`, text: 'buy' })
      const body = sealDirect(line, new Uint8Array(24).fill(n), key)
      const clock = EPOCH + 20_000
      const nonce = numbered(n)
      feedPushed(to, by, messageOf(`${name}${n}`, { kind: KIND_DIRECT, clock, body, nonce }))
    }
  }

  test.each([1, 3])('are shown in turns of those who bring them: %i floods of them', floods => {
    const { ann, cid, world } = acquainted()
    const eves = Array.from({ length: floods }, (_, n) => neighbour(world, ann, `eve ${n}`))
    for (const eve of eves) besiege(ann, eve, 20)
    world.run(1_000)
    writes(cid, ann, 'it is me')
    world.run(1_000)
    const ofCid = () => directsOf(ann).filter(({ from }) => from === cid.identity)
    expect(ann.machine.requests().some(({ identity }) => identity === cid.identity)).toBe(true)
    // Each of them goes on with new ones.
    for (let minute = 0; minute < floods + 1; minute++) {
      for (const eve of eves) besiege(ann, eve, 3, `${eve.device} ${minute} `)
      world.run(61_000)
    }
    expect(ofCid()).toMatchObject([{ text: 'it is me', isRequest: true }])
    expect(directsOf(ann).filter(({ isRequest }) => isRequest).length).toBeLessThanOrEqual(
      floods + 3
    )
  })

  test('wait again once they are no longer ignored', () => {
    const { ann, cid, world } = acquainted()
    ann.feed({ type: 'judge', identity: cid.identity, accept: false })
    ann.feed({ type: 'judge', identity: cid.identity })
    writes(cid, ann, 'please')
    writes(cid, ann, 'please!')
    world.run(61_000)
    expect(directsOf(ann).at(-1)).toMatchObject({ text: 'please', isRequest: true })
    expect(ann.machine.requests()).toMatchObject([{ identity: cid.identity, count: 1 }])
  })

  test('are accepted by writing to them', () => {
    const { ann, cid, world } = acquainted()
    writes(cid, ann, 'hello ann')
    writes(ann, cid, 'hello cid')
    world.run(2_000)
    writes(cid, ann, 'good')
    world.run(2_000)
    expect(textsOf(ann)).toEqual(['hello', 'hello to you', 'hello cid', 'hello ann', 'good'])
  })
})
