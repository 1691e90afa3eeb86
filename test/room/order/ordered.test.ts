import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import type { RoomUpdate } from '../../../src/room/events.js'
import { MAX_HELD_CHARACTERS } from '../../../src/room/order/author-order.js'
import { HOLD_MILLIS, LONGEST_HOLD_MILLIS } from '../../../src/room/order/author-queue.js'
import { LONGEST_MILLIS, PAUSE_MILLIS } from '../../../src/room/order/history-order.js'
import type { Line } from '../../../src/room/order/line.js'
import { inOrder } from '../../../src/room/order/ordered.js'
import type { Room } from '../../../src/room/room.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A line whose text is its author and number, which is its clock; `missing`: those before it that are not here. */
function line(from: string, time: number, missing: string[] = [], history = false): Line {
  const named = { from: from as IdentityKey, nick: from, text: `${from}${time}` }
  const id = `${from}${time}` as MessageId
  return {
    ...named,
    id,
    time,
    history,
    ...(missing.length > 0 && { missing: missing as MessageId[] })
  }
}

/** What is shown of a room. */
function watch() {
  const room = new EventEmitter()
  const shown: string[] = []
  const end = inOrder(room as unknown as Room, (update: RoomUpdate) => {
    shown.push('message' in update ? update.message.text : update.type)
  })
  const tell = (...lines: Line[]) => {
    for (const message of lines) room.emit('update', { type: 'message', message })
  }
  return { room, shown, end, tell }
}

test('what is in order is shown at once', () => {
  const { room, shown, tell } = watch()
  tell(line('a', 1), line('b', 2), line('a', 3))
  room.emit('update', { type: 'status' })
  expect(shown).toEqual(['a1', 'b2', 'a3', 'status'])
})

test('a line waits for one before it, those of its author behind it, and nobody else', () => {
  const { shown, tell } = watch()
  tell(line('a', 2, ['a1']), line('a', 3), line('b', 4), line('a', 1))
  expect(shown).toEqual(['b4', 'a1', 'a2', 'a3'])
})

test('a line waits for what others said as well, also where that comes as history', () => {
  const { shown, tell } = watch()
  tell(line('a', 2, ['b1']))
  tell(line('b', 1, [], true))
  expect(shown).toEqual([])
  vi.advanceTimersByTime(PAUSE_MILLIS)
  expect(shown).toEqual(['b1', 'a2'])
})

test('nothing waits for ever', () => {
  const { shown, tell } = watch()
  tell(line('a', 2, ['a1']), line('a', 3))
  vi.advanceTimersByTime(HOLD_MILLIS - 1)
  tell(line('a', 5, ['a4']))
  expect(shown).toEqual([])
  // A little longer, for there are three.
  vi.advanceTimersByTime(HOLD_MILLIS / 10)
  expect(shown).toEqual(['a2', 'a3'])
  vi.advanceTimersByTime(HOLD_MILLIS)
  tell(line('a', 1), line('a', 4))
  expect(shown).toEqual(['a2', 'a3', 'a5', 'a1', 'a4'])
})

test('what is caught up with for longer is waited for, in blocks and from the last line to the first', () => {
  const { shown, tell } = watch()
  const count = 6_000
  const numbers = Array.from({ length: count }, (_, n) => n)
  const block = (from: number, to: number) => numbers.slice(from, to)
  const here = new Set<number>([-1])
  const hear = (n: number) => {
    tell(line('a', n, here.has(n - 1) ? [] : [`a${n - 1}`]))
    here.add(n)
  }
  const ways = [block(0, 1_000), block(5_000, count), block(3_000, 4_000), block(1_000, 2_900)]
  const last = [...block(2_900, 3_000).toReversed(), ...block(4_000, 5_000)]
  for (const [index, n] of [...ways.flat(), ...last].entries()) {
    if (index % 100 === 0) vi.advanceTimersByTime(HOLD_MILLIS / 3)
    hear(n)
  }
  expect(shown).toEqual(numbers.map(n => `a${n}`))
})

