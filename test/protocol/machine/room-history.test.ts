import { describe, expect, test } from 'vitest'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import { EPOCH, idsOf, World } from '../../support/harness.js'
import { messageOf } from '../../support/hostile.js'

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
      // A few lines are no catching up.
      expect(peer.of('catching-up')).toEqual([])
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
    for (let n = 0; n < 1_500; n++) ann.say(`${n} ${'x'.repeat(300)}`)
    const bob = world.join('bob')
    world.introduce(ann, bob)
    world.run(10_000)
    expect(bob.texts()).toHaveLength(1_500)
    expect(idsOf(bob)).toEqual(idsOf(ann))
    expect(ann.closed.concat(bob.closed)).toEqual([])
    const told = bob.of('catching-up').map(({ have, total }) => [have, total])
    expect(told.at(-1)).toEqual([1_500, 1_500])
    expect(told).toEqual(told.toSorted(([a = 0], [b = 0]) => a - b))
    expect(told.every(([have = 0, total = 0]) => have <= total && total <= 1_500)).toBe(true)
    // Twice a second at most, and at the end.
    expect(told.length).toBeLessThanOrEqual(20)
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
    const bob = world.join('bob', { keep: { maxMessages: 100 } })
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

describe('members that keep 90 days and 7', () => {
  const DAY_MILLIS = 24 * 3_600_000

  test('settle: each has its own, and after that they are silent', () => {
    const world = new World()
    const lines = [...Array(300).keys()].map(n =>
      messageOf('old', {
        body: encodeTextBody({ nick: 'old', text: `line ${n}` }),
        clock: EPOCH - (300 - n) * DAY_MILLIS * 0.2
      })
    )
    const ann = world.join('ann')
    ann.feed({ type: 'restore', messages: lines, isUntold: true })
    const bob = world.join('bob', { keep: { maxAgeMillis: 7 * DAY_MILLIS } })
    world.introduce(ann, bob)
    world.run(60_000)
    ann.say('hello')
    world.run(60_000)
    expect(ann.machine.snapshot().messages).toBe(301)
    expect(bob.machine.history().map(({ id }) => id)).toEqual(idsOf(ann)?.slice(-35))
    const opened = () =>
      [ann, bob].flatMap(({ sent }) => sent).filter(({ frame }) => frame.type === 'reconcile')
        .length
    const before = opened()
    world.run(600_000)
    expect(opened() - before).toBe(0)
  })

  test('drop what has grown too old, also while they run, and on the disk', () => {
    const world = new World()
    const keep = { maxAgeMillis: 7 * DAY_MILLIS }
    const bob = world.join('bob', { keep })
    const ages = [7.5 * DAY_MILLIS, 7 * DAY_MILLIS - 60_000, DAY_MILLIS]
    const messages = ages.map(age => messageOf('old', { clock: EPOCH - age }))
    bob.feed({ type: 'restore', messages, isUntold: true })
    expect(bob.forgotten).toEqual([messages[0]?.id])
    world.run(120_000)
    expect(idsOf(bob)).toEqual([messages[2]?.id])
    expect(bob.forgotten).toEqual([messages[0]?.id, messages[1]?.id])
  })

  test('lose nothing because a clock is wrong when they start', () => {
    const world = new World()
    const bob = world.join('bob', { keep: { maxAgeMillis: 7 * DAY_MILLIS } })
    const messages = [20, 10].map(days => messageOf('old', { clock: EPOCH - days * DAY_MILLIS }))
    bob.feed({ type: 'restore', messages, isUntold: true })
    expect(bob.forgotten).toEqual([])
    expect(idsOf(bob)).toEqual([])
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
