import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { freshIdentity } from '../../src/home/identity.js'
import { Feed } from '../../src/room/feed.js'
import { RoomLog } from '../../src/room/kept/room-log.js'
import { roomKeys } from '../../src/room/keys.js'

/** A room whose disk is as slow as a test wants: what is shown there, and what arrives on the disk, are its events. */
function slowRoom() {
  const room = new EventEmitter()
  const log = new RoomLog({ home: '/nowhere', keys: roomKeys('lobby'), identity: freshIdentity() })
  const written = deferred()
  log.read = async function* () {}
  log.arrivals = async () => ({ epoch: 'e', last: 0, arrivals: [] })
  log.listen = ({ onarrive, onupdate }) => {
    room.on('update', update => onupdate?.(update))
    room.on('arrive', arrived => onarrive?.([arrived]))
    return () => room.removeAllListeners()
  }
  const shows = (id: string) =>
    room.emit('update', { type: 'message', message: { id: id.repeat(64), clock: 1 } })
  return { log, room: Object.assign(room, { log, written: () => written.promise }), shows, written }
}

test('what is shown of a history that was not told before the end is not told at the end', async () => {
  const { log, room, shows, written } = slowRoom()
  const [reading, read] = [deferred(), deferred()]
  log.read = async function* () {
    reading.resolve()
    await read.promise
    yield* []
  }
  const told: unknown[] = []
  const feed = new Feed(room, update => told.push(update))
  const begun = feed.begin()
  await reading.promise
  shows('a')
  written.resolve()
  await feed.end()
  read.resolve()
  await begun
  expect(told).toEqual([])
})

test('what waits for a disk that is slow is told when it is there, with a cursor, however late that is', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const { room, shows, written } = slowRoom()
  const told: (string | undefined)[] = []
  const feed = new Feed(room, (_, cursor) => told.push(cursor))
  await feed.begin()
  shows('b')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told).toEqual([])
  room.emit('arrive', { id: 'b'.repeat(64), number: 7 })
  written.resolve()
  await vi.advanceTimersByTimeAsync(60_000)
  vi.useRealTimers()
  expect(told).toEqual([expect.stringMatching(/7/)])
  await feed.end()
})

test('what waits for a disk when all before it was told is told at the end, without a cursor', async () => {
  const { room, shows, written } = slowRoom()
  const told: (string | undefined)[] = []
  const feed = new Feed(room, (_, cursor) => told.push(cursor))
  await feed.begin()
  shows('c')
  written.resolve()
  await feed.end()
  expect(told).toEqual([undefined])
})
