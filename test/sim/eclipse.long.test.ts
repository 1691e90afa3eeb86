import { describe, expect, it } from 'vitest'
import { Eclipser, type Target } from './eclipser.js'
import type { MessageRecord } from './metrics.js'
import { RoomNode } from './room-node.js'
import { settled } from './scenarios.js'
import { room } from './settings.js'

const HONEST = 50
const DEVICES = 8
const SECONDS = 60
/** Every honest line is everywhere within this, in virtual ms. */
const ARRIVES_MILLIS = 2_000

/** Deliveries that came too late or never, over all lines and honest members. */
function late(records: readonly MessageRecord[], honest: readonly number[]): number {
  return records.reduce((sum, { at, delivered }) => {
    const times = honest.map(index => (delivered.get(index) ?? Number.POSITIVE_INFINITY) - at)
    return sum + times.filter(time => time > ARRIVES_MILLIS).length
  }, 0)
}

// The same with 20 members, in half the time: test/hostile/eclipse.long.test.ts.
// Spent: one identity, eight devices, and eight links to one member, asked for four times a second for a minute.
// Suffered: some links of that member change; every line reaches everybody in time.
describe('one hostile identity with eight links to one of 50 honest members', () => {
  it('keeps no line from anybody for longer than 2 s', () => {
    const target: Target = { key: undefined }
    const setting = room(HONEST)
    const world = settled({
      ...setting,
      make: birth => (birth.index < HONEST ? setting.make(birth) : new Eclipser(birth, target))
    })
    const honest = world.members.map(({ index }) => index)
    world.add(DEVICES, 1_000)
    world.run(2_000)
    const [victim, ...others] = world.members.slice(0, HONEST)
    target.key = victim?.device
    for (let second = 0; second < SECONDS; second++) {
      const author = others[second % others.length]
      if (author !== undefined) world.say(author, `line ${second}`)
      world.run(1_000)
    }
    world.run(20_000)
    const records = [...world.metrics.messages.values()]
    expect(records).toHaveLength(SECONDS)
    expect(late(records, honest)).toBe(0)
    expect(world.overBound()).toEqual([])
    expect(victim?.node).toBeInstanceOf(RoomNode)
  })
})
