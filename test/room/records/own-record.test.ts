import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { idFromBytes, type PeerKey } from '../../../src/base/ids.js'
import { freshIdentity } from '../../../src/home/identity.js'
import { cardTarget, sealCardRecord } from '../../../src/protocol/access/card-record.js'
import { takeCensus } from '../../../src/room/census/census.js'
import { systemClock } from '../../../src/room/clock.js'
import { roomKeys } from '../../../src/room/keys.js'
import { CardKeeper } from '../../../src/room/records/card-keeper.js'
import { OwnRecord } from '../../../src/room/records/own-record.js'
import { invitedCard } from '../../../src/room/records/room-cards.js'
import { RoomRecords } from '../../../src/room/records/room-records.js'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { DhtNode } from '../../../src/swarm/dht/types.js'
import type { Network } from '../../../src/swarm/networks/network.js'
import { openNetworks } from '../../../src/swarm/networks/open.js'
import { useRooms, type Visit } from '../../support/rooms.js'

const { enter, testnet } = useRooms()

/** Resolves with what the DHT says of somebody's device, as soon as that fits. */
async function recordOf(eye: Visit, device: PeerKey, fits = (nick?: string) => nick !== undefined) {
  for (;;) {
    const record = await eye.room.recordOf(device)
    if (fits(record?.nick)) return record
    await new Promise(setImmediate)
  }
}

describe('the DHT', () => {
  test('tells members who has a device, by the name that it has now, and nothing once it has left', async () => {
    const ada = await enter('ada')
    const eye = await enter('eye', { observer: true })
    await Promise.all([ada.room.ready, eye.room.ready])
    const { device, identity } = ada.room
    const record = await recordOf(eye, device)
    expect(record).toMatchObject({ nick: 'ada', identity })
    ada.room.rename('lovelace')
    await recordOf(eye, device, nick => nick === 'lovelace')
    await ada.room.leave()
    expect(await eye.room.recordOf(device)).toBeUndefined()
  })

  test('tells nothing of who only looks, and nothing to another room', async () => {
    const ada = await enter('ada')
    const [eye, other] = [
      await enter('eye', { observer: true }),
      await enter('eve', { name: 'elsewhere' })
    ]
    await Promise.all([ada.room.ready, eye.room.ready, other.room.ready])
    await recordOf(eye, ada.room.device)
    expect(await other.room.recordOf(ada.room.device)).toBeUndefined()
    expect(await ada.room.recordOf(eye.room.device)).toBeUndefined()
  })

  test('names a member in a census that cannot be dialled, and of whom nobody tells', async () => {
    const ada = await enter('ada')
    await ada.room.ready
    const networks = openNetworks({ mode: 'isolated', bootstrap: testnet().bootstrap })
    for (const { dht } of networks) {
      const connect = dht.connect.bind(dht)
      dht.connect = (_key, options) => connect(keyPair().publicKey, options)
    }
    const eye = await enter('eye', { observer: true, networks })
    await recordOf(eye, ada.room.device)
    const { members, peers } = await takeCensus(eye.room, { timeout: 30_000 })
    const named = {
      state: 'announced',
      nick: 'ada',
      identity: ada.room.identity,
      unreachable: true
    }
    expect(peers).toMatchObject([named])
    expect(peers[0]?.recordedAt).toBeLessThanOrEqual(Date.now())
    expect(members).toBe(0)
    await Promise.all(networks.map(network => network.close()))
  })
})

