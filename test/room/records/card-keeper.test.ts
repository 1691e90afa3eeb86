import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import type { CardTexts } from '../../../src/protocol/wire/bodies/room-card.js'
import { CardKeeper } from '../../../src/room/records/card-keeper.js'
import type { RoomRecords } from '../../../src/room/records/room-records.js'
import type { Network } from '../../../src/swarm/networks/network.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const SECOND = 1_000
const HOUR = 3_600 * SECOND

/** A member that keeps the card of a room in a DHT, which has lost it or has it still. Pauses are shorter than most. */
function keeping() {
  const network = new EventEmitter()
  const dht = { hasIt: true, looks: 0, stored: [] as CardTexts[], done: Promise.resolve() }
  const records = {
    hasCard: async () => {
      dht.looks += 1
      return dht.hasIt
    },
    storeCard: async (_: unknown, card: CardTexts) => {
      await dht.done
      dht.stored.push(card)
    }
  }
  const room: { card: CardTexts | undefined } = { card: { title: 'one' } as CardTexts }
  const keeper = new CardKeeper({
    records: records as unknown as RoomRecords,
    networks: [network as unknown as Network],
    card: () => room.card,
    random: () => 0.25
  })
  return { dht, keeper, network, room }
}

test('a member looks within ten minutes, then twice a day, and stores what is not there', async () => {
  const { dht, keeper } = keeping()
  keeper.start()
  await vi.advanceTimersByTimeAsync(149 * SECOND)
  expect(dht.looks).toBe(0)
  await vi.advanceTimersByTimeAsync(2 * SECOND)
  expect([dht.looks, dht.stored.length]).toEqual([1, 0])
  dht.hasIt = false
  await vi.advanceTimersByTimeAsync(9 * HOUR - 2 * SECOND)
  expect(dht.looks).toBe(1)
  await vi.advanceTimersByTimeAsync(3 * SECOND)
  expect([dht.looks, dht.stored]).toEqual([2, [{ title: 'one' }]])
  await keeper.end()
})

test('a room without a card has nothing to look for', async () => {
  const { dht, keeper, room } = keeping()
  room.card = undefined
  keeper.start()
  await vi.advanceTimersByTimeAsync(HOUR)
  expect(dht.looks).toBe(0)
  await keeper.end()
})

test('where the nodes that had it are gone it is looked for within seconds', async () => {
  const { dht, keeper, network } = keeping()
  keeper.start()
  network.emit('rehome')
  await vi.advanceTimersByTimeAsync(2 * SECOND)
  expect(dht.looks).toBe(0)
  await vi.advanceTimersByTimeAsync(SECOND)
  expect(dht.looks).toBe(1)
  await vi.advanceTimersByTimeAsync(600 * SECOND)
  expect(dht.looks, 'instead of the look that was due').toBe(1)
  await keeper.end()
})

test('who puts a card stores it, at once or when the networks can be used, and of several the last', async () => {
  const { dht, keeper, room } = keeping()
  keeper.changed()
  await vi.advanceTimersByTimeAsync(0)
  expect(dht.stored).toEqual([])
  keeper.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(dht.stored).toEqual([{ title: 'one' }])
  const slow = deferred()
  dht.done = slow.promise
  keeper.changed()
  await vi.advanceTimersByTimeAsync(0)
  for (const title of ['two', 'three']) {
    room.card = { title } as CardTexts
    keeper.changed()
  }
  slow.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(dht.stored.slice(1)).toEqual([{ title: 'one' }, { title: 'three' }])
  await keeper.end()
})

test('after the end nothing is looked for or stored, and what was under way is awaited', async () => {
  const { dht, keeper, network } = keeping()
  const slow = deferred()
  dht.done = slow.promise
  keeper.start()
  keeper.changed()
  await vi.advanceTimersByTimeAsync(0)
  let isOver = false
  const ended = keeper.end().then(() => {
    isOver = true
  })
  await vi.advanceTimersByTimeAsync(SECOND)
  expect(isOver).toBe(false)
  slow.resolve()
  await ended
  expect(dht.stored).toHaveLength(1)
  keeper.changed()
  network.emit('rehome')
  await vi.advanceTimersByTimeAsync(24 * HOUR)
  expect([dht.looks, dht.stored.length, vi.getTimerCount()]).toEqual([0, 1, 0])
})
