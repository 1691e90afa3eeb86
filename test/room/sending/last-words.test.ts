import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import { LastWords } from '../../../src/room/sending/last-words.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const self = 'a'.repeat(64) as IdentityKey

function speaking() {
  const room = Object.assign(new EventEmitter(), { identity: self })
  const words = new LastWords(room)
  const say = (id: string, { from = self as string, history = false } = {}) =>
    room.emit('update', { type: 'message', message: { id, from, history } })
  const sayAlone = (id: string, from: string = self) =>
    room.emit('update', { type: 'direct', message: { id, from, history: false } })
  const receipt = (id: string, have: number) => room.emit('update', { type: 'receipt', id, have })
  const redate = (previous: string, id: string) =>
    room.emit('update', { type: 'redated', previous, message: { id } })
  /** Whether they are heard after so long. */
  const isHeardAfter = async (millis: number) => {
    let heard = false
    void words.heard().then(() => {
      heard = true
    })
    await vi.advanceTimersByTimeAsync(millis)
    return heard
  }
  return { say, sayAlone, receipt, redate, isHeardAfter }
}

test('whoever said nothing need not wait; what others say, and said before, is not ours', async () => {
  const { isHeardAfter, say } = speaking()
  expect(await isHeardAfter(0)).toBe(true)
  say('1', { from: 'b'.repeat(64) })
  say('2', { history: true })
  expect(await isHeardAfter(0)).toBe(true)
})

test('the last words are heard when another member has them, also under a new date', async () => {
  const { isHeardAfter, receipt, redate, say } = speaking()
  say('1')
  say('2')
  receipt('1', 1)
  receipt('2', 0)
  expect(await isHeardAfter(5_000)).toBe(false)
  redate('2', '3')
  receipt('2', 1)
  expect(await isHeardAfter(5_000)).toBe(false)
  receipt('3', 1)
  expect(await isHeardAfter(0)).toBe(true)
})

test('nobody waits for longer than ten seconds', async () => {
  const { isHeardAfter, say } = speaking()
  say('1')
  expect(await isHeardAfter(9_999)).toBe(false)
  expect(await isHeardAfter(10_000)).toBe(true)
})

test('words for one member are heard likewise, and those of others are not ours', async () => {
  const { isHeardAfter, receipt, sayAlone } = speaking()
  sayAlone('1', 'b'.repeat(64))
  expect(await isHeardAfter(0)).toBe(true)
  sayAlone('2')
  expect(await isHeardAfter(5_000)).toBe(false)
  receipt('2', 1)
  expect(await isHeardAfter(0)).toBe(true)
})
