import b4a from 'b4a'
import { describe, expect, test } from 'vitest'
import { decodeFrame, encodeFrame } from '../../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { KIND_PRESENCE, KIND_SUSPICION, KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal } from '../../../src/protocol/wire/message.js'
import {
  CROWDED_BYTES,
  MAX_QUEUED_BYTES,
  OVERTAKING_BYTES,
  SendQueue
} from '../../../src/room/driver/send-queue.js'
import { PIECES_PER_TURN } from '../../../src/room/driver/turns.js'
import { keysOf, ROOM } from '../../support/harness.js'
import { idOf } from '../../support/peers.js'

const made = new Map<string, Uint8Array>()

/** A message of this author and kind, with a body of so many bytes. */
function sealed(author: string, kind: number, bytes = 100): Uint8Array {
  const draft = { kind, clock: 1, parents: [], nonce: b4a.alloc(NONCE_BYTES) }
  const name = `${author} ${kind} ${bytes}`
  const message =
    made.get(name) ?? seal({ ...draft, body: b4a.alloc(bytes) }, keysOf(author), ROOM).sealed
  made.set(name, message)
  return message
}

const pushed = (author: string, kind: number, bytes?: number): Frame => ({
  type: 'message',
  hops: 1,
  sealed: sealed(author, kind, bytes)
})
const stored = (author: string, kind: number, bytes?: number): Frame => ({
  type: 'stored',
  sealed: sealed(author, kind, bytes)
})
const NEVER_MISSED: readonly Frame[] = [
  { type: 'hello', version: 1, proof: b4a.alloc(32) },
  { type: 'goodbye' },
  { type: 'disconnect' },
  { type: 'neighbor', priority: 'high' },
  { type: 'reconcile', step: 'open', payload: b4a.alloc(10) },
  stored('ann', KIND_TEXT)
]

/** Everything that is left in it. */
function drain(queue: SendQueue): Frame[] {
  const frames = queue.take(Number.POSITIVE_INFINITY).map(decodeFrame)
  return frames.flatMap(decoded => (decoded.ok ? [decoded.frame] : []))
}

const of = (frames: readonly Frame[], author: string, kind: number) =>
  frames.filter(
    frame =>
      (frame.type === 'message' || frame.type === 'stored') &&
      b4a.equals(frame.sealed.subarray(18, 50), keysOf(author).publicKey) &&
      frame.sealed[1] === kind
  ).length

test('frames leave in the order in which they came, so many bytes at a time', () => {
  const queue = new SendQueue()
  for (let i = 0; i < 10; i++) queue.push({ type: 'shuffle-reply', peers: [idOf(i)] })
  expect(queue.take(100)).toHaveLength(2)
  expect(drain(queue)).toEqual(
    Array.from({ length: 8 }, (_, i) => ({ type: 'shuffle-reply', peers: [idOf(i + 2)] }))
  )
  expect(queue.bytes).toBe(0)
  expect(queue.take(100)).toEqual([])
})

test('what is said goes before the history that waits, and nothing else does', () => {
  const queue = new SendQueue()
  const history = Array.from({ length: PIECES_PER_TURN + 1 }, () => stored('ann', KIND_TEXT))
  const later: Frame[] = [{ type: 'ping' }, stored('cai', KIND_TEXT), { type: 'goodbye' }]
  const said = [pushed('dan', KIND_TEXT), pushed('eve', KIND_TEXT)]
  for (const frame of [{ type: 'pong' } as const, ...history, said[0], ...later, said[1]])
    if (frame !== undefined) queue.push(frame)
  const order = [{ type: 'pong' } as const, ...said, ...history, ...later]
  expect(drain(queue).map(encodeFrame)).toEqual(order.map(encodeFrame))
  expect(queue.bytes).toBe(0)
})

test('what is said goes after a little history that waits', () => {
  const queue = new SendQueue()
  const frames = [stored('ann', KIND_TEXT), pushed('dan', KIND_TEXT), stored('bob', KIND_TEXT)]
  for (const frame of frames) queue.push(frame)
  expect(drain(queue).map(encodeFrame)).toEqual(frames.map(encodeFrame))
})

test('the bytes are right if of one author what came later leaves first, and the queue is crowded', () => {
  const queue = new SendQueue()
  while (!queue.crowded) queue.push(stored('ann', KIND_TEXT, 8_000))
  queue.push(stored('ann', KIND_PRESENCE, 90))
  queue.push(pushed('ann', KIND_PRESENCE, 80))
  for (let n = 0; n < 3; n++) queue.take(1)
  for (let n = 0; n < 3; n++) queue.push(pushed('ann', KIND_PRESENCE, 100))
  drain(queue)
  expect(queue.bytes).toBe(0)
})

