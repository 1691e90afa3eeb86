import { describe, expect, it } from 'vitest'
import type { Member } from './member.js'
import { settled } from './scenarios.js'
import { light } from './settings.js'
import type { World } from './world.js'

const MEMBERS = 200
const STEP_MILLIS = 250

/** True for a member with a neighbour that has it for a neighbour, too. */
function isMember({ device, node }: Member, world: World): boolean {
  const views = [...(node?.active ?? [])].map(
    peer => world.members.find(m => m.device === peer)?.node
  )
  return views.some(view => [...(view?.active ?? [])].includes(device))
}

/** Seconds from its start until each of the newcomers is a member; infinite for those that are not after a minute. */
function joining(world: World, newcomers: readonly Member[]): number[] {
  const joined = new Map<Member, number>()
  for (let at = 0; at < 60_000 && joined.size < newcomers.length; at += STEP_MILLIS) {
    world.run(STEP_MILLIS)
    for (const member of newcomers) {
      if (!joined.has(member) && isMember(member, world)) {
        joined.set(member, (world.time - member.since) / 1_000)
      }
    }
  }
  return newcomers.map(member => joined.get(member) ?? Number.POSITIVE_INFINITY)
}

describe('newcomers to a room of 200 in which every view is full', () => {
  it.each([1, 100])(
    'are members within seconds, %i of them in a second',
    count => {
      const world = settled(light(MEMBERS))
      const seconds = joining(world, world.add(count, 1_000)).sort((a, b) => a - b)
      expect(seconds[Math.floor(count / 2)]).toBeLessThan(2)
      expect(seconds.at(-1)).toBeLessThan(10)
      world.run(20_000)
      expect(world.overBound()).toEqual([])
    },
    120_000
  )

  it('get in though most are refused at first', () => {
    const world = settled(light(MEMBERS))
    joining(world, world.add(MEMBERS, 1_000))
    expect(world.metrics.framesByType.get('referral')).toBeGreaterThan(MEMBERS / 2)
    expect(world.alive.every(member => isMember(member, world))).toBe(true)
  }, 120_000)
})
