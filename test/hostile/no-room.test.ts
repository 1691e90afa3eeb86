import { describe, expect, test } from 'vitest'
import { deviceOf, INSTANCE, type Peer, type Puppet, World } from '../support/harness.js'
import { feedPushed, feedStored, member } from '../support/hostile.js'

const keep = { maxMessages: 55 }
const MINUTE = 60_000

/** bob, who keeps little and has started anew, ann, who has said much since she took back some lines, and eve, who has kept those. */
function scene() {
  const world = new World(3)
  const [ann, bob] = [world.join('ann'), world.join('bob', { keep })]
  world.introduce(ann, bob)
  world.run(11 * MINUTE)
  for (let n = 0; n < 5; n++) {
    ann.say(`secret ${n}`)
    world.run(100)
  }
  const secrets = [...ann.stored]
  for (const { id } of secrets) ann.feed({ type: 'delete', id })
  world.run(6 * MINUTE)
  for (let n = 0; n < 60; n++) {
    ann.say(`line ${n}`)
    world.run(100)
  }
  world.run(2_000)
  const { messages } = bob.machine.kept()
  bob.feed({ type: 'leave' })
  world.run(1_000)
  const again = world.join('bob', { keep, instance: INSTANCE })
  again.feed({ type: 'restore', messages, isUntold: true })
  return { world, ann, bob: again, secrets, eve: member(world, again) }
}

const isSecret = (text: string) => text.startsWith('secret')

// Spends: messages that are not shown any more, said again; one link. Costs nothing: what has no room, and is not of just now, is not told.
describe('whose history is full, and who has started anew,', () => {
  test.each([
    ['pushed', feedPushed],
    ['sent as history', feedStored]
  ])('is told no line that was taken back when it is %s again', (_, feed) => {
    const { ann, bob, eve, secrets, world } = scene()
    expect(secrets).toHaveLength(5)
    for (const message of secrets) feed(bob, eve as Puppet, message)
    world.introduce(bob as Peer, ann)
    world.run(2_000)
    ann.say('well?')
    world.run(2_000)
    expect(bob.texts().filter(isSecret)).toEqual([])
    expect(bob.texts()).toContain('well?')
    expect(bob.closed.filter(({ peer }) => peer === deviceOf('ann'))).toEqual([])
  })
})
