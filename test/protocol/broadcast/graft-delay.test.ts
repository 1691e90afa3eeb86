import { expect, it } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { GraftDelay } from '../../../src/protocol/broadcast/graft-delay.js'
import {
  GRAFT_MAX_MILLIS,
  GRAFT_MILLIS,
  GRAFT_PROBE_MILLIS,
  GRAFT_PROBE_PAUSE_MILLIS
} from '../../../src/protocol/config.js'

const [ann, bob] = ['ann', 'bob'] as [PeerKey, PeerKey]

/** All is late, at 1 s. */
function late(): GraftDelay {
  const delay = new GraftDelay()
  delay.late(20_000, 1_000)
  return delay
}

/** Each answers so soon, and then all is late again. */
function answer(delay: GraftDelay, answers: readonly number[], isFirst = true): boolean[] {
  return answers.map(millis => {
    const helps = delay.answered(ann, { millis, isFirst }, 1_000)
    delay.late(20_000, 1_000)
    return helps
  })
}

/** How many of what ann announced just now may be asked for early, at once. */
function early(delay: GraftDelay): number {
  let count = 0
  while (count < 100 && delay.time(ann, 1_000, 1_000).at === 1_000 + GRAFT_PROBE_MILLIS) {
    delay.askedEarly(ann, 1_000)
    // The pause counts from there.
    count += 1
    if (delay.time(ann, 1_000 - GRAFT_PROBE_MILLIS, 1_000).at > 1_000) break
  }
  return count
}

it('waits for nothing that is not late', () => {
  expect(new GraftDelay().time(ann, 5, 10)).toEqual({ at: 5 + GRAFT_MILLIS, isEarly: false })
})

it('has each neighbour asked early for three messages, and then for one after a pause', () => {
  const delay = late()
  expect(early(delay)).toBe(3)
  const next = 1_000 + GRAFT_PROBE_PAUSE_MILLIS
  expect(delay.time(ann, 0, 1_000)).toEqual({
    at: Math.max(next, GRAFT_PROBE_MILLIS),
    isEarly: true
  })
  expect(delay.time(bob, 0, 1_000)).toEqual({ at: GRAFT_PROBE_MILLIS, isEarly: true })
})

it('has one that answers soon asked early for more and more, though all is late', () => {
  const counts = [2, 3, 4].map(answers => {
    const delay = late()
    answer(delay, Array(answers).fill(100))
    return early(delay)
  })
  expect(counts).toEqual([3, 7, 11])
})

it('has it asked for as few as before once an answer was slow', () => {
  const delay = late()
  expect(answer(delay, [100, 100, 100, 400])).toEqual([false, false, true, false])
  expect(early(delay)).toBe(3)
})

it('goes back to the usual wait when an answer was soon, until something is late again', () => {
  const delay = late()
  expect(delay.first(1_000)).toBe(GRAFT_MAX_MILLIS)
  delay.answered(ann, { millis: 100, isFirst: true }, 1_000)
  expect(delay.first(1_000)).toBe(GRAFT_MILLIS)
})

it('counts three answers like one where another one was sooner each time, and waits as long as before', () => {
  const delay = late()
  const helps = answer(delay, Array(7).fill(100), false)
  expect(helps).toEqual([...Array(6).fill(false), true])
  expect(delay.first(1_000)).toBe(GRAFT_MAX_MILLIS)
})

it('forgets what it knew of a neighbour that is gone', () => {
  const delay = late()
  answer(delay, [100, 100, 100])
  delay.drop(ann)
  expect(early(delay)).toBe(3)
})

it('takes an answer for soon that is as fast as any over a long way', () => {
  const delay = late()
  expect(answer(delay, [500, 510, 520])).toEqual([false, false, true])
  expect(answer(delay, [640])).toEqual([false])
  expect(early(delay)).toBe(3)
})

it('takes no answer for slow that comes while nothing is late', () => {
  const delay = late()
  for (let n = 0; n < 3; n++)
    expect(delay.answered(ann, { millis: 100, isFirst: true }, 1_000)).toBe(false)
  delay.late(20_000, 1_000)
  expect(answer(delay, [100, 100])).toEqual([false, true])
})
