import { expect, test } from 'vitest'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { feedPushed, textOf } from '../support/hostile.js'
import {
  holdPushes,
  lateness,
  linesOf,
  type OneHonestLink,
  oneHonestLink,
  pruneHonest,
  pushed
} from '../support/one-honest-link.js'
import { pretend } from '../support/pretend.js'

// Neighbours that have a member believe that all messages are late, so that it waits longer for what is only announced to it.
// The attacker spends: a line a second, which it announces before it sends it, and ids. The room suffers: nothing. Every line is there in time.

/** Every line is everywhere within this, in ms. */
const ARRIVES_MILLIS = 2_000
/** What a line takes that is only announced, when nobody pretends anything. */
const USUAL_MILLIS = 1_140

test('what is only announced takes its time', () => {
  expect(Math.max(...linesOf(oneHonestLink()))).toBeLessThanOrEqual(USUAL_MILLIS)
})

test.each([
  [1, 380],
  [2, 20],
  [2, 380],
  [2, 1_400],
  [4, 380],
  [7, 20],
  [7, 380],
  [7, 1_400],
  [7, 5_000]
])('%i who answer after %i ms delay no line of others', (count, after) => {
  const all = oneHonestLink(count - 1)
  pretend(all, after)
  const late = linesOf(all, undefined, 15)
  expect(Math.max(...late)).toBeLessThan(ARRIVES_MILLIS)
})

test.each([1, 7])('%i who send what others said as late as they can delay it by little', count => {
  const all = oneHonestLink(count - 1)
  pretend(all, 1_400)
  let wait = 450
  const late = linesOf(
    all,
    line => {
      for (const eve of all.eves)
        all.world.after(wait, () => eve.send(all.ann.device, pushed(line)))
      wait = Math.min(wait * 1.35, 9_000)
    },
    20
  )
  expect(Math.max(...late)).toBeLessThan(ARRIVES_MILLIS)
})

test.each([1, 4, 20])(
  'a flow of %i lines a second through the one honest neighbour hides none of others',
  rate => {
    const all = oneHonestLink(6)
    const { ann, bob, eves, mal, world } = all
    pretend(all, 380)
    const flow = (n: number) => {
      const line = textOf(`mal ${n % 20}`, `flow ${n}`, world.now)
      mal.send(bob.device, pushed(line))
      // Just after it was asked for.
      world.after(1_700, () => eves[n % 7]?.send(ann.device, pushed(line)))
      world.after(1_000 / rate, () => flow(n + 1))
    }
    flow(0)
    const late = linesOf(all, undefined, 15)
    expect(Math.max(...late)).toBeLessThan(2 * USUAL_MILLIS)
  }
)

test('delay none of many lines that are said at once', () => {
  const all = oneHonestLink(6)
  pretend(all, 380)
  linesOf(all, undefined, 3)
  const { ann, bob, cyd, world } = all
  const waiting = new Map<string, number>()
  const late: number[] = []
  const look = () => {
    for (const { id } of ann.stored) {
      const saidAt = waiting.get(id)
      if (saidAt === undefined) continue
      late.push(world.now - saidAt)
      waiting.delete(id)
    }
  }
  for (let n = 0; n < 200; n++) {
    const line = textOf(`mal ${n % 20}`, `many ${n}`, world.now)
    feedPushed(bob, cyd, line)
    waiting.set(line.id, world.now)
    for (let t = 0; t < (n % 20 === 19 ? 100 : 2); t++) {
      world.run(20)
      look()
    }
  }
  for (let t = 0; t < 1_000; t++) {
    world.run(20)
    look()
  }
  expect(late).toHaveLength(200)
  expect(Math.max(...late)).toBeLessThan(ARRIVES_MILLIS)
})

test.each([1, 3, 7])(
  '%i who announce first what they do not send, and pretend, delay no line',
  count => {
    const all = oneHonestLink(count - 1)
    pretend(all, 380)
    const announce = ({ id }: VerifiedMessage) => {
      for (const eve of all.eves)
        eve.send(all.ann.device, { type: 'ihave', entries: [{ id, hops: 0 }] })
    }
    const late = linesOf(all, announce, 15)
    expect(Math.max(...late)).toBeLessThan(2 * USUAL_MILLIS)
  }
)

