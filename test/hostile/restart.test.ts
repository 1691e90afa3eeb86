import { expect, test } from 'vitest'
import { EPOCH, World } from '../support/harness.js'
import { feedPushed, member, textOf } from '../support/hostile.js'

const MINUTE = 60_000

// Spends: so many lines that those who are linked to a member pass on all that its link may bring, just after it has started.
// Costs the others nothing: whoever has spoken here before is no newcomer for that.
test('who spoke before a member was started again is heard, whatever flood comes over the only link', () => {
  const world = new World(3)
  const before = ['ann', 'cyd'].map((name, n) => textOf(name, 'before', EPOCH - 20 * MINUTE + n))
  const bob = world.join('bob', {})
  bob.feed({ type: 'restore', messages: before, isUntold: true })
  const hal = member(world, bob, 'hal')
  for (let n = 0; n < 3_000; n++)
    feedPushed(bob, hal, textOf(`eve ${n % 60}`, `buy ${n}`, world.now))
  for (const name of ['ann', 'cyd']) feedPushed(bob, hal, textOf(name, `${name} now`, world.now))
  world.run(100)
  expect(bob.texts()).toContain('ann now')
  expect(bob.texts()).toContain('cyd now')
})
