import { expect, test } from 'vitest'
import { LINK_ASK_RATE } from '../../../src/protocol/config.js'
import { MAX_WANTED_IDS } from '../../../src/protocol/history/tuning.js'
import { idsOf, World } from '../../support/harness.js'

test('history of strangers is asked for at a pace: the rest another time', () => {
  const world = new World()
  const ann = world.join('ann', { keep: { maxMessages: 40_000 } })
  const bob = world.join('bob', { keep: { maxMessages: 40_000 } })
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
