import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freshIdentity } from '../../src/home/identity.js'
import type { Room } from '../../src/room/room.js'
import { Rooms } from '../../src/room/rooms.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { openNetworks } from '../../src/swarm/networks/open.js'
import { Swarm } from '../../src/swarm/swarm.js'
import { freePort } from '../support/free-port.js'
import { createTestnet, type Testnet } from '../support/testnet.js'
import { until } from '../support/until.js'

// Every node that a network makes; a hub's own, which bootstraps others, is not among them.
const made = vi.hoisted((): DhtNode[] => [])

vi.mock('../../src/swarm/dht/nodes.js', async importOriginal => {
  const original = await importOriginal<typeof import('../../src/swarm/dht/nodes.js')>()
  const counted = <A extends unknown[], N extends DhtNode>(make: (...args: A) => N) => {
    return (...args: A): N => {
      const node = make(...args)
      made.push(node)
      return node
    }
  }
  const { createDht, createLanDht, createLoopbackDht } = original
  return {
    ...original,
    createDht: counted(createDht),
    createLanDht: counted(createLanDht),
    createLoopbackDht: counted(createLoopbackDht)
  }
})

let testnet: Testnet
const all: Rooms[] = []

beforeEach(async () => {
  testnet = await createTestnet()
  made.length = 0
})

afterEach(async () => {
  await Promise.all(all.splice(0).map(rooms => rooms.leave()))
  await testnet.close()
})

const isolated = () => ({ mode: 'isolated', bootstrap: testnet.bootstrap }) as const
const living = () => made.filter(({ destroyed }) => !destroyed)

function roomsOn(networks: ConstructorParameters<typeof Rooms>[0] = { networks: isolated() }) {
  const rooms = new Rooms(networks)
  all.push(rooms)
  return rooms
}

const enter = (rooms: Rooms, name: string, nick: string) =>
  rooms.open({ name, nick, identity: freshIdentity() })

const openTen = (rooms: Rooms, nick: string) =>
  Promise.all(Array.from({ length: 10 }, (_, at) => enter(rooms, `room ${at}`, nick)))

const hears = (room: Room, wanted: string) =>
  new Promise<void>(resolve =>
    room.on('message', ({ text }) => {
      if (text === wanted) resolve()
    })
  )

describe('ten rooms in one process', () => {
  test('are on one node per network', async () => {
    const localPort = await freePort()
    const bind = '127.0.0.1'
    const openMdns = async () => ({ on: () => {}, send: () => {}, close: async () => {} })
    const lan = { addresses: () => [], bind, openMdns: openMdns as never }
    const publicBootstrap = testnet.bootstrap
    const rooms = roomsOn({ networks: { mode: 'auto', localPort, publicBootstrap, lan } })
    const ten = await openTen(rooms, 'ada')
    await Promise.all(ten.map(room => room.ready))
    expect(rooms.size).toBe(10)
    expect(rooms.networks.map(({ name }) => name)).toEqual(['local', 'lan', 'public'])
    expect(living()).toHaveLength(3)
    await rooms.leave()
    expect(living()).toEqual([])
    expect(rooms.size).toBe(0)
    expect(rooms.networks).toEqual([])
  })

  test('go on when one of them is left, which leaves nothing behind', async () => {
    const [ada, bob] = [roomsOn(), roomsOn()]
    const [first] = await openTen(ada, 'ada')
    const [network] = ada.networks
    const before = network?.dht.listening.size ?? 0
    const [other] = await openTen(bob, 'bob')
    await until([other as Room], 'join', () => other?.members().length === 2)
    const second = await enter(ada, 'room 1', 'eve')
    await Promise.all([second.ready, first?.ready])
    const listeners = network?.listenerCount('state') ?? 0
    const listening = network?.dht.listening.size ?? 0
    await first?.leave()
    expect(ada.size).toBe(10)
    expect(network?.dht.destroyed).toBe(false)
    expect(network?.listenerCount('state')).toBeLessThan(listeners)
    expect(network?.dht.listening.size).toBeLessThan(Math.max(listening, before))
    const third = await enter(bob, 'room 1', 'cy')
    const heard = hears(third, 'still here')
    await until([second], 'join', () => second.members().some(({ nick }) => nick === 'cy'))
    second.say('still here')
    await heard
  })
})

test('the last room closes the networks, and the next one opens others', async () => {
  const rooms = roomsOn()
  const room = await enter(rooms, 'lobby', 'ada')
  const [former] = rooms.networks
  await room.leave()
  expect(former?.dht.destroyed).toBe(true)
  const again = await enter(rooms, 'lobby', 'ada')
  expect(rooms.networks[0]).not.toBe(former)
  expect(await again.ready).toBe(true)
  expect(made).toHaveLength(2)
})

test('networks that were given stay open', async () => {
  const networks = openNetworks(isolated())
  const rooms = roomsOn({ networks })
  await (await enter(rooms, 'lobby', 'ada')).leave()
  await rooms.leave()
  expect(networks.map(({ dht }) => dht.destroyed)).toEqual([false])
  await Promise.all(networks.map(network => network.close()))
})

test('a room on a network that is offline already is told so', async () => {
  const nobody = { host: '127.0.0.1', port: await freePort() }
  const networks = openNetworks({ mode: 'isolated', bootstrap: [nobody] })
  await until(networks, 'state', () => networks[0]?.state === 'offline')
  const room = await enter(roomsOn({ networks }), 'lobby', 'ada')
  const [status] = await once(room, 'status')
  expect(status).toMatchObject({ network: 'isolated', state: 'offline' })
  await Promise.all(networks.map(network => network.close()))
})

describe('opening that fails', () => {
  test('before there is a network opens none', async () => {
    const rooms = roomsOn()
    await expect(enter(rooms, 'lobby', '')).rejects.toMatchObject({ code: 'BAD_NICK' })
    await expect(enter(rooms, '', 'ada')).rejects.toMatchObject({ code: 'BAD_ROOM_NAME' })
    expect(made).toEqual([])
    expect(rooms.size).toBe(0)
  })

  test('half-way leaves nothing', async () => {
    const rooms = roomsOn()
    const home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
    const on = vi.spyOn(Swarm.prototype, 'on').mockImplementation(() => {
      throw new Error('no swarm')
    })
    try {
      await expect(rooms.open({ name: 'lobby', nick: 'ada', home })).rejects.toThrow('no swarm')
    } finally {
      on.mockRestore()
    }
    expect(made).toHaveLength(1)
    expect(living()).toEqual([])
    expect(rooms.size).toBe(0)
    expect(rooms.networks).toEqual([])
  })

  test('closes no network that another room is on', async () => {
    const rooms = roomsOn()
    const room = await enter(rooms, 'lobby', 'ada')
    await expect(enter(rooms, 'lobby', '')).rejects.toMatchObject({ code: 'BAD_NICK' })
    expect(living()).toHaveLength(1)
    expect(await room.ready).toBe(true)
  })
})
