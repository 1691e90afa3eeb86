import b4a from 'b4a'
import { describe, expect, test } from 'vitest'
import { decodeFrame } from '../../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal } from '../../../src/protocol/wire/message.js'
import { FairOrder } from '../../../src/room/driver/fair-order.js'
import { SendQueue } from '../../../src/room/driver/send-queue.js'
import { keysOf, ROOM } from '../../support/harness.js'

interface Item {
  readonly author: string
  readonly number: number
  readonly byteLength: number
}

/** The numbers of what leaves, in order. */
function drain(order: FairOrder<Item>, most = Number.POSITIVE_INFINITY): number[] {
  const left: number[] = []
  for (let item = order.next; item !== undefined && left.length < most; item = order.next) {
    left.push(item.number)
    order.left(item)
  }
  return left
}

const items = (author: string, count: number, byteLength: number, from = 0): Item[] =>
  Array.from({ length: count }, (_, n) => ({ author, number: from + n, byteLength }))

describe('by turns', () => {
  test('what one author has said leaves as it came', () => {
    const order = new FairOrder<Item>(({ author }) => author, items('eve', 50, 300))
    expect(drain(order)).toEqual(items('eve', 50, 300).map(({ number }) => number))
  })

  test('each author has as many bytes, however long its lines are', () => {
    const all = [...items('eve', 100, 4_000), ...items('ann', 100, 400, 1_000)]
    const order = new FairOrder<Item>(({ author }) => author, all)
    const left = drain(order, 66)
    const anns = left.filter(number => number >= 1_000).length
    expect(anns).toBeGreaterThanOrEqual(58)
    expect(anns).toBeLessThan(66)
  })

  test('who has said nothing goes first, and who goes on saying something does not', () => {
    const order = new FairOrder<Item>(({ author }) => author, items('eve', 100, 500))
    drain(order, 10)
    for (const item of items('ann', 10, 500, 1_000)) order.add(item)
    const left = drain(order, 6)
    expect(left.slice(0, 2)).toContain(1_000)
    expect(left.filter(number => number >= 1_000).length).toBeLessThanOrEqual(4)
  })

  test('new authors without end keep the others from no more than half', () => {
    const order = new FairOrder<Item>(({ author }) => author, items('ann', 100, 500))
    drain(order, 1)
    let anns = 0
    for (let n = 0; n < 100; n++) {
      for (const item of items(`eve ${n}`, 1, 500, 1_000)) order.add(item)
      anns += drain(order, 1).filter(number => number < 1_000).length
    }
    expect(anns).toBeGreaterThanOrEqual(45)
  })

  test('what was dropped does not leave', () => {
    const all = [...items('eve', 3, 500), ...items('ann', 2, 500, 10)]
    const order = new FairOrder<Item>(({ author }) => author, all)
    for (const item of all) if (item.number === 1 || item.author === 'ann') order.drop(item)
    expect(drain(order)).toEqual([0, 2])
  })
})

/** A line of so many bytes. */
function line(author: string, bytes: number, clock: number): Frame {
  const draft = { kind: KIND_TEXT, clock, parents: [], nonce: b4a.alloc(NONCE_BYTES) }
  const { sealed } = seal({ ...draft, body: b4a.alloc(bytes) }, keysOf(author), ROOM)
  return { type: 'message', hops: 1, sealed }
}

const authorOf = (bytes: Uint8Array) => {
  const decoded = decodeFrame(bytes)
  const sealed = decoded.ok && 'sealed' in decoded.frame ? decoded.frame.sealed : b4a.alloc(50)
  return b4a.toString(sealed.subarray(18, 50), 'hex')
}

// Spends: a megabyte of lines of 300 settled identities at once, and then a little more than the slow link of a member carries, in
// long lines or in short ones.
// Costs that member: nothing of what others say is dropped, and it is a second late at most where a mere queue would make it four.
test.each([1_200, 250])(
  'who reads slowly hears who says little at once, whatever flood of %i bytes each is passed on to it',
  bytesOfEach => {
    const queue = new SendQueue()
    const [bytesATurn, turnsASecond] = [25_000, 10]
    const ann = b4a.toString(keysOf('ann').publicKey, 'hex')
    const eves = Array.from({ length: 300 }, (_, n) => line(`eve ${n}`, bytesOfEach, n))
    let said = 0
    const flood = (bytes: number) => {
      for (let sent = 0; sent < bytes; sent += bytesOfEach + 200)
        queue.push(eves[said++ % eves.length] as Frame)
    }
    flood(1_050_000)
    let latest = 0
    const waiting: number[] = []
    for (let turn = 0; turn < 150; turn++) {
      flood(1.1 * bytesATurn)
      if (turn % 20 === 0) {
        queue.push(line('ann', 200, turn))
        waiting.push(turn)
      }
      for (const bytes of queue.take(bytesATurn))
        if (authorOf(bytes) === ann) latest = Math.max(latest, turn - (waiting.shift() ?? turn))
    }
    expect(waiting).toEqual([])
    expect(latest / turnsASecond).toBeLessThanOrEqual(1)
  }
)

// Spends: what one author says at once, and then a line each of many, as many as leave meanwhile.
describe('whatever takes no turns waits for no more than was there before it', () => {
  const lines = new Map<string, Uint8Array>()
  const line = (author: string, bytes: number): Frame => {
    const draft = { kind: KIND_TEXT, clock: 1, parents: [], nonce: b4a.alloc(NONCE_BYTES) }
    const sealed =
      lines.get(author) ?? seal({ ...draft, body: b4a.alloc(bytes) }, keysOf(author), ROOM).sealed
    lines.set(author, sealed)
    return { type: 'message', hops: 1, sealed }
  }

  /** Bytes that leave before such a frame does, and the most that may. */
  function waits(frame: Frame): { left: number; before: number } {
    const queue = new SendQueue()
    for (let n = 0; n < 200; n++) queue.push(line('eve', 1_000))
    queue.take(1)
    const before = queue.bytes
    queue.push(frame)
    let left = 0
    for (let n = 0; n < 20_000; n++) {
      queue.push(line(`eve ${n % 400}`, 100))
      for (const bytes of queue.take(1)) {
        const frameOut = decodeFrame(bytes)
        if (frameOut.ok && frameOut.frame.type === frame.type) return { left, before }
        left += bytes.byteLength
      }
    }
    return { left, before }
  }

  test('a ping', () => {
    const { before, left } = waits({ type: 'ping' })
    expect(left).toBeLessThanOrEqual(before)
  })

  test('but a goodbye waits for all that was said before it', () => {
    const { before, left } = waits({ type: 'goodbye' })
    expect(left).toBeGreaterThan(before)
  })
})
