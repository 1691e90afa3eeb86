import { expect, test } from 'vitest'
import { feedPushed, textOf } from '../support/hostile.js'
import {
  holdPushes,
  lateness,
  oneHonestLink,
  pruneHonest,
  pushed
} from '../support/one-honest-link.js'
import { pretend } from '../support/pretend.js'

// So many lines at once by the honest neighbour, which only announces them, that there is no room to note what it announces next.
// The attacker spends: a link to each of two members, up to 5,000 lines of twenty settled identities at once, and what it takes to
// pretend that messages are late. The room suffers: lines that are only announced are 2.4 s late at most. None is lost.

/** Twice what a line takes that is only announced, when nobody pretends anything; and a little, where the early questions of a second are used up. */
const LATE_MILLIS = 2 * 1_140 + 120
/** From one to the next, a link brings no more than it may. */
const PAUSE_MILLIS = 5_000

test.each([
  [0, 1],
  [600, 1],
  [600, 7],
  [2_000, 1],
  [2_000, 7],
  [5_000, 7]
])(
  '%i lines at once through the honest neighbour, and %i who pretend, hide none of others',
  (burst, count) => {
    const all = oneHonestLink(count - 1)
    const { ann, bob, cyd, mal, world } = all
    pretend(all, 380, line => mal.send(bob.device, pushed(line)))
    holdPushes(all)
    world.run(10_000)
    const late = [100, 300, 600].map(after => {
      world.run(PAUSE_MILLIS)
      pruneHonest(all)
      for (let n = 0; n < burst; n++)
        mal.send(bob.device, pushed(textOf(`mal ${n % 20}`, `${after} ${n}`, world.now)))
      world.run(after)
      const line = textOf('cyd', `hidden ${after}`, world.now)
      feedPushed(bob, cyd, line)
      return lateness(world, ann, line)
    })
    expect(Math.max(...late)).toBeLessThan(LATE_MILLIS)
  }
)
