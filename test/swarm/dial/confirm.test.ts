import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'
import { whenConfirmed } from '../../../src/swarm/dial/confirm.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A stream that is open on our side, and what became of it. */
function open() {
  const rawStream = new EventEmitter()
  const errors: unknown[] = []
  const stream = Object.assign(new EventEmitter(), {
    connected: true,
    destroying: false,
    rawStream,
    destroy: (error: unknown) => errors.push(error)
  })
  const onConfirmed = vi.fn()
  whenConfirmed(stream as unknown as SecretStream, onConfirmed)
  return { stream, errors, onConfirmed, hear: () => rawStream.emit('data', Buffer.from('x')) }
}

test('a stream is confirmed by the first bytes of the other side', () => {
  const { errors, hear, onConfirmed } = open()
  expect(onConfirmed).not.toHaveBeenCalled()
  hear()
  hear()
  expect(onConfirmed).toHaveBeenCalledTimes(1)
  vi.runAllTimers()
  expect(errors).toEqual([])
})

test('one that is being destroyed is not', () => {
  const { hear, onConfirmed, stream } = open()
  stream.destroying = true
  hear()
  expect(onConfirmed).not.toHaveBeenCalled()
})

test('one that stays silent is given up', () => {
  const { errors } = open()
  vi.advanceTimersByTime(10_000)
  expect(errors).toMatchObject([{ code: 'ONE_SIDED_OPEN' }])
})
