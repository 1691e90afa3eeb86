import { expect, test } from 'vitest'
import {
  isRoutinePresence,
  PresencePacer,
  presenceGap,
  presenceInterval
} from '../../../src/protocol/presence/pacer.js'
import { encodePresenceBody } from '../../../src/protocol/wire/bodies/presence.js'
import { KIND_PRESENCE, KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { deviceOf, INSTANCE } from '../../support/harness.js'

test('the interval keeps the presences that a member hears under one in a second, in rooms of up to 300', () => {
  for (const devices of [1, 2, 10, 30, 31, 100, 300]) {
    expect(devices / (presenceInterval(devices) / 1000)).toBeLessThan(1)
    expect(presenceInterval(devices)).toBeGreaterThanOrEqual(10_000)
  }
  expect(presenceInterval(10_000_000)).toBe(900_000)
  expect(presenceGap(0)).toBe(200)
  expect(presenceGap(30)).toBe(6_000)
})

test('the next presence comes within the interval that the last one announced', () => {
  for (const random of [0, 0.5, 0.999]) {
    const alarm = new PresencePacer(() => random).sent(3_000, 0)
    expect(alarm.after).toBeLessThanOrEqual(3_000)
    expect(alarm.after).toBeGreaterThanOrEqual(2_700)
  }
})

test('news waits for the gap, and only the latest alarm counts', () => {
  const pacer = new PresencePacer(() => 0)
  const first = pacer.sent(3_000, 1_000)
  const early = pacer.hurry(2, 1_010)
  expect(early?.after).toBe(390)
  expect(pacer.hurry(2, 1_020)).toBeUndefined()
  expect(pacer.isDue(first.round)).toBe(false)
  expect(pacer.isDue(early?.round ?? 0)).toBe(true)
  expect(pacer.hurry(1, 9_000)).toBeUndefined()
})

test('news that only we have waits for no more than the gap it is given', () => {
  const pacer = new PresencePacer(() => 0)
  pacer.sent(10_000, 1_000)
  expect(pacer.urge(1_000, 5_000)?.after).toBe(0)
  expect(pacer.urge(1_000, 5_000)).toBeUndefined()
  pacer.sent(10_000, 5_000)
  expect(pacer.urge(1_000, 5_100)?.after).toBe(900)
})

test('who talks need not tell what it has, until it has been silent for a gap', () => {
  const pacer = new PresencePacer(() => 0)
  pacer.sent(10_000, 0)
  pacer.hurry(5, 100)
  pacer.spoke(900)
  expect(pacer.postpone(5, 1_000)?.after).toBe(900)
  pacer.spoke(1_500)
  expect(pacer.postpone(5, 1_900)?.after).toBe(600)
  expect(pacer.postpone(5, 2_500)).toBeUndefined()
  pacer.spoke(9_900)
  expect(pacer.postpone(5, 9_900)?.after).toBe(100)
  expect(pacer.postpone(5, 10_000)).toBeUndefined()
})

test('while people talk news waits for a few gaps, and after a single line for none', () => {
  const pacer = new PresencePacer(() => 0)
  pacer.sent(100_000, 0)
  pacer.hurry(5, 900)
  expect(pacer.postpone(5, 1_000)).toBeUndefined()
  pacer.hurry(5, 950)
  expect(pacer.postpone(5, 1_000)?.after).toBe(1_000)
  pacer.hurry(5, 1_800)
  expect(pacer.postpone(5, 3_500)?.after).toBe(500)
  expect(pacer.postpone(5, 4_000)).toBeUndefined()
  pacer.sent(100_000, 4_000)
  pacer.hurry(5, 5_000)
  pacer.hurry(5, 5_500)
  expect(pacer.postpone(5, 8_000)).toBeUndefined()
})

test('only a regular presence is nothing that anybody waits for', () => {
  const who = { device: deviceOf('bob'), instance: INSTANCE, nick: 'bob' }
  const fields = { ...who, leaving: false, bot: false }
  const body = (routine: boolean) => encodePresenceBody({ ...fields, routine, interval: 10_000 })
  expect(isRoutinePresence({ kind: KIND_PRESENCE, body: body(true) })).toBe(true)
  expect(isRoutinePresence({ kind: KIND_PRESENCE, body: body(false) })).toBe(false)
  expect(isRoutinePresence({ kind: KIND_TEXT, body: body(true) })).toBe(false)
})
