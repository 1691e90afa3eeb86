import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Arrival, CENSUS_MILLIS, SETTLE_MILLIS } from '../../src/room/arrival.js'
import { fakeRoom, other } from '../ui/fake-room.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const bob = other('b', 'bob')

/** A room that we come to now, and whether it is known who is there. */
function arrive(ready?: Promise<boolean>) {
  const fake = fakeRoom(ready)
  const arrival = new Arrival(fake.room)
  let known: boolean | undefined
  void arrival.known.then(isIn => {
    known = isIn
  })
  return { ...fake, arrival, known: () => known, pass: vi.advanceTimersByTimeAsync }
}

test('nobody is told of for half a second: nobody is there', async () => {
  const { arrival, known, pass } = arrive()
  await pass(CENSUS_MILLIS - 1)
  expect(known()).toBe(undefined)
  await pass(1)
  expect(known()).toBe(true)
  expect(arrival.isSettling).toBe(true)
})

test('while somebody who was found is being reached it is not known, two seconds at most', async () => {
  const { find, known, pass } = arrive()
  find('1')
  await pass(SETTLE_MILLIS - 1)
  expect(known()).toBe(undefined)
  await pass(1)
  expect(known()).toBe(true)
})

test('it is known as soon as somebody is there, or cannot be reached', async () => {
  const slow = arrive()
  slow.find('1')
  await slow.pass(1_000)
  slow.find('1', 'present', bob)
  slow.join(bob)
  await slow.pass(0)
  expect(slow.known()).toBe(true)
  const gone = arrive()
  gone.find('1')
  await gone.pass(1_000)
  gone.tell({ type: 'unreachable', device: '1'.repeat(64) as never, text: 'no' })
  await gone.pass(0)
  expect(gone.known()).toBe(true)
})

test('whoever is told of in the first two seconds was there before us; the time begins when we are in', async () => {
  let enter = (_: boolean) => {}
  const { arrival, pass } = arrive(new Promise(resolve => (enter = resolve)))
  await pass(60_000)
  expect(arrival.isSettling).toBe(true)
  enter(true)
  await pass(SETTLE_MILLIS - 1)
  expect(arrival.isSettling).toBe(true)
  await pass(1)
  expect(arrival.isSettling).toBe(false)
})

test('a room that is left before is told as that', async () => {
  const { known, pass } = arrive(Promise.resolve(false))
  await pass(0)
  expect(known()).toBe(false)
})
