import { expect, it } from 'vitest'
import { RecentMessages } from '../../../src/protocol/broadcast/recent-messages.js'
import type { Timeline } from '../../../src/protocol/history/timeline.js'
import { EPHEMERAL_LIFE_MILLIS, MAX_RECENT_MESSAGES } from '../../../src/protocol/history/tuning.js'
import type { Verifier } from '../../../src/protocol/history/verifier.js'
import type { Turn } from '../../../src/protocol/turn.js'
import { presenceOf, typingOf } from '../../support/hostile.js'

/** Of a room that stores nothing. */
function recentMessages() {
  const turn = { now: 0 }
  const nothing = { get: () => undefined, node: () => undefined, recall: () => undefined }
  const recent = new RecentMessages(
    turn as Turn,
    nothing as unknown as Timeline,
    nothing as unknown as Verifier
  )
  return { recent, turn }
}

const typing = (author: string) => typingOf(author, 1_000)

it('what passes is kept for a while, whoever else says how much', () => {
  const { recent, turn } = recentMessages()
  const one = typing('ann')
  recent.keep(one)
  const many = Array.from({ length: MAX_RECENT_MESSAGES + 100 }, () => typing('mal'))
  for (const each of many) recent.keep(each)
  expect(recent.recall(one.id)).toBe(one)
  expect(many.filter(({ id }) => recent.recall(id))).toEqual(many.slice(101))
  turn.now = EPHEMERAL_LIFE_MILLIS + 1
  expect(recent.recall(one.id)).toBeUndefined()
})

it('presences have room of their own', () => {
  const { recent } = recentMessages()
  const here = presenceOf('ann', {}, 1_000)
  recent.keep(here)
  for (let n = 0; n <= MAX_RECENT_MESSAGES; n++) recent.keep(typing(`mal ${n}`))
  expect(recent.recall(here.id)).toBe(here)
})
