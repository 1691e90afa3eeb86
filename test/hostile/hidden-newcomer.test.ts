import { expect, test } from 'vitest'
import { KIND_PRESENCE } from '../../src/protocol/wire/kinds.js'
import { open } from '../../src/protocol/wire/message.js'
import { identityOf, ROOM } from '../support/harness.js'
import { feedPushed, member, presenceOf, typingOf } from '../support/hostile.js'
import { holdPushes, live, oneHonestLink, pruneHonest, pushed } from '../support/one-honest-link.js'

// As soon as somebody new says that they are here, so much that is of the moment that their presence is forgotten before a neighbour
// that was only told of it asks for it.
// The attacker spends: three links to the honest neighbour and four to the member, twenty settled identities, and 1,100 messages for each
// presence. The room suffers: nothing. Whoever comes is seen.

/** What a presence takes that is only announced, twice. */
const SEEN_MILLIS = 2_400

test.each([0, 1_100])('%i messages of the moment hide nobody who comes', count => {
  const all = oneHonestLink(3)
  const { ann, bob, mal, world } = all
  holdPushes(all)
  const mals = [mal, ...['mel', 'max'].map(name => live(world, member(world, bob, name), bob))]
  world.run(70_000)
  let said = 0
  const typing = () => typingOf(`mal ${said++ % 20}`, world.now)
  live(world, mal, bob, frame => {
    const opened = frame.type === 'message' ? open(frame.sealed, ROOM) : undefined
    if (opened?.ok !== true || opened.message.author !== identityOf('zed')) return
    if (opened.message.kind !== KIND_PRESENCE) return
    for (let n = 0; n < count; n++) mals[n % mals.length]?.send(bob.device, pushed(typing()))
  })
  const zed = live(world, member(world, bob, 'zed'), bob)
  const isSeen = () => ann.machine.members().some(({ nick }) => nick === 'zed')
  for (let n = 0; n < 6 && !isSeen(); n++) {
    pruneHonest(all)
    feedPushed(bob, zed, presenceOf('zed', {}, world.now))
    world.run(SEEN_MILLIS)
    if (count === 0) expect(isSeen()).toBe(true)
    world.run(10_000 - SEEN_MILLIS)
  }
  expect(isSeen()).toBe(true)
})
