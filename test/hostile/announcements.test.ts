import { describe, expect, test } from 'vitest'
import type { PeerKey } from '../../src/base/ids.js'
import { type Peer, World } from '../support/harness.js'
import { idOf } from '../support/peers.js'

/** How long a dial of a dead peer takes to fail in hyperdht, in ms. */
const DEAD_MILLIS = 8_000
const SEEDS = [1, 2, 3, 4, 5]

const keys = (count: number, name: string) =>
  Array.from({ length: count }, (_, n) => idOf<PeerKey>(`${name} ${n}`))

function world(seed: number): World {
  const made = new World(seed)
  made.latency = 50
  made.deadAfter = DEAD_MILLIS
  return made
}

/** Ms until the condition holds, in steps of 50; at most a minute. */
function until(at: World, holds: () => boolean): number {
  const start = at.now
  while (!holds() && at.now < start + 60_000) at.run(50)
  return at.now - start
}

const isIn = (peer: Peer) => peer.machine.members().length > 1

// Spent: a crash loop, or somebody who announces keys; nobody who answers.
// Suffered: a newcomer waits some seconds.
describe('a newcomer among announcements of the dead', () => {
  test.each(SEEDS)('finds the one living member of 61 in 3 s, seed %i', seed => {
    const at = world(seed)
    const ann = at.join('ann')
    at.run(1_000)
    const bob = at.join('bob')
    bob.feed({ type: 'candidates', peers: [...keys(60, 'dead'), ann.device] })
    expect(until(at, () => isIn(bob) && isIn(ann))).toBeLessThan(3_000)
  })

  test.each(SEEDS)('finds a room of four among 300 that were invented, seed %i', seed => {
    const at = world(seed)
    const members = at.joinAll('ann', 'cyd', 'dan', 'eli')
    at.run(5_000)
    const bob = at.join('bob')
    const living = members.map(({ device }) => device)
    bob.feed({ type: 'candidates', peers: [...keys(300, 'invented'), ...living] })
    expect(until(at, () => isIn(bob))).toBeLessThan(5_000)
  })

  test('who only looks on sees the living one of 61 in 3 s', () => {
    const at = world(1)
    const ann = at.join('ann')
    at.run(1_000)
    const eye = at.join('eye', { observer: true })
    eye.feed({ type: 'candidates', peers: [...keys(60, 'dead'), ann.device] })
    expect(until(at, () => eye.machine.members().length > 0)).toBeLessThan(3_000)
  })
})

describe('a member that has lost its last neighbour', () => {
  test('looks again, and so meets who came since', () => {
    const at = world(1)
    const [ann, bob] = at.joinAll('ann', 'bob')
    at.run(1_000)
    const cyd = at.join('cyd')
    at.lookedUp = peer => peer.feed({ type: 'candidates', peers: [cyd.device] })
    if (ann === undefined || bob === undefined) return
    at.crash(bob)
    expect(until(at, () => isIn(cyd))).toBeLessThan(8_000)
  })

  test('looks less and less often while it is alone', () => {
    const at = world(1)
    const looks: number[] = []
    const [ann, bob] = at.joinAll('ann', 'bob')
    at.run(1_000)
    at.lookedUp = peer => {
      if (peer === ann) looks.push(at.now)
    }
    if (bob !== undefined) at.crash(bob)
    at.run(3_600_000)
    expect(looks.length).toBeGreaterThan(8)
    expect(looks.length).toBeLessThan(30)
  })
})
