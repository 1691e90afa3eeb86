import { expect, test } from 'vitest'
import { feedPushed, member, textOf, typingOf } from '../support/hostile.js'
import {
  holdPushes,
  lateness,
  live,
  oneHonestLink,
  pruneHonest,
  pushed
} from '../support/one-honest-link.js'
import { pretend } from '../support/pretend.js'

// So much at once that is of the moment that the honest neighbour announces what it has forgotten when it is asked for it, and is
// believed no more; and neighbours that announce lines first and do not send them.
// The attacker spends: three links to the honest neighbour, five to the member, 1,100 messages every twelve seconds, an id for each
// line, and what it takes to pretend that messages are late. The room suffers: nothing. Every line is there in time.

/** What a line takes that is only announced, when nobody pretends anything. */
const USUAL_MILLIS = 1_140

test.each([
  [0, 5],
  [1_100, 5]
])(
  '%i messages that are forgotten soon, and %i who announce first, delay no line',
  (count, links) => {
    const all = oneHonestLink(links - 1)
    const { ann, bob, cyd, eves, mal, world } = all
    pretend(all, 380, line => mal.send(bob.device, pushed(line)))
    holdPushes(all)
    const mals = [mal, ...['mel', 'max'].map(name => live(world, member(world, bob, name), bob))]
    world.run(70_000)
    let said = 0
    const typing = () => typingOf(`mal ${said++ % 20}`, world.now)
    const late = Array.from({ length: 12 }, (_, n) => {
      pruneHonest(all)
      for (let m = 0; m < count; m++) mals[m % mals.length]?.send(bob.device, pushed(typing()))
      world.run(8_000)
      pruneHonest(all)
      const line = textOf('cyd', `line ${n}`, world.now)
      feedPushed(bob, cyd, line)
      for (const eve of eves)
        eve.send(ann.device, { type: 'ihave', entries: [{ id: line.id, hops: 0 }] })
      return lateness(world, ann, line)
    })
    expect(Math.max(...late)).toBeLessThanOrEqual(2 * USUAL_MILLIS)
  }
)
