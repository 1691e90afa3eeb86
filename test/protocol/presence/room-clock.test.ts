import { expect, test } from 'vitest'
import { MAX_CLOCK_AHEAD_MILLIS } from '../../../src/protocol/config.js'
import { CLOCK_COMPLAINT_MILLIS, CLOCK_VOTE_MILLIS } from '../../../src/protocol/history/tuning.js'
import { RoomClock } from '../../../src/protocol/presence/room-clock.js'
import { EPOCH, identityOf } from '../../support/harness.js'

const MAX = MAX_CLOCK_AHEAD_MILLIS

/** A clock at EPOCH whose neighbours' clocks are ahead by so much; the steady clock begins at 0. */
function among(...ahead: readonly number[]): RoomClock {
  const clock = new RoomClock()
  clock.read(0, EPOCH)
  for (const [at, by] of ahead.entries()) {
    clock.linkUp(identityOf(`member ${at}`))
    clock.note(identityOf(`member ${at}`), EPOCH + by, true)
  }
  return clock
}

test('our own clock counts until all neighbours say that it is more than five minutes behind', () => {
  expect(among(MAX + 1, MAX).judge()).toBe(false)
  expect(among(MAX + 1).judge()).toBe(false)
  const behind = among(MAX + 1, MAX + 9)
  expect(behind.judge()).toBe(true)
  expect(behind.correction).toBe(MAX + 1)
  expect(behind.read(10, EPOCH + 10)).toBe(EPOCH + 10 + MAX + 1)
})

test('once it has been set right, it counts again: to within five minutes of the room', () => {
  const clock = among(MAX + 1, MAX + 1)
  clock.judge()
  expect(clock.correction).toBe(MAX + 1)
  // A little nearer, by less than makes us start over.
  clock.read(10, EPOCH + 10 + 1)
  expect(clock.correction).toBe(0)
})

test('a clock that was set starts over, and one that drifts does not', () => {
  const [drifts, jumps] = [among(MAX + 9_000, MAX + 9_000), among(MAX + 9_000, MAX + 9_000)]
  for (const clock of [drifts, jumps]) clock.judge()
  drifts.read(10, EPOCH + 10 + 5_000)
  expect(drifts.correction).toBe(MAX + 4_000)
  jumps.read(10, EPOCH + 10 + 5_001)
  expect(jumps.correction).toBe(0)
})

test('it is complained of once a minute, with how far it is off', () => {
  const clock = among(MAX + 1, MAX + 1)
  expect(clock.complaint()).toBeUndefined()
  clock.judge()
  expect(clock.complaint()).toBe(MAX + 1)
  expect(clock.complaint()).toBeUndefined()
  clock.read(CLOCK_COMPLAINT_MILLIS - 1, EPOCH + CLOCK_COMPLAINT_MILLIS - 1)
  expect(clock.complaint()).toBeUndefined()
  clock.read(CLOCK_COMPLAINT_MILLIS, EPOCH + CLOCK_COMPLAINT_MILLIS)
  expect(clock.complaint()).toBe(MAX + 1)
})

test('one that is ahead of all is told, and never corrected', () => {
  const clock = among(-MAX - 1, -MAX - 2)
  expect(clock.judge()).toBe(false)
  expect(clock.correction).toBe(0)
  expect(clock.complaint()).toBe(-MAX - 2)
  expect(among(-MAX - 1, -MAX).complaint()).toBeUndefined()
  expect(among(-MAX - 1).complaint()).toBeUndefined()
})

test('what came with history may be old: it says less of a clock that is ahead', () => {
  const clock = among(-MAX - 1)
  clock.linkUp(identityOf('old'))
  clock.note(identityOf('old'), EPOCH - MAX - 1, false)
  expect(clock.complaint()).toBeUndefined()
})

test('who said it long ago, or has no link any more, has no vote', () => {
  const old = among(MAX + 1, MAX + 1)
  old.read(CLOCK_VOTE_MILLIS, EPOCH + CLOCK_VOTE_MILLIS)
  expect(old.judge()).toBe(true)
  const older = among(MAX + 1, MAX + 1)
  older.read(CLOCK_VOTE_MILLIS + 1, EPOCH + CLOCK_VOTE_MILLIS + 1)
  expect(older.judge()).toBe(false)
  const left = among(MAX + 1, MAX + 1)
  left.linkUp(identityOf('member 0'))
  left.linkDown(identityOf('member 0'))
  expect(left.judge()).toBe(true)
  const gone = among(MAX + 1, MAX + 1)
  gone.linkDown(identityOf('member 0'))
  expect(gone.judge()).toBe(false)
})
