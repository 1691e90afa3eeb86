import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import type { MessageId } from '../../src/base/ids.js'
import type { KnownMessage } from '../../src/protocol/wire/message.js'
import type { RoomUpdate } from '../../src/room/events.js'
import { Feed } from '../../src/room/feed.js'
import { type LogPlace, RoomLog } from '../../src/room/kept/room-log.js'
import type { LevelStore } from '../../src/store/level-store.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const idOf = (number: number) => String(number).padStart(64, '0') as MessageId

/** A room whose disk does what the test says, and a program that follows it: what that is told, `with` a cursor or without. */
class Lobby extends EventEmitter<{ update: [RoomUpdate] }> {
  readonly log = new RoomLog({} as LogPlace)
  readonly told: string[] = []
  readonly feed = new Feed(this, (update, cursor) => {
    const what = update.type === 'message' ? update.message.text : update.type
    this.told.push(cursor === undefined ? what : `${what} with ${cursor}`)
  })
  readonly messages = new Map<MessageId, KnownMessage>()
  epoch = '0123456789abcdef'
  /** How many are on the disk. */
  last = 0
  /** When the disk has done what it was told. */
  onDisk: Promise<void> = Promise.resolve()
  isReadable = true
  /** When the order of arrival has been read. */
  onRead: Promise<void> = Promise.resolve()

  constructor() {
    super()
    const arrived = async () => {
      if (!this.isReadable) throw new Error('it cannot be read')
      const { epoch, last } = this
      await this.onRead
      return { epoch, last, arrivals: [] }
    }
    this.log.use({ arrived, released: () => {} } as unknown as LevelStore)
    this.log.attach(this, () => ({
      read: id => {
        const message = this.messages.get(id)
        return message && { message, direct: undefined }
      }
    }))
  }

  written() {
    return this.onDisk
  }

  say(number: number): void {
    const id = idOf(number)
    this.messages.set(id, { id } as KnownMessage)
    const message = { id, text: `line ${number}`, missing: [], history: false, time: number }
    this.emit('update', { type: 'message', message } as unknown as RoomUpdate)
  }

  /** A line is on the disk. */
  write(number: number): void {
    this.last += 1
    this.log.arrived([{ id: idOf(number), number: this.last }])
  }

  fail(): void {
    this.emit('update', { type: 'unkept', code: 'STORE_FAILED', text: 'the disk is full' })
  }
}

/** A lobby that is followed, after it has read that nothing was there before. */
async function followed(): Promise<Lobby> {
  const lobby = new Lobby()
  await lobby.feed.begin()
  return lobby
}

test('what is on the disk is told with a cursor, and not before it is there', async () => {
  const lobby = await followed()
  lobby.say(1)
  expect(lobby.told).toEqual([])
  lobby.write(1)
  expect(lobby.told).toEqual(['line 1 with 0123456789abcdef-1'])
})

test('what waits for a disk that fails is told at once, without a cursor, and once', async () => {
  const lobby = await followed()
  lobby.say(1)
  lobby.say(2)
  lobby.fail()
  expect(lobby.told).toEqual(['line 1', 'line 2', 'unkept'])
  lobby.say(3)
  expect(lobby.told.at(-1)).toBe('line 3')
  lobby.emit('update', { type: 'kept', text: 'it has room again' })
  await new Promise(setImmediate)
  for (const number of [1, 2, 3]) lobby.write(number)
  lobby.say(4)
  lobby.write(4)
  expect(lobby.told.slice(4)).toEqual(['kept', 'line 4 with 0123456789abcdef-4'])
})

test('a history that begins anew has numbers of its own', async () => {
  const lobby = new Lobby()
  lobby.last = 7
  await lobby.feed.begin()
  for (const number of [1, 2]) {
    lobby.say(number)
    lobby.write(number)
  }
  lobby.fail()
  Object.assign(lobby, { epoch: 'fedcba9876543210', last: 0 })
  lobby.emit('update', { type: 'kept', text: 'it has room again' })
  await new Promise(setImmediate)
  lobby.say(3)
  lobby.write(3)
  expect(lobby.told.at(-1)).toBe('line 3 with fedcba9876543210-1')
})

test('what comes while it is read what was there before is told after that, with a cursor', async () => {
  const lobby = new Lobby()
  const read = deferred()
  lobby.onRead = read.promise
  const begun = lobby.feed.begin()
  await new Promise(setImmediate)
  lobby.say(1)
  lobby.write(1)
  lobby.say(2)
  expect(lobby.told).toEqual([])
  read.resolve()
  await begun
  expect(lobby.told).toEqual(['line 1 with 0123456789abcdef-1'])
  lobby.write(2)
  expect(lobby.told.at(-1)).toBe('line 2 with 0123456789abcdef-2')
})

test('a history that cannot be read when it begins is told of as one that is not kept', async () => {
  const lobby = new Lobby()
  lobby.isReadable = false
  const begun = lobby.feed.begin()
  lobby.say(1)
  await begun
  expect(lobby.told).toEqual(['line 1'])
  lobby.say(2)
  expect(lobby.told).toEqual(['line 1', 'line 2'])
})

test('who goes on after a cursor is told that the history cannot be read', async () => {
  const lobby = new Lobby()
  lobby.isReadable = false
  await expect(lobby.feed.begin('0123456789abcdef-1')).rejects.toThrow('it cannot be read')
})

test('what is not on the disk after ten seconds is told without a cursor, but not while the disk is busy', async () => {
  const lobby = await followed()
  const idle = deferred()
  lobby.onDisk = idle.promise
  lobby.say(1)
  await vi.advanceTimersByTimeAsync(12_000)
  lobby.say(2)
  expect(lobby.told).toEqual([])
  idle.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(lobby.told).toEqual(['line 1'])
  await vi.advanceTimersByTimeAsync(9_900)
  expect(lobby.told).toEqual(['line 1'])
  await vi.advanceTimersByTimeAsync(10_100)
  expect(lobby.told).toEqual(['line 1', 'line 2'])
  expect(vi.getTimerCount()).toBe(0)
})

test('whoever ends waits half a second for the disk at most, and is told of what is left without a cursor', async () => {
  const lobby = await followed()
  lobby.onDisk = new Promise(() => {})
  lobby.say(1)
  let isOver = false
  const ended = lobby.feed.end().then(() => {
    isOver = true
  })
  await vi.advanceTimersByTimeAsync(400)
  expect([isOver, lobby.told]).toEqual([false, []])
  await vi.advanceTimersByTimeAsync(100)
  await ended
  expect(lobby.told).toEqual(['line 1'])
  lobby.say(2)
  lobby.write(2)
  expect([lobby.told, vi.getTimerCount()]).toEqual([['line 1'], 0])
})
