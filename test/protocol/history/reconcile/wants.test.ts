import { describe, expect, test } from 'vitest'
import type { MessageId } from '../../../../src/base/ids.js'
import { MAX_WANT_IDS } from '../../../../src/protocol/config.js'
import { Wants } from '../../../../src/protocol/history/reconcile/wants.js'
import { HISTORY_TUNING, MAX_WANTED_IDS } from '../../../../src/protocol/history/tuning.js'

const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `id ${from + n}` as MessageId)
const due = () => true

describe('what is wanted of one peer', () => {
  test('is asked for in parts: more when half of what was asked for has come', () => {
    const wants = new Wants()
    wants.add(ids(0, 2_000))
    const first = wants.next(9_999, due, 0)
    expect(first).toEqual(ids(0, MAX_WANT_IDS))
    expect(wants.next(9_999, due, 0)).toEqual([])
    const half = first.slice(0, MAX_WANT_IDS / 2)
    for (const id of half) expect(wants.came(id, 1)).toBe(true)
    const second = wants.next(9_999, due, 1)
    expect(second).toEqual(ids(MAX_WANT_IDS, 1.5 * MAX_WANT_IDS))
  })

  test('is asked for in larger parts as long as it comes, and in small ones again when nothing has', () => {
    const wants = new Wants()
    wants.add(ids(0, 10_999))
    const parts: number[] = []
    const { wantRetryMillis } = HISTORY_TUNING
    for (let now = 0; now < 5; now++) {
      const part = wants.next(9_999, due, now)
      parts.push(part.length)
      for (const id of part) wants.came(id, now)
    }
    expect(parts).toEqual([1, 2, 4, 4, 4].map(each => each * MAX_WANT_IDS))
    wants.next(9_999, due, 5)
    expect(wants.next(9_999, due, 5 + wantRetryMillis)).toHaveLength(MAX_WANT_IDS)
  })

  test('is not more than may be asked for', () => {
    const wants = new Wants()
    wants.add(ids(0, 100))
    expect(wants.next(7, due, 0)).toHaveLength(7)
    expect(wants.next(0, due, 0)).toEqual([])
    expect(wants.next(7, due, 0)).toEqual(ids(7, 14))
  })

  test('goes on when the peer has sent nothing for a while, and is welcome later all the same', () => {
    const wants = new Wants()
    wants.add(ids(0, 1_000))
    wants.next(9_999, due, 0)
    expect(wants.next(9_999, due, HISTORY_TUNING.wantRetryMillis - 1)).toEqual([])
    expect(wants.next(9_999, due, HISTORY_TUNING.wantRetryMillis)).toHaveLength(
      1_000 - MAX_WANT_IDS
    )
    expect(wants.came('id 3' as MessageId, 60_000)).toBe(true)
  })

  test('was asked for if it was, and once', () => {
    const wants = new Wants()
    wants.add(ids(0, 3))
    expect(wants.came('id 0' as MessageId, 0)).toBe(false)
    wants.next(9, due, 0)
    expect(wants.came('id 0' as MessageId, 0)).toBe(true)
    expect(wants.came('id 0' as MessageId, 0)).toBe(false)
  })

  test('waits while somebody else is asked for it, and is forgotten once it is here', () => {
    const wants = new Wants()
    wants.add(ids(0, 4))
    const states = new Map<MessageId, boolean | undefined>([
      ['id 0' as MessageId, false],
      ['id 1' as MessageId, undefined]
    ])
    const isDue = (id: MessageId) => (states.has(id) ? states.get(id) : true)
    expect(wants.next(9, isDue, 0)).toEqual(ids(2, 4))
    expect(wants.isWaiting).toBe(true)
    expect(wants.next(9, due, 0)).toEqual(ids(0, 1))
    expect(wants.isWaiting).toBe(false)
  })

  test('is bounded, also where nothing of it is due', () => {
    const wants = new Wants()
    wants.add(ids(0, 3 * MAX_WANTED_IDS))
    let looks = 0
    const never = () => {
      looks += 1
      return false
    }
    expect(wants.next(9_999, never, 0)).toEqual([])
    expect(looks).toBeLessThanOrEqual(2 * MAX_WANT_IDS)
    let asked = 0
    for (let now = 0; wants.isWaiting; now += HISTORY_TUNING.wantRetryMillis) {
      asked += wants.next(9_999, due, now).length
    }
    expect(asked).toBe(MAX_WANTED_IDS)
  })
})
