import { expect, test } from 'vitest'
import { KIND_DIRECT } from '../../../src/protocol/wire/kinds.js'
import { EPOCH, type Peer, World } from '../../support/harness.js'
import { feedPushed, member, messageOf, textOf } from '../../support/hostile.js'

const LONG_AGO = 10 * 60_000
const directsOf = (peer: Peer) =>
  peer.machine.history().filter(({ kind }) => kind === KIND_DIRECT).length

test('direct messages over 5 a second of one author are passed on by nobody, lines of theirs are [M80]', () => {
  const world = new World()
  const [ann, cid] = world.joinAll('ann', 'cid') as [Peer, Peer]
  world.run(2_000)
  const eve = member(world, ann)
  const flood = (clock: number) => {
    for (let n = 0; n < 100; n++) {
      // For nobody here: who it is for does not matter.
      const body = new Uint8Array(24 + 64 + 16).fill(n)
      feedPushed(ann, eve, messageOf('eve', { kind: KIND_DIRECT, clock: clock + n, body }))
    }
  }
  flood(EPOCH + 2_000)
  expect(directsOf(ann)).toBe(20)
  // Of another bucket, which is as small.
  flood(EPOCH - LONG_AGO)
  expect(directsOf(ann)).toBe(40)
  world.run(2_000)
  flood(EPOCH + 4_000)
  expect(directsOf(ann)).toBe(50)
  feedPushed(ann, eve, textOf('eve', 'a line of hers', EPOCH + 5_000))
  expect(ann.texts().at(-1)).toBe('a line of hers')
  world.run(1_000)
  expect(directsOf(cid)).toBe(50)
  expect(ann.closed).toEqual([])
})
