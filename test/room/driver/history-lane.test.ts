import { expect, test } from 'vitest'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { HistoryLane, MAX_LANE_BYTES } from '../../../src/room/driver/history-lane.js'
import { PIECES_PER_TURN, Turns } from '../../../src/room/driver/turns.js'

const stored = (n: number): Frame => ({ type: 'stored', sealed: Uint8Array.of(1, n) })
const said: Frame = { type: 'message', hops: 1, sealed: Uint8Array.of(1, 1) }
const ping: Frame = { type: 'ping' }

function lane() {
  const handled: Frame[] = []
  return { handled, lane: new HistoryLane(new Turns(), frame => handled.push(frame)) }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('without history a frame is handled as it comes', () => {
  const { handled, lane: it } = lane()
  for (const frame of [ping, said]) it.take(frame, 100)
  expect(handled).toEqual([ping, said])
})

test('where little waits, what is said goes after it, at once; everything else keeps its place', async () => {
  const { handled, lane: it } = lane()
  for (const frame of [stored(1), ping, said, stored(2), ping]) it.take(frame, 100)
  expect(handled).toEqual([stored(1), ping, said])
  await turn()
  expect(handled).toEqual([stored(1), ping, said, stored(2), ping])
  it.take(ping, 1)
  expect(handled.at(-1)).toBe(ping)
})

test('history is handled some by some, and what is said meanwhile at once', async () => {
  const { handled, lane: it } = lane()
  const all = Array.from({ length: 3 * PIECES_PER_TURN }, (_, n) => stored(n % 256))
  for (const frame of all) it.take(frame, 100)
  await turn()
  expect(handled).toHaveLength(PIECES_PER_TURN)
  it.take(said, 100)
  expect(handled.pop()).toBe(said)
  await turn()
  await turn()
  expect(handled).toEqual(all)
})

test('of more than may wait, the first is handled as it comes', () => {
  const { handled, lane: it } = lane()
  for (let n = 0; n < 20; n++) it.take(stored(n), MAX_LANE_BYTES / 10)
  expect(handled.length).toBeGreaterThan(10)
  expect(handled).toEqual(Array.from(handled, (_, n) => stored(n)))
})

test('tells when all has been handled', async () => {
  const { handled, lane: it } = lane()
  it.take(stored(1), 100)
  let at: number | undefined
  it.whenEmpty(() => {
    at = handled.length
  })
  expect(at).toBeUndefined()
  await turn()
  expect(at).toBe(1)
})

test('what is cleared is not handled, and that is told later', async () => {
  const { handled, lane: it } = lane()
  it.take(stored(1), 100)
  let isEmpty = false
  it.whenEmpty(() => {
    isEmpty = true
  })
  it.clear()
  expect(isEmpty).toBe(false)
  await turn()
  expect([isEmpty, handled]).toEqual([true, []])
})
