import { expect, test } from 'vitest'
import { EPOCH, World } from '../support/harness.js'
import { member, textOf } from '../support/hostile.js'

// Spent: some links, and an offer a second of all that the room has said, of which nothing is ever sent.
// Suffered: a newcomer gets its history some seconds later. Nothing is lost.
test.each([1, 7])('%i who offer history and send none keep it from nobody', count => {
  const world = new World()
  const ann = world.join('ann')
  const lines = Array.from({ length: 30 }, (_, n) => textOf('bob', `line ${n}`, EPOCH - 60_000 + n))
  ann.feed({ type: 'restore', messages: lines })
  const newcomer = world.join('newcomer')
  const eves = Array.from({ length: count }, (_, n) => member(world, newcomer, `eve ${n}`))
  for (const eve of eves) {
    eve.onframe = (from, frame) => {
      if (frame.type === 'ping') eve.send(from, { type: 'pong' })
    }
  }
  const ids = lines.map(({ id }) => id)
  for (let at = 0; at < 120_000; at += 1_000) {
    world.after(at, () => {
      for (const eve of eves) eve.send(newcomer.device, { type: 'offer', ids })
    })
  }
  world.run(500)
  world.connect(newcomer, ann)
  world.run(60_000)
  expect(newcomer.texts()).toHaveLength(lines.length)
})
