import { describe, expect, test } from 'vitest'
import { LINK_ASK_RATE } from '../../../src/protocol/config.js'
import { MAX_WANTED_IDS } from '../../../src/protocol/history/tuning.js'
import { type Peer, World } from '../../support/harness.js'

const idsOf = (peer: Peer | undefined) => peer?.machine.history().map(({ id }) => id)

describe('history', () => {
  test('both halves of a healed partition end with the union', () => {
    const world = new World()
    const peers = world.joinAll('ann', 'bob', 'cyd', 'dan', 'eli', 'fay')
    world.run(5_000)
    const side = new Map(peers.map(({ device }, at) => [device, at < 3]))
    world.passes = (from, to) => side.get(from) === side.get(to)
    world.run(20_000)
    for (const peer of peers) peer.say(`${peer.machine.nick} in the dark`)
    world.run(20_000)
    for (const peer of peers) expect(peer.texts()).toHaveLength(3)
    world.passes = () => true
    world.introduce(...peers)
    world.run(60_000)
    for (const peer of peers) {
      expect(peer.texts()).toHaveLength(6)
      expect(idsOf(peer)).toEqual(idsOf(peers[0]))
    }
  })

  test('what two said who cannot reach each other crosses the first who reaches both', () => {
    const world = new World()
    const [ann, bob] = [world.join('ann'), world.join('bob')]
    const dial = world.dial.bind(world)
    world.dial = (from, to) =>
      [from.device, to].every(device => device === ann.device || device === bob.device)
        ? from.feed({ type: 'dial-failed', peer: to })
        : dial(from, to)
    world.introduce(ann, bob)
    for (const peer of [ann, bob]) peer.say(`${peer.machine.nick} to nobody`)
    world.run(30_000)
    const cyd = world.join('cyd')
    world.introduce(cyd, ann, bob)
    world.run(2_000)
    for (const peer of [ann, bob, cyd]) expect(peer.texts()).toHaveLength(2)
  })

  test('thousands of messages cross in batches that the other side keeps up with [M50]', () => {
    const world = new World()
    const ann = world.join('ann')
    for (let n = 0; n < 3_000; n++) ann.say(`${n} ${'x'.repeat(300)}`)
    const bob = world.join('bob')
    world.introduce(ann, bob)
    world.run(10_000)
    expect(bob.texts()).toHaveLength(3_000)
    expect(idsOf(bob)).toEqual(idsOf(ann))
    expect(ann.closed.concat(bob.closed)).toEqual([])
    let unread = 0
    let most = 0
    for (const { frame } of ann.sent) {
      if (frame.type === 'stored') unread += frame.sealed.byteLength
      if (frame.type === 'ping') unread = 0
      most = Math.max(most, unread)
    }
    expect(most).toBeLessThan(300_000)
  })

  test('is announced and asked for, and not pushed', () => {
    const world = new World()
    const [ann, bob] = [world.join('ann'), world.join('bob')]
    for (let n = 0; n < 600; n++) ann.say(`${n}`)
    for (let n = 0; n < 300; n++) bob.say(`${n}`)
    // Only ann opens an exchange.
    world.connect(ann, bob)
    world.run(5_000)
    for (const peer of [ann, bob]) expect(peer.machine.history()).toHaveLength(900)
    const offered = ann.sent.flatMap(({ frame }) => (frame.type === 'offer' ? frame.ids : []))
    expect(offered).toHaveLength(600)
    for (const [peer, other] of [
      [ann, bob],
      [bob, ann]
    ] as const) {
      const asked = new Set(
        other.sent.flatMap(({ frame }) => (frame.type === 'want' ? frame.ids : []))
      )
      const said = peer.machine.history().filter(({ author }) => author === peer.identity)
      expect(asked).toEqual(new Set(said.map(({ id }) => id)))
    }
  })

  test('that was asked for draws on nothing: one author may have said all of it', () => {
    const world = new World()
    const ann = world.join('ann')
    for (let n = 0; n < 7_000; n++) ann.say(`${n}`)
    const bob = world.join('bob')
    world.introduce(ann, bob)
    world.run(5_000)
    expect(idsOf(bob)).toEqual(idsOf(ann))
    ann.say('and now')
    world.run(1_000)
    expect(bob.texts().at(-1)).toBe('and now')
  })

  test('of strangers is asked for at a pace: the rest another time', () => {
    const world = new World()
    const ann = world.join('ann', { maxMessages: 40_000 })
    const bob = world.join('bob', { maxMessages: 40_000 })
    for (let n = 0; n < 13_000; n++) ann.say(`${n}`)
    world.introduce(ann, bob)
    world.run(5_000)
    const asked = () =>
      bob.sent.reduce((sum, { frame }) => sum + (frame.type === 'want' ? frame.ids.length : 0), 0)
    expect(asked()).toBeGreaterThanOrEqual(MAX_WANTED_IDS)
    expect(asked()).toBeLessThan(MAX_WANTED_IDS + 5 * LINK_ASK_RATE.perSecond)
    // The next exchanges come after pauses of 10, 20 and 40 s.
    world.run(120_000)
    expect(idsOf(bob)).toEqual(idsOf(ann))
  })

  test.each([1, 7, 8, 9])('lost frames are made up for, seed %i', seed => {
    const world = new World(seed)
    const peers = world.joinAll('ann', 'bob', 'cyd', 'dan')
    world.run(5_000)
    let drop = false
    world.passes = () => !drop || world.random() > 0.5
    drop = true
    for (let n = 0; n < 20; n++) {
      for (const peer of peers) peer.say(`${n}`)
      world.run(100)
    }
    drop = false
    world.run(60_000)
    for (const peer of peers) {
      expect(peer.texts()).toHaveLength(80)
      expect(idsOf(peer)).toEqual(idsOf(peers[0]))
      expect(peer.closed.filter(({ reason }) => reason !== 'not-needed')).toEqual([])
    }
  })

  test('a member with less memory does not fetch what it dropped again and again', () => {
    const world = new World()
    const ann = world.join('ann')
    for (let n = 0; n < 300; n++) ann.say(`${n}`)
    const bob = world.join('bob', { maxMessages: 100 })
    world.introduce(ann, bob)
    world.run(10_000)
    expect(bob.machine.snapshot().messages).toBeLessThanOrEqual(100)
    const before = ann.sent.filter(({ frame }) => frame.type === 'stored').length
    world.run(120_000)
    const after = ann.sent.filter(({ frame }) => frame.type === 'stored').length
    expect(after - before).toBeLessThan(300)
    ann.say('new')
    world.run(1_000)
    expect(bob.texts().at(-1)).toBe('new')
  })
})

test('a run is the same every time', () => {
  const run = () => {
    const world = new World(42)
    const peers = world.joinAll('ann', 'bob', 'cyd', 'dan')
    world.run(3_000)
    for (const peer of peers) peer.say('hi')
    world.run(30_000)
    return peers.map(({ events, sent }) => JSON.stringify([events, sent.length]))
  }
  expect(run()).toEqual(run())
})
