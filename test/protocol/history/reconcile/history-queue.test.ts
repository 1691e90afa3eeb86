import { expect, test } from 'vitest'
import type { MessageId } from '../../../../src/base/ids.js'
import { HistoryQueue } from '../../../../src/protocol/history/reconcile/history-queue.js'
import { HISTORY_BATCH_BYTES } from '../../../../src/protocol/history/tuning.js'

const ids = (count: number) => Array.from({ length: count }, (_, n) => `id ${n}` as MessageId)
const BYTES = 1_000
const IN_A_BATCH = Math.ceil(HISTORY_BATCH_BYTES / BYTES)
const fetch = () => ({ frames: [], bytes: BYTES })

test('leaves in batches: the next one when the pong of the one before has come', () => {
  const queue = new HistoryQueue()
  queue.want(ids(1_000))
  const { batch, ping } = queue.next(fetch)
  expect([batch.length, ping]).toEqual([IN_A_BATCH, true])
  queue.pinged(1)
  expect(queue.next(fetch)).toMatchObject({ batch: [], ping: false })
  queue.pong()
  expect(queue.next(fetch).batch).toHaveLength(IN_A_BATCH)
})

test('waits for the pong that answers the ping of the batch, and not for one before it', () => {
  const queue = new HistoryQueue()
  queue.want(ids(1_000))
  queue.next(fetch)
  queue.pinged(3)
  for (const _ of [1, 2]) {
    queue.pong()
    expect(queue.next(fetch).batch).toEqual([])
  }
  queue.pong()
  expect(queue.next(fetch).batch).toHaveLength(IN_A_BATCH)
})

test('a pong gives nothing that was not waited for', () => {
  const queue = new HistoryQueue()
  queue.want(ids(IN_A_BATCH - 1))
  queue.next(fetch)
  for (let n = 0; n < 10; n++) queue.pong()
  queue.want(ids(1_000))
  expect(queue.next(fetch).batch).toHaveLength(1)
})

test('what is gone is passed over, and costs nothing', () => {
  const queue = new HistoryQueue()
  queue.want(ids(1_000))
  expect(queue.next(() => undefined)).toMatchObject({ batch: [], ping: false })
})

test('a peer is told once of what it lacks', () => {
  const queue = new HistoryQueue()
  expect(queue.offer(ids(3))).toEqual(ids(3))
  expect(queue.offer(ids(5))).toEqual(ids(5).slice(3))
})
