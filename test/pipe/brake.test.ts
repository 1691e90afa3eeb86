import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Brake, MAX_BACKLOG } from '../../src/pipe/brake.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'

/** Just what a brake sees of a connection. */
class FakeStream extends EventEmitter {
  readonly rawStream = { bytesReceived: 0 }
  readonly destroying = false
  rawBytesRead = 0
}

let stream: FakeStream
let halts: number[]
let brake: Brake
beforeEach(() => {
  vi.useFakeTimers()
  stream = new FakeStream()
  halts = []
  brake = new Brake(stream as unknown as SecretStream, millis => halts.push(millis))
})
afterEach(() => {
  vi.useRealTimers()
})

test('a reader that stands still holds a writer up, also where nothing was waiting at first', () => {
  brake.paused()
  vi.advanceTimersByTime(1_000)
  expect(halts).toEqual([])
  stream.rawStream.bytesReceived = 2 * MAX_BACKLOG
  vi.advanceTimersByTime(1_000)
  expect(halts.length).toBeGreaterThan(10)
  expect(halts.at(-1)).toBe(1_000)
})

test('one that gets on is given shorter halts, and none once it has caught up', () => {
  brake.paused()
  stream.rawStream.bytesReceived = 2 * MAX_BACKLOG
  vi.advanceTimersByTime(1_000)
  brake.resumed()
  stream.rawBytesRead = 1_000
  vi.advanceTimersByTime(25)
  expect(halts.at(-1)).toBe(10)
  stream.rawBytesRead = 2 * MAX_BACKLOG
  vi.advanceTimersByTime(25)
  expect(vi.getTimerCount()).toBe(0)
})

test('nothing is looked at any more when the connection is closed', () => {
  brake.paused()
  stream.emit('close')
  expect(vi.getTimerCount()).toBe(0)
})
