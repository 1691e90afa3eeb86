import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import type { RoomUpdate } from '../../../src/room/events.js'
import type { Room } from '../../../src/room/room.js'
import { HOLD_MILLIS, MAX_HELD } from '../../../src/ui/order/author-order.js'
import { LONGEST_MILLIS, PAUSE_MILLIS } from '../../../src/ui/order/history-order.js'
import type { Line } from '../../../src/ui/order/line.js'
import { inOrder } from '../../../src/ui/order/ordered.js'

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
    shown.push(update.type === 'message' ? update.message.text : update.type)
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
  vi.advanceTimersByTime(1)
  expect(shown).toEqual(['a2', 'a3'])
  vi.advanceTimersByTime(HOLD_MILLIS)
  tell(line('a', 1), line('a', 4))
  expect(shown).toEqual(['a2', 'a3', 'a5', 'a1', 'a4'])
})

test('whoever says more than can wait holds nobody else up', () => {
  const { shown, tell } = watch()
  tell(line('b', 2, ['b1']))
  for (let n = 2; n < MAX_HELD + 10; n += 1) tell(line('a', n, [`a${n - 1}?`]))
  expect(shown).toEqual(Array.from({ length: 9 }, (_, n) => `a${n + 2}`))
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