test('a frame that is larger than what is asked for leaves alone', () => {
  const queue = new SendQueue()
  queue.push(stored('ann', KIND_TEXT, 8_000))
  queue.push({ type: 'ping' })
  expect(queue.take(100)).toHaveLength(1)
})

test('nothing is dropped before it is half full', () => {
  const queue = new SendQueue()
  let count = 0
  for (; queue.bytes < CROWDED_BYTES - 300; count++) queue.push(pushed('mallory', 200))
  expect(drain(queue)).toHaveLength(count)
})

test('what waits adds up, whatever came, left and was dropped', () => {
  const queue = new SendQueue()
  const kinds = [KIND_TEXT, KIND_PRESENCE, 200]
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 2_000; i++)
      queue.push(pushed(`author ${i % 7}`, kinds[i % 3] ?? KIND_TEXT, 400))
    expect(queue.bytes).toBeLessThanOrEqual(MAX_QUEUED_BYTES)
    const before = queue.bytes
    const taken = queue.take(200_000).reduce((sum, frame) => sum + frame.byteLength + 8, 0)
    expect(queue.bytes).toBe(before - taken)
  }
  const left = queue.bytes
  expect(drain(queue).reduce((sum, frame) => sum + encodeFrame(frame).byteLength + 8, 0)).toBe(left)
  expect(queue.bytes).toBe(0)
})

/** History that waits in this, a ping behind it, and then so many bytes of what is said, and no less as it is read. */
function readUnderFlood(queue: SendQueue, reads: number): Frame[] {
  for (let n = 0; n < 100; n++) queue.push(stored('ann', KIND_TEXT))
  queue.push({ type: 'ping' })
  const read: Frame[] = []
  for (let n = 0; n < reads; n++) {
    while (queue.bytes < 2 * OVERTAKING_BYTES) queue.push(pushed('eve', KIND_TEXT, 1_000))
    for (const bytes of queue.take(4_096)) {
      const decoded = decodeFrame(bytes)
      if (decoded.ok) read.push(decoded.frame)
    }
  }
  return read
}

describe('history, while more is said than a slow reader reads', () => {
  test('goes all the same, and in its order', () => {
    const read = readUnderFlood(new SendQueue(), 100)
    expect(of(read, 'ann', KIND_TEXT)).toBe(100)
    expect(read.findLastIndex(frame => frame.type === 'stored')).toBeLessThan(
      read.findIndex(frame => frame.type === 'ping')
    )
  })

  test('lets some of what is said go first', () => {
    const read = readUnderFlood(new SendQueue(), OVERTAKING_BYTES / 4_096 - 1)
    expect(read.every(frame => frame.type === 'message')).toBe(true)
  })

  test('has nothing go before what was said before that', () => {
    const queue = new SendQueue()
    for (let n = 0; n < 100; n++) queue.push(stored('ann', KIND_TEXT))
    for (let n = 0; n < 100; n++) queue.push(pushed('eve', KIND_TEXT, 1_000))
    queue.push({ type: 'goodbye' })
    for (let n = 0; n < 100; n++) queue.push(pushed('bob', KIND_TEXT, 1_000))
    const read = drain(queue)
    const goodbye = read.findIndex(frame => frame.type === 'goodbye')
    expect(of(read.slice(0, goodbye), 'ann', KIND_TEXT)).toBe(100)
    expect(of(read.slice(0, goodbye), 'eve', KIND_TEXT)).toBe(100)
  })
})

