import { expect, test } from 'vitest'
import { CHAT_LIMITS } from '../../src/protocol/config.js'
import { MessageTable } from '../../src/protocol/history/message-table.js'
import type { Recall } from '../../src/protocol/history/shelf.js'
import { shelvedOf } from '../../src/room/kept/shelved.js'
import { World } from '../support/harness.js'
import { feedPushed, member, textOf } from '../support/hostile.js'
import { live } from '../support/one-honest-link.js'

// Identities without end that date what they say back, at a member that is started again a moment later.
// The attacker spends: so many identities, a short line of each, and seven links for a quarter of a minute; no ten minutes' wait.
// The room suffers: nothing. Who was known for long before is no newcomer afterwards, and heard whatever flood comes.

const MINUTE = 60_000

interface Kept {
  readonly shelved: MessageTable
  readonly recall: Recall
}

/** bob, started again with this a moment later. */
function restarted({ recall, shelved }: Kept) {
  const world = new World(4)
  world.run(31 * MINUTE)
  const bob = world.join('bob', { recall })
  bob.feed({ type: 'restore', messages: [], shelved, isUntold: true })
  return { bob, hal: member(world, bob, 'hal'), world }
}

/** What bob has kept, as a store has it: ann and cyd have been here for half an hour; so many identities came a moment ago. */
function keptBeside(count: number): Kept {
  const world = new World(3)
  const bob = world.join('bob')
  const hal = live(world, member(world, bob, 'hal'), bob)
  const say = (text: string) => {
    for (const name of ['ann', 'cyd']) feedPushed(bob, hal, textOf(name, text, world.now))
  }
  say('before')
  world.run(30 * MINUTE)
  say('still')
  const eves = Array.from({ length: 7 }, (_, n) => member(world, bob, `eve ${n}`))
  for (let n = 0; n < count; n++) {
    const eve = eves[n % eves.length]
    if (eve) feedPushed(bob, eve, textOf(`mal ${n}`, 'x', world.now - 11 * MINUTE))
    if (n % 40 === 39) world.run(100)
  }
  const bytes = new Map(bob.stored.map(({ id, sealed }) => [id, sealed]))
  const shelved = MessageTable.of(bob.stored.map(shelvedOf), bob.heard)
  return { shelved, recall: ({ id }) => bytes.get(id) }
}

/** bob, who was started again, and what he is told over his only link after all that it may bring. */
function startedAgain(count: number, lines: number, flooders: string): string[] {
  const { bob, hal, world } = restarted(keptBeside(count))
  for (let n = 0; n < 6_000; n++)
    feedPushed(bob, hal, textOf(`${flooders} ${n % 60}`, `buy ${n}`, world.now))
  for (let n = 0; n < lines; n++) feedPushed(bob, hal, textOf('ann', `now ${n}`, world.now + n))
  world.run(100)
  return bob.texts().filter(text => text.startsWith('now'))
}

test.each([100, 4_200])('%i of them make no stranger of whom it knew', count => {
  expect(startedAgain(count, 2, 'new')).toEqual(['now 0', 'now 1'])
})

test.each([100, 4_000])('%i of them have nobody else say less', count => {
  expect(startedAgain(count, 10, 'mal')).toHaveLength(10)
})

test('they are newcomers, as if it had not been started again', () => {
  const count = 100
  const { bob, hal, world } = restarted(keptBeside(count))
  for (let n = 0; n < 8_000; n++)
    feedPushed(bob, hal, textOf(`mal ${n % count}`, `buy ${n}`, world.now))
  world.run(100)
  const said = bob.texts().filter(text => text.startsWith('buy'))
  expect(said.length).toBeLessThanOrEqual(CHAT_LIMITS.newcomers.messages.burst)
})
