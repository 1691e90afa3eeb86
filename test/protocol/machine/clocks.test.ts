import { describe, expect, test } from 'vitest'
import type { Peer } from '../../support/harness.js'
import { EPOCH, World } from '../../support/harness.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** More than a member may be ahead of the others and still be heard. */
const AHEAD = HOUR / 2

/** Members whose steady clocks tell no date, and know each other. */
function meeting(...names: string[]): { world: World; peers: Peer[] } {
  const world = new World()
  world.steadyOrigin = EPOCH - 12_345
  const peers = world.joinAll(...names)
  world.run(20_000)
  return { world, peers }
}

const three = () => {
  const { peers, world } = meeting('ann', 'ben', 'cyn')
  const [ann, ben, cyn] = peers as [Peer, Peer, Peer]
  return { world, ann, ben, cyn }
}

const nicksOf = (peer: Peer) =>
  peer.machine
    .members()
    .map(({ nick }) => nick)
    .sort()

describe('a clock that was half an hour ahead and is set right', () => {
  function setRight() {
    const { ann, ben, cyn, world } = three()
    ann.say('before')
    world.run(MINUTE)
    ann.wallSkew = AHEAD
    ann.say('one')
    world.run(MINUTE)
    ann.say('two')
    world.run(MINUTE)
    const lost = ann.stored.slice(-2)
    expect(ben.texts()).toEqual(['before'])
    ann.wallSkew = 0
    world.run(MINUTE)
    return { world, ann, ben, cyn, lost }
  }

  test('costs nothing that was said: it is signed anew, in its order', () => {
    const { ann, ben, cyn } = setRight()
    for (const peer of [ben, cyn]) expect(peer.texts()).toEqual(['before', 'one', 'two'])
    expect(ann.texts()).toEqual(['before', 'one', 'two'])
  })

  test('is told to its owner, once, and which lines have other ids now', () => {
    const { ann, ben, lost } = setRight()
    const [told, ...more] = ann.of('clock-back')
    expect(more).toEqual([])
    expect(told?.redated).toBe(2)
    expect(Math.abs((told?.by ?? 0) - AHEAD)).toBeLessThan(2 * MINUTE)
    const redated = ann.of('redated')
    expect(redated.map(({ previous }) => previous)).toEqual(lost.map(({ id }) => id))
    expect(redated.map(({ message }) => message.text)).toEqual(['one', 'two'])
    const got = ben.of('message').map(({ message }) => message.id)
    expect(redated.every(({ message }) => got.includes(message.id))).toBe(true)
  })

  test('leaves nothing behind that could come up in half an hour [M43]', () => {
    const { ann, ben, cyn, lost, world } = setRight()
    const ids = lost.map(({ id }) => id)
    expect(ann.machine.history().some(({ id }) => ids.includes(id))).toBe(false)
    world.run(AHEAD + MINUTE)
    for (const peer of [ann, ben, cyn]) expect(peer.texts()).toEqual(['before', 'one', 'two'])
  })

  test('makes what was said ahead of time nobody’s parent [M44]', () => {
    const { ann, ben, lost, world } = setRight()
    const ids = lost.map(({ id }) => id)
    ann.say('after')
    world.run(MINUTE)
    expect(ben.texts().at(-1)).toBe('after')
    const dates = ann.machine.history().map(({ clock }) => clock)
    expect(Math.max(...dates)).toBeLessThan(world.now + 3 * MINUTE)
    for (const { parents } of ann.machine.history())
      expect(parents.some(parent => ids.includes(parent))).toBe(false)
    expect(ann.machine.history().at(-1)?.parents).not.toEqual([])
  })

  test('its lines are received, and its receipts count', () => {
    const { ann } = setRight()
    const [, last] = ann.of('redated')
    expect(
      ann
        .of('receipt')
        .filter(({ id }) => id === last?.message.id)
        .at(-1)?.have
    ).toBe(2)
  })
})

test('what others wrote ahead of time while our clock was, is nobody’s parent either', () => {
  // Dan's clock agrees with cyn's, or cyn would take its own for the wrong one.
  const { peers, world } = meeting('ann', 'ben', 'cyn', 'dan')
  const [ann, ben, cyn] = peers as [Peer, Peer, Peer]
  ann.wallSkew = AHEAD
  ben.wallSkew = AHEAD
  ben.say('ahead')
  world.run(MINUTE)
  expect(ann.texts()).toEqual(['ahead'])
  ann.wallSkew = 0
  ann.say('right')
  const [written] = ann.stored.slice(-1)
  const ahead = ben.stored.at(-1)
  expect(written?.parents).not.toContain(ahead?.id)
  world.run(MINUTE)
  expect(cyn.texts()).toEqual(['right'])
})

