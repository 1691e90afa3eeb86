import { expect, it } from 'vitest'
import { seedFromEnv } from '../support/seed.js'
import type { Member } from './member.js'
import { RoomNode } from './room-node.js'
import { settled } from './scenarios.js'

const SECOND = 1_000
const PEERS = 20
const MINUTES = 60
/** How long whoever was killed stays away. */
const AWAY_SECONDS = [5, 180] as const
const SAID_EVERY_SECONDS = 5
/** Members compare their heads once a minute. */
const QUIET_MINUTES = 10

const logOf = ({ node }: Member) => (node instanceof RoomNode ? node.log : [])
const storeOf = ({ stored }: Member) => [...stored.keys()].sort()

/** An hour in which every half minute a member is killed and comes back with its store, one in eight without; all talk. */
function hour() {
  const make = (birth: ConstructorParameters<typeof RoomNode>[0]) =>
    new RoomNode(birth, {}, undefined, true)
  const world = settled({ make, peers: PEERS, seed: seedFromEnv(7) })
  const [least, most] = AWAY_SECONDS
  let kills = 0
  for (let second = 0; second < MINUTES * 60; second += SAID_EVERY_SECONDS) {
    const [author, victim] = world.choose(2)
    if (author !== undefined) world.say(author, `line at ${second}`)
    // Sometimes nobody has its last line yet.
    if (second % 30 === 0 && victim !== undefined) {
      const [killed] = second % 60 === 0 && author !== undefined ? [author] : [victim]
      const hasStore = kills % 8 !== 7
      world.crash([killed])
      const away = least + world.random() * (most - least)
      world.later(away * SECOND, () => world.restart(killed, hasStore))
      kills += 1
    }
    world.run(SAID_EVERY_SECONDS * SECOND)
  }
  world.run(most * SECOND + QUIET_MINUTES * 60 * SECOND)
  return { world, kills }
}

it('members with stores have one log after an hour in which they were killed over and over', () => {
  const { kills, world } = hour()
  const members = world.alive
  expect(members).toHaveLength(PEERS)
  expect(kills).toBe(MINUTES * 2)
  const [first] = members
  const log = first === undefined ? [] : logOf(first)
  // Only what was lost with a store before anybody else had it is missing.
  expect(log.length).toBeGreaterThan((MINUTES * 60) / SAID_EVERY_SECONDS - kills / 8)
  for (const member of members) {
    expect(logOf(member), `the log of ${member.index}`).toEqual(log)
    expect(storeOf(member), `the store of ${member.index}`).toEqual(log.toSorted())
  }
  expect(world.overBound()).toEqual([])
})
