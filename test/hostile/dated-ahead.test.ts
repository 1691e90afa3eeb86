import { expect, test } from 'vitest'
import { type Peer, World } from '../support/harness.js'
import { feedPushed, feedStored, member, textOf } from '../support/hostile.js'

/** Every line is everywhere within this, in ms. */
const ARRIVES_MILLIS = 2_000

// Spends: one message that is dated as far ahead as may be, and some history a second. Costs the room: nothing. Who is behind
// the one link between its two parts hears at once what was said just before they met.
test.each([5, 10, 11])(
  'a message that is dated ahead keeps nothing that was just said from who is behind others, seed %i',
  seed => {
    const world = new World(seed)
    const [ann, amy] = world.joinAll('ann', 'amy') as [Peer, Peer]
    const [ben, bob] = world.joinAll('ben', 'bob') as [Peer, Peer]
    world.run(20_000)
    for (const [at, name] of [
      [amy, 'eva'],
      [ben, 'eve']
    ] as const) {
      const eve = member(world, at, name)
      eve.onframe = (from, { type }) => {
        if (type === 'ping') eve.send(from, { type: 'pong' })
      }
      feedPushed(at, eve, textOf('eve', 'ahead', world.now + 290_000))
      // As long as history comes others are told of it ever more seldom.
      for (let n = 0; n < 200; n++) {
        const old = textOf(name, `old ${n}`, world.now - 3_600_000 + n)
        world.after(n * 200, () => feedStored(at, eve, old))
      }
    }
    world.run(25_000 + 500 * seed)
    ann.say('just now')
    world.run(300)
    world.introduce(amy, ben)
    world.run(ARRIVES_MILLIS)
    expect(bob.texts()).toContain('just now')
  }
)
