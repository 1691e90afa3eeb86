import { expect, test } from 'vitest'
import type { VerifiedMessage } from '../../../src/protocol/wire/message.js'
import { World } from '../../support/harness.js'
import { member, textOf } from '../../support/hostile.js'

test('a line that came before one that its author had seen says so', () => {
  const world = new World()
  const ann = world.join('ann')
  const eve = member(world, ann)
  const push = ({ sealed }: VerifiedMessage) =>
    eve.send(ann.device, { type: 'message', hops: 1, sealed })
  const first = textOf('eve', 'first', world.now)
  const second = textOf('eve', 'second', world.now + 1, [first.id])
  const third = textOf('eve', 'third', world.now + 2, [second.id])
  push(second)
  push(first)
  push(third)
  world.run(100)
  const told = ann.of('message').map(({ message: { missing, text } }) => ({ text, missing }))
  expect(told).toEqual([
    { text: 'second', missing: [first.id] },
    { text: 'first' },
    { text: 'third' }
  ])
})