/** So late is what flows by a neighbour, in ms: less than what is waited for at most. */
const FLOW_AGE = 6_000

/**
 * Lets so many lines a second flow by bob. eve sends each to ann as well: FLOW_AGE after it was said or, where ann asks bob for it, so long
 * before his answer, if that is less than the way takes. Gives what turns it on and off.
 */
function flowing({ ann, bob, eves, mal, world }: OneHonestLink, rate: number, before: number) {
  let flows = false
  const held = new Map<string, VerifiedMessage>()
  const copy = (id: string) => {
    const line = held.get(id)
    held.delete(id)
    if (line !== undefined) eves[held.size % 7]?.send(ann.device, pushed(line))
  }
  let looked = 0
  const look = () => {
    for (const { frame, to } of ann.sent.slice(looked))
      if (frame.type === 'graft' && to === bob.device)
        for (const id of frame.ids) world.after(world.latency - before, () => copy(id))
    looked = ann.sent.length
    world.after(5, look)
  }
  if (before < world.latency) look()
  const flow = (n: number) => {
    if (!flows) return
    const line = textOf(`mal ${n % 20}`, `flow ${world.now}`, world.now)
    held.set(line.id, line)
    mal.send(bob.device, pushed(line))
    world.after(FLOW_AGE, () => copy(line.id))
    world.after(1_000 / rate, () => flow(n + 1))
  }
  return (on: boolean) => {
    flows = on
    flow(0)
  }
}

// What waits longest is asked for first: so each time that is a line of the flow, which another one sends before the answer is here.
test.each([
  [4, 10, 10],
  [10, 10, 10],
  [20, 10, 10],
  [20, 160, 160],
  [20, 160, 60],
  [10, 160, 100],
  [4, 160, 155],
  [10, 250, 250],
  [10, 250, 200]
])(
  'a flow of %i lines a second that come when they are asked for, over links of %i ms, %i ms before the answer, hides none of others',
  (rate, latency, before) => {
    const all = oneHonestLink(6)
    const { ann, bob, cyd, mal, world } = all
    world.latency = latency
    // So that there is no need of the link between ann and bob, either way.
    pretend(all, 380, line => mal.send(bob.device, pushed(line)))
    holdPushes(all)
    world.run(10_000)
    const turn = flowing(all, rate, before)
    for (let n = 0; n < 6; n++) {
      turn(false)
      world.run(2_000)
      pruneHonest(all)
      turn(true)
      world.run(FLOW_AGE + 2_000)
      const line = textOf('cyd', `hidden ${n}`, world.now)
      feedPushed(bob, cyd, line)
      // Three links more are crossed than nearby.
      expect(lateness(world, ann, line)).toBeLessThan(2 * (USUAL_MILLIS + 3 * latency))
    }
  }
)

// What flows by is asked for soon, which tells of no lateness; what they say themselves tells of much: so waits are short and long by turns.
test.each([5, 10, 40])(
  'a flow of %i lines a second, and six who announce first what they do not send, delay no line',
  rate => {
    const all = oneHonestLink(5)
    const { ann, bob, cyd, eves, mal, world } = all
    pretend(all, 380, line => mal.send(bob.device, pushed(line)))
    holdPushes(all)
    world.run(10_000)
    const flow = (n: number) => {
      const text = `${n} `.padEnd(200, 'x')
      mal.send(bob.device, pushed(textOf(`mal ${n % 20}`, text, world.now)))
      world.after(1_000 / rate, () => flow(n + 1))
    }
    pruneHonest(all)
    flow(1)
    world.run(10_000)
    for (let n = 0; n < 6; n++) {
      pruneHonest(all)
      const line = textOf('cyd', `hidden ${n}`, world.now)
      feedPushed(bob, cyd, line)
      for (const eve of eves)
        eve.send(ann.device, { type: 'ihave', entries: [{ id: line.id, hops: 0 }] })
      expect(lateness(world, ann, line)).toBeLessThan(2 * USUAL_MILLIS)
    }
  }
)
