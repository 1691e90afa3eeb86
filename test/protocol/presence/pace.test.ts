import { describe, expect, test } from 'vitest'
import { presenceInterval } from '../../../src/protocol/presence/pacer.js'
import { encodeSuspicionBody } from '../../../src/protocol/wire/bodies/suspicion.js'
import { glance } from '../../../src/protocol/wire/glance.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../../../src/protocol/wire/kinds.js'
import { EPOCH, World } from '../../support/harness.js'
import { feedPushed, member, messageOf, presenceOf } from '../../support/hostile.js'

// What each number of presence/tuning.ts is for: with a tenth of it, or ten times as much, one of these fails.

/** Ann, who waits as long as she may (or not at all), eve, who feeds her, and how much ann told bob, who waits longer. */
function watched(share = 0.999) {
  const world = new World()
  const ann = world.join('ann', { random: () => share })
  world.run(500)
  const bob = world.join('bob', { random: () => 0.9999 })
  world.introduce(ann, bob)
  const eve = member(world, ann)
  const told = (kind: number) =>
    ann.sent.filter(({ frame, to }) => {
      if (to !== bob.device || (frame.type !== 'message' && frame.type !== 'mesh')) return false
      const claim = glance(frame.sealed)
      return claim?.kind === kind && claim.author === ann.identity
    }).length
  return { world, ann, eve, told }
}

describe('a presence with news', () => {
  test('of our own goes out ten times a second at most', () => {
    const { ann, told, world } = watched()
    world.run(5_000)
    const before = told(KIND_PRESENCE)
    for (let n = 0; n < 100; n++) {
      ann.feed({ type: 'rename', nick: `ann ${n}` })
      world.run(20)
    }
    const times = told(KIND_PRESENCE) - before
    expect(times).toBeGreaterThanOrEqual(15)
    expect(times).toBeLessThanOrEqual(22)
  })

  test('that refutes suspicions goes out once a second at most', () => {
    const { ann, eve, told, world } = watched()
    world.run(5_000)
    const before = told(KIND_PRESENCE)
    for (let n = 0; n < 50; n++) {
      const suspect = { identity: ann.identity, device: ann.device, clock: world.now }
      const body = encodeSuspicionBody(suspect)
      feedPushed(ann, eve, messageOf('eve', { kind: KIND_SUSPICION, clock: world.now, body }))
      world.run(100)
    }
    const times = told(KIND_PRESENCE) - before
    expect(times).toBeGreaterThanOrEqual(4)
    expect(times).toBeLessThanOrEqual(7)
  })
})

describe('whoever has not been heard', () => {
  /** Ann knows so many who never speak again; how many she has suspected, second by second since the first. */
  function silence(count: number): number[] {
    const { ann, eve, told, world } = watched()
    for (let n = 0; n < count; n++) {
      feedPushed(ann, eve, presenceOf(`ghost ${n}`, { interval: presenceInterval(1) }, world.now))
    }
    while (told(KIND_SUSPICION) === 0 && world.now < EPOCH + 60_000) world.run(100)
    return Array.from({ length: 12 }, () => {
      world.run(1_000)
      return told(KIND_SUSPICION)
    })
  }

  test('is suspected, four of them at a look', () => {
    const suspected = silence(20)
    expect(suspected[0]).toBeLessThanOrEqual(8)
    expect(suspected[0]).toBeGreaterThanOrEqual(2)
    expect(suspected.at(-1)).toBe(20)
  })

  test.each([
    [58, 'a tenth of a second for each device in the room', 6_000],
    [400, 'thirty seconds', 30_000]
  ])(
    'among %i others is suspected after one and a half intervals, 12 s, and %s',
    (others, _, spread) => {
      const after = 1.5 * 40_000 + 12_000 + spread
      const { ann, eve, told, world } = watched()
      const since = world.now
      feedPushed(ann, eve, presenceOf('ghost', { interval: 40_000 }, since))
      for (let n = 0; n < others; n++) {
        feedPushed(ann, eve, presenceOf(`other ${n}`, { interval: 900_000 }, since))
      }
      while (told(KIND_SUSPICION) === 0 && world.now < since + 2 * after) world.run(250)
      expect(world.now - since).toBeGreaterThan(after - 1_000)
      expect(world.now - since).toBeLessThan(after + 2_000)
    }
  )
})

describe('a neighbour', () => {
  function neighbours(share: number) {
    const { ann, eve, told, world } = watched(share)
    const cyd = member(world, ann, 'cyd')
    feedPushed(ann, eve, presenceOf('cyd', {}, world.now))
    return { ann, cyd, told, world }
  }

  test('that was lost is suspected within half a second', () => {
    const { ann, cyd, told, world } = neighbours(0.999)
    world.cut(ann, cyd)
    world.run(450)
    expect(told(KIND_SUSPICION)).toBe(0)
    world.run(100)
    expect(told(KIND_SUSPICION)).toBe(1)
  })

  test('whose stream another one took the place of has a second for the handshake', () => {
    const { ann, cyd, told, world } = neighbours(0)
    const handshakeHash = new Uint8Array(64)
    ann.feed({ type: 'connected', peer: cyd.device, handshakeHash, initiator: false })
    world.run(950)
    expect(told(KIND_SUSPICION)).toBe(0)
    world.run(100)
    expect(told(KIND_SUSPICION)).toBe(1)
  })
})