describe('when it is half full', () => {
  const SHARE = 100_000
  const announcement: Frame = {
    type: 'ihave',
    entries: Array.from({ length: 30 }, (_, i) => ({ id: idOf(i), hops: 1 }))
  }
  const droppable: readonly Frame[] = [
    pushed('ben', 200, 400),
    pushed('ben', KIND_PRESENCE, 400),
    announcement,
    pushed('ben', KIND_TEXT, 400)
  ]

  /** How many bytes are left of each kind if there are so many of what must not be missed. */
  function leftBeside(bytes: number): number[] {
    const queue = new SendQueue()
    for (const frame of droppable) {
      for (const end = queue.bytes + SHARE; queue.bytes < end; ) queue.push(frame)
    }
    for (let added = 0; added < bytes; added += 8_000) queue.push(stored('ann', KIND_TEXT, 7_800))
    const sizes = [0, 0, 0, 0]
    for (const frame of drain(queue)) {
      const at =
        frame.type === 'ihave'
          ? 2
          : frame.type === 'message'
            ? [200, KIND_PRESENCE, -1, KIND_TEXT].indexOf(frame.sealed[1] ?? 0)
            : -1
      if (at >= 0) sizes[at] = (sizes[at] ?? 0) + encodeFrame(frame).byteLength + 8
    }
    return sizes
  }
  const isWhole = (bytes = 0) => bytes > 0.95 * SHARE
  const isPart = (bytes = 0) => bytes > 0 && !isWhole(bytes)

  test('what is of the moment goes first, then presences, then announcements; not chat', () => {
    const [ephemeral, ...others] = leftBeside(174_000)
    expect(isPart(ephemeral)).toBe(true)
    expect(others.every(isWhole)).toBe(true)
    const [none, presences, ...rest] = leftBeside(274_000)
    expect(none).toBe(0)
    expect(isPart(presences)).toBe(true)
    expect(rest.every(isWhole)).toBe(true)
    const [, , announcements, chat] = leftBeside(374_000)
    expect(isPart(announcements)).toBe(true)
    expect(isWhole(chat)).toBe(true)
    expect(leftBeside(600_000).map(isWhole)).toEqual([false, false, false, true])
  })

  test('a suspicion counts as a presence', () => {
    const queue = new SendQueue()
    queue.push(pushed('ben', KIND_SUSPICION))
    while (!queue.crowded) {
      queue.push(pushed('mallory', 200, 400))
      if (queue.bytes > CROWDED_BYTES - 1_000) break
    }
    for (let i = 0; i < 10; i++) queue.push(pushed('mallory', 200, 400))
    expect(of(drain(queue), 'ben', KIND_SUSPICION)).toBe(1)
  })

  test('who has most of a kind in it pays, not who has little', () => {
    const queue = new SendQueue()
    for (let i = 0; i < 20; i++) queue.push(pushed(`honest ${i % 5}`, 200, 200))
    for (let i = 0; i < 5_000; i++) queue.push(pushed(`mallory ${i % 3}`, 200, 400))
    expect(queue.bytes).toBeLessThanOrEqual(CROWDED_BYTES)
    const rest = drain(queue)
    for (let i = 0; i < 5; i++) expect(of(rest, `honest ${i}`, 200)).toBe(4)
  })
})

describe('when it is full', () => {
  test('chat that was pushed is dropped: it comes with history', () => {
    const queue = new SendQueue()
    queue.push(pushed('honest', KIND_TEXT))
    for (let bytes = 0; bytes < 2 * MAX_QUEUED_BYTES; bytes += 8_000) {
      expect(queue.push(pushed('mallory', KIND_TEXT, 8_000))).toBe(true)
    }
    expect(queue.bytes).toBeLessThanOrEqual(MAX_QUEUED_BYTES)
    expect(of(drain(queue), 'honest', KIND_TEXT)).toBe(1)
  })

  test('chat that its author sends to everybody is dropped likewise', () => {
    const queue = new SendQueue()
    const frame = { type: 'mesh', reached: 7, sealed: sealed('mallory', KIND_TEXT, 8_000) } as const
    for (let bytes = 0; bytes < 2 * MAX_QUEUED_BYTES; bytes += 8_000) {
      expect(queue.push(frame)).toBe(true)
    }
    expect(queue.bytes).toBeLessThanOrEqual(MAX_QUEUED_BYTES)
  })

  test('what must not be missed never is', () => {
    const queue = new SendQueue()
    for (const frame of NEVER_MISSED) queue.push(frame)
    for (let i = 0; i < 20_000; i++) queue.push(pushed('mallory', 200, 400))
    for (let i = 0; i < 1_000; i++) queue.push(pushed('mallory', KIND_TEXT, 8_000))
    const left = drain(queue).filter(({ type }) => type !== 'message')
    expect(left.map(encodeFrame)).toEqual(NEVER_MISSED.map(encodeFrame))
  })

  test('of that alone, it says so', () => {
    const queue = new SendQueue()
    while (queue.push(stored('ann', KIND_TEXT, 8_000)));
    expect(queue.bytes).toBeGreaterThan(MAX_QUEUED_BYTES)
    expect(queue.bytes).toBeLessThan(MAX_QUEUED_BYTES + 9_000)
  })
})
