import { describe, expect, test, vi } from 'vitest'
import { EPOCH, type Peer, World } from '../../support/harness.js'
import { feedPushed, member, textOf } from '../../support/hostile.js'
import { receipts, sayOneLineEach, speakAtOnce, speakers } from '../../support/receipts.js'

vi.setConfig({ testTimeout: 120_000 })

function opened(peers: readonly Peer[]): number {
  const frames = peers.flatMap(({ sent }) => sent.map(({ frame }) => frame))
  return frames.filter(frame => frame.type === 'reconcile' && frame.step === 'open').length
}

describe('authors who speak at once, more of them than a presence can name', () => {
  test.each([4, 9, 20])('%i are all told that somebody has it', count => {
    const { ann, all } = sayOneLineEach(count)
    expect(ann.texts()).toHaveLength(count)
    expect(receipts(all)).toEqual(all.map(() => 1))
  })

  test.each([9, 20])('%i are all told that all have it', count => {
    const all = speakAtOnce(count, 60_000)
    expect(receipts(all)).toEqual(all.map(() => count - 1))
  })

  test('are told although two others date a line after the other far ahead', () => {
    const world = new World()
    const [ann, ben] = world.joinAll('ann', 'ben')
    if (ann === undefined || ben === undefined) throw new Error('nobody is here')
    const eves = ['eve', 'mallory'].map(name => ({ name, puppet: member(world, ann, name) }))
    const all = speakers(world, ben, 12)
    world.run(20_000)
    for (let n = 0; n < 100; n++) {
      for (const { name, puppet } of eves)
        feedPushed(ann, puppet, textOf(name, `h ${n}`, world.now + 280_000))
      if (n === 40) for (const [at, speaker] of all.entries()) speaker.say(`line ${at}`)
      world.run(200)
    }
    expect(receipts(all).filter(have => have < 1)).toEqual([])
  })
})

describe('a room of twenty heads', () => {
  const heads = Array.from({ length: 20 }, (_, n) => textOf(`author ${n}`, `${n}`, EPOCH - n))

  function room(): { world: World; ann: Peer; ben: Peer } {
    const world = new World()
    const [ann, ben] = world.joinAll('ann', 'ben')
    if (ann === undefined || ben === undefined) throw new Error('nobody is here')
    for (const peer of [ann, ben]) peer.feed({ type: 'restore', messages: heads })
    world.run(120_000)
    return { world, ann, ben }
  }

  test('opens no exchange once all have them', () => {
    const { ann, ben, world } = room()
    const before = opened([ann, ben])
    world.run(600_000)
    // Once a minute somebody who is no neighbour may be compared with; here there is nobody.
    expect(opened([ann, ben])).toBe(before)
  })

  test('finds what one of two lacks, however old it is', () => {
    const { ann, ben, world } = room()
    const old = textOf('somebody', 'long ago', EPOCH - 3_600_000)
    ann.feed({ type: 'restore', messages: [old] })
    world.run(60_000)
    expect(ben.texts()).toContain('long ago')
  })
})