describe('two programs that have one device key', () => {
  const { secret: roomSecret, topic } = roomKeys('lobby')
  const pair = keyPair()
  const device = idFromBytes<PeerKey>(pair.publicKey)
  const records = new RoomRecords({ roomSecret, topic }, freshIdentity())
  let networks: Network[]
  beforeEach(async () => {
    networks = openNetworks({ mode: 'isolated', bootstrap: testnet().bootstrap })
    await Promise.all(networks.map(network => network.ready))
  })
  afterEach(() => Promise.all(networks.map(network => network.close())))

  /** Resolves when the record says so. */
  async function says(nick: string | undefined): Promise<void> {
    while ((await records.read(networks, device, Date.now()))?.nick !== nick)
      await new Promise(setImmediate)
  }

  /** Resolves when what it has put was also read back. */
  async function program(nick: string, at: number): Promise<OwnRecord> {
    const clock = { ...systemClock, wall: () => at }
    const [dht] = networks.map(network => network.dht) as [DhtNode]
    const spies = [vi.spyOn(dht, 'mutablePut'), vi.spyOn(dht, 'mutableGet')]
    const own = new OwnRecord({ records, keyPair: pair, networks, clock, nick: () => nick })
    await new Promise(setImmediate)
    for (const { mock } of spies) {
      await Promise.all(mock.results.map(({ value }) => value))
      await new Promise(setImmediate)
    }
    vi.restoreAllMocks()
    await says(nick)
    return own
  }

  test('empty only what they themselves wrote last', async () => {
    const now = Date.now()
    const first = await program('first', now)
    const second = await program('second', now + 1_000)
    await first.end()
    await says('second')
    await second.end()
    await says(undefined)
  })

  test('write anew what the other one has emptied', async () => {
    const now = Date.now()
    const first = await program('first', now)
    const second = await program('second', now + 1_000)
    await second.end()
    await says(undefined)
    first.changed()
    await says('first')
    await first.end()
    await says(undefined)
  })
})

const CARD = { title: 'The lobby', description: 'For all.', rules: 'Be kind.' }

test('an invitation leads to the card that a member has put, also when that has left', async () => {
  const ada = await enter('ada')
  await ada.room.ready
  ada.room.setCard(CARD)
  await ada.room.leave()
  const { secret } = roomKeys('lobby')
  const card = cardTarget(sealCardRecord(CARD, secret))
  const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
  const search = { networks, timeout: 30_000, interrupted: new AbortController().signal }
  expect(await invitedCard({ secret, card }, search)).toEqual(CARD)
  expect(await invitedCard({ secret }, search)).toBeUndefined()
  expect(await invitedCard({ secret: roomKeys('other').secret, card }, search)).toBeUndefined()
})

test('a card that the DHT has lost is stored again by any member, and not while it is there', async () => {
  const { secret: roomSecret, topic } = roomKeys('lobby')
  const records = new RoomRecords({ roomSecret, topic }, freshIdentity())
  const networks = openNetworks({ mode: 'isolated', bootstrap: testnet().bootstrap })
  await Promise.all(networks.map(network => network.ready))
  const store = vi.spyOn(records, 'storeCard')
  const look = async () => {
    const parts = { records, networks, card: () => CARD, random: () => 0 }
    const keeper = new CardKeeper(parts)
    keeper.start()
    await new Promise(resolve => setTimeout(resolve, 1))
    await keeper.end()
  }
  await look()
  expect(store).toHaveBeenCalledTimes(1)
  expect(await records.hasCard(networks, CARD)).toBe(true)
  await look()
  expect(store).toHaveBeenCalledTimes(1)
  await Promise.all(networks.map(network => network.close()))
})

test('of cards that are put faster than the DHT takes them, the last one is stored', async () => {
  const { secret: roomSecret, topic } = roomKeys('lobby')
  const records = new RoomRecords({ roomSecret, topic }, freshIdentity())
  const stored: string[] = []
  vi.spyOn(records, 'storeCard').mockImplementation(async (_networks, { title }) => {
    stored.push(title)
    await new Promise(setImmediate)
  })
  let title = ''
  const card = () => ({ ...CARD, title })
  const keeper = new CardKeeper({ records, networks: [], card, random: () => 1 })
  keeper.start()
  for (title of ['1', '2', '3', '4', '5']) {
    keeper.changed()
    if (title === '2') await new Promise(setImmediate)
  }
  await keeper.end()
  expect(stored).toEqual(['2', '5'])
})
