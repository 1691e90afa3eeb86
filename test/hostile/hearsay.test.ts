import { expect, test } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import { MAX_PARENTS } from '../../src/protocol/config.js'
import { textOf } from '../support/hostile.js'
import { linesOf, oneHonestLink, pushed } from '../support/one-honest-link.js'
import { pretend } from '../support/pretend.js'
import { idOf } from '../support/reconcile.js'

// Lines that name what nobody has, so that the neighbour that sends one when it is asked is asked for all of that, and not for what
// it announces.
// The attacker spends: a line a second with eight invented parents at the honest neighbour, and what it takes to pretend that all
// messages are late. The room suffers: nothing. Every line is there in time.

/** What a line takes that is only announced, when nobody pretends anything. */
const USUAL_MILLIS = 1_140

test.each([
  [0, 7],
  [MAX_PARENTS, 1],
  [MAX_PARENTS, 7]
])('%i parents of a line that nobody has, and %i who pretend, delay no line', (parents, count) => {
  const all = oneHonestLink(count - 1)
  const { bob, mal, world } = all
  pretend(all, 380)
  const flow = (n: number) => {
    const named: MessageId[] = Array.from({ length: parents }, (_, m) => idOf(-n * parents - m))
    const line = textOf(`mal ${n % 20}`, `flow ${n}`, world.now, named.toSorted())
    mal.send(bob.device, pushed(line))
    world.after(1_000, () => flow(n + 1))
  }
  flow(1)
  const late = linesOf(all, undefined, 15)
  expect(Math.max(...late)).toBeLessThan(2 * USUAL_MILLIS)
})