test('... but not for ever, whatever comes late meanwhile', () => {
  const { shown, tell } = watch()
  tell(line('a', 1, ['a0']), line('a', 1_000, ['a999']))
  let millis = 0
  for (let n = 2; !shown.includes('a1'); n += 2, millis += HOLD_MILLIS / 2) {
    tell(line('a', n, [`a${n - 1}`]))
    vi.advanceTimersByTime(HOLD_MILLIS / 2)
  }
  expect(millis).toBe(LONGEST_HOLD_MILLIS)
})

test('whoever says more than can wait holds nobody else up', () => {
  const { shown, tell } = watch()
  tell(line('b', 2, ['b1']))
  const many = Array.from({ length: MAX_HELD_CHARACTERS / 256 }, (_, n) => n + 2)
  for (const n of many) tell(line('a', n, [`a${n - 1}?`]))
  const inOrder = many.map(n => `a${n}`)
  expect(shown.length).toBeGreaterThan(0)
  expect(shown).toEqual(inOrder.slice(0, shown.length))
  // A long text counts for what it is: it makes room by more than one line.
  const before = shown.length
  tell({ ...line('a', many.length + 2, ['?']), text: 'x'.repeat(8_192) }, line('c', 2, ['c1']))
  expect(shown.length).toBeGreaterThan(before + 20)
  expect(shown.every(text => text.startsWith('a'))).toBe(true)
})

test('history is shown by time, and what is said meanwhile after it', () => {
  const { shown, tell } = watch()
  tell(line('a', 5, [], true), line('b', 3, [], true), line('c', 9), line('a', 1, [], true))
  expect(shown).toEqual([])
  vi.advanceTimersByTime(PAUSE_MILLIS)
  expect(shown).toEqual(['a1', 'b3', 'a5', 'c9'])
})

test('history that does not end is shown every second', () => {
  const { shown, tell } = watch()
  for (let n = 0; n < 15; n += 1) {
    tell(line('a', n, [], true))
    vi.advanceTimersByTime(100)
  }
  expect(shown).toHaveLength(LONGEST_MILLIS / 100)
})

test('at the end everything is shown', () => {
  const { end, shown, tell } = watch()
  tell(line('a', 3, ['a2']), line('a', 1, [], true), line('a', 4))
  end()
  expect(shown).toEqual(['a1', 'a3', 'a4'])
  expect(vi.getTimerCount()).toBe(0)
})

test('whatever comes when, each author is read in order and nothing is left out', () => {
  const said = fc.record({ from: fc.constantFrom('a', 'b', 'c'), delay: fc.nat(20) })
  fc.assert(
    fc.property(fc.array(said, { maxLength: 60 }), all => {
      const { shown, tell } = watch()
      // Each author names its line before; some lines come later than they were said.
      const lines = all.map(({ delay, from }, time) => ({ time, at: time + delay, from }))
      const here = new Set<string>()
      for (const { from, time } of lines.toSorted((a, b) => a.at - b.at || a.time - b.time)) {
        const before = lines.findLast(other => other.from === from && other.time < time)
        const parent = before === undefined ? [] : [`${from}${before.time}`]
        tell(
          line(
            from,
            time,
            parent.filter(id => !here.has(id))
          )
        )
        here.add(`${from}${time}`)
      }
      for (const author of 'abc') {
        const own = lines
          .filter(({ from }) => from === author)
          .map(({ time }) => `${author}${time}`)
        expect(shown.filter(text => text.startsWith(author))).toEqual(own)
      }
    })
  )
})

test('what was said to one alone stands in the history where it was said', () => {
  const { room, shown, tell } = watch()
  const direct = (message: Line) => room.emit('update', { type: 'direct', message })
  direct(line('b', 2, [], true))
  tell(line('a', 1, [], true), line('a', 3, [], true))
  direct(line('b', 4))
  vi.advanceTimersByTime(PAUSE_MILLIS)
  direct(line('b', 5))
  expect(shown).toEqual(['a1', 'b2', 'a3', 'b4', 'b5'])
})