describe('a right clock that is set an hour back', () => {
  test('what others have taken is not said twice, and what comes after arrives', () => {
    const { ann, ben, cyn, world } = three()
    ann.say('taken')
    world.run(MINUTE)
    ann.wallSkew = -HOUR
    world.run(MINUTE)
    ann.say('after')
    world.run(MINUTE)
    for (const peer of [ann, ben, cyn]) expect(peer.texts()).toEqual(['taken', 'after'])
    expect(ann.of('redated')).toEqual([])
    expect(ann.of('clock-back')).toMatchObject([{ redated: 0 }])
  })

  test('what nobody took, since it was half an hour ahead until then, is said with the new date', () => {
    const { ann, ben, cyn, world } = three()
    ann.say('taken')
    world.run(MINUTE)
    ann.wallSkew = AHEAD
    ann.say('refused')
    world.run(MINUTE)
    expect(ben.texts()).toEqual(['taken'])
    ann.wallSkew = -HOUR
    world.run(MINUTE)
    for (const peer of [ann, ben, cyn]) expect(peer.texts()).toEqual(['taken', 'refused'])
    expect(ann.of('clock-back')).toMatchObject([{ redated: 1 }])
    ann.wallSkew = 0
    world.run(HOUR + AHEAD + MINUTE)
    for (const peer of [ann, ben, cyn]) expect(peer.texts()).toEqual(['taken', 'refused'])
  })

  test('what was said to nobody is said with the new date', () => {
    const { peers, world } = meeting('ann')
    const [ann] = peers as [Peer]
    ann.say('alone')
    ann.wallSkew = -HOUR
    world.run(MINUTE)
    const ben = world.join('ben')
    world.introduce(ann, ben)
    world.run(MINUTE)
    expect(ben.texts()).toEqual(['alone'])
    expect(ann.texts()).toEqual(['alone'])
  })
})

test('a burst of lines in one millisecond is no clock that was set back', () => {
  const { ann, ben, world } = three()
  for (let i = 0; i < 300; i++) ann.say(`${i}`)
  world.run(2 * MINUTE)
  expect(ann.of('clock-back')).toEqual([])
  expect(new Set(ann.stored.map(({ clock }) => clock)).size).toBe(300)
  expect(ben.texts()).toHaveLength(300)
})

describe.each([
  ['an hour back', -HOUR],
  ['an hour ahead', HOUR]
])('when a receiver’s clock is set %s', (_, step) => {
  test('spans go on: who vanishes is missed', () => {
    const { ann, cyn, world } = three()
    ann.wallSkew = step
    world.crash(cyn)
    world.run(2 * MINUTE)
    expect(nicksOf(ann)).not.toContain('cyn')
  })
})

test('a clock that drifts slowly is no trouble', () => {
  const { ann, ben, world } = three()
  for (let minute = 0; minute < 40; minute++) {
    ann.wallSkew += 3_000
    ann.say(`${minute}`)
    world.run(MINUTE)
  }
  expect(ben.texts()).toHaveLength(40)
  expect(ann.of('clock-back')).toEqual([])
  for (let minute = 0; minute < 40; minute++) {
    ann.wallSkew -= 3_000
    ann.say(`back ${minute}`)
    world.run(MINUTE)
  }
  expect(ben.texts()).toHaveLength(80)
  expect(ann.of('clock-back')).toEqual([])
  expect(nicksOf(ben)).toEqual(['ann', 'ben', 'cyn'])
})

test('after a sleep nobody counts as gone who was not', () => {
  const { ann, ben, cyn, world } = three()
  // What our driver makes of it: the steady clock has stood still, and the other one has not.
  ann.wallSkew = HOUR
  ann.skew = -HOUR
  world.run(HOUR)
  expect(nicksOf(ann)).toEqual(['ann', 'ben', 'cyn'])
  for (const peer of [ben, cyn]) peer.say('hello')
  world.run(MINUTE)
  expect([...ann.texts()].sort()).toEqual(['hello', 'hello'])
})
