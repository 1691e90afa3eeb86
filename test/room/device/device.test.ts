import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { idToBytes } from '../../../src/base/ids.js'
import { openDevice } from '../../../src/home/device-key.js'
import { freshIdentity, loadIdentity } from '../../../src/home/identity.js'
import type { Output } from '../../../src/protocol/events.js'
import type { RoomUpdate } from '../../../src/room/events.js'
import { roomTopic } from '../../../src/room/keys.js'
import { openParts, type RoomOptions } from '../../../src/room/open.js'
import { Room } from '../../../src/room/room.js'
import { deliver } from '../../../src/room/sending/deliver.js'
import { DhtNetwork } from '../../../src/swarm/networks/dht-network.js'
import { openNetworks } from '../../../src/swarm/networks/open.js'
import { Volunteer } from '../../../src/swarm/relay/volunteer.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { copyHome } from '../../support/copy-home.js'
import { useRooms } from '../../support/rooms.js'
import { until } from '../../support/until.js'

const { enter, testnet } = useRooms()
const lobby = roomTopic('lobby')
const newHome = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))
const rooms: Room[] = []

afterEach(async () => {
  await Promise.all(rooms.splice(0).map(room => room.leave()))
})

/** A room whose machine says, when it is asked to, that another program has its device key. */
async function takable(home: string) {
  const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
  const parts = await openParts({ name: 'lobby', nick: 'ann', home, networks })
  const { machine } = parts
  const handle = machine.handle.bind(machine)
  let taken = false
  vi.spyOn(machine, 'handle').mockImplementation((...input) => {
    const outputs: Output[] = handle(...input)
    if (taken) outputs.push({ type: 'emit', event: { type: 'device-taken' } })
    taken = false
    return outputs
  })
  const room = new Room(parts)
  rooms.push(room)
  const told: RoomUpdate[] = []
  room.on('update', update => told.push(update))
  const take = () => {
    taken = true
    return until([room], 'update', () => told.find(({ type }) => type === 'device-changed'))
  }
  const texts = () =>
    told.flatMap(update => (update.type === 'message' ? [update.message.text] : []))
  return { room, told, take, texts, parts }
}

const lookup = async (room: Room) => {
  const found = new Set<string>()
  const dht = testnet().createNode()
  for await (const { peers } of dht.lookup(idToBytes(room.topic)))
    for (const { publicKey } of peers) found.add(publicKey.toString('hex'))
  await dht.destroy()
  return found
}

describe('a device key that another program has', () => {
  test('is given up for a fresh one, which is kept', async () => {
    const home = newHome()
    const { room, take } = await takable(home)
    await room.ready
    const before = room.device
    expect(await take()).toMatchObject({ device: room.device, why: 'taken' })
    expect(room.device).not.toBe(before)
    const { device } = room
    expect(openDevice(home, lobby).kept).toBe(false)
    await room.leave()
    const again = openDevice(home, lobby)
    expect(Buffer.from(again.keyPair.publicKey).toString('hex')).toBe(device)
    again.release()
  })

  test('costs nobody a line, before, meanwhile or after', async () => {
    const ben = await enter('ben')
    const { room, take, texts } = await takable(newHome())
    await until([room], 'join', () => room.members().length === 2)
    ben.room.say('from ben')
    await until([room], 'update', () => texts().includes('from ben'))
    room.say('before')
    const delivered = deliver(room, 'under way', { wanted: 1, timeout: 20_000 })
    await take()
    room.say('meanwhile')
    ben.room.say('to the new one')
    await until([room], 'update', () => texts().includes('to the new one'))
    room.say('after')
    await ben.hears('after')
    expect(await delivered).toBe(1)
    const all = ['after', 'before', 'from ben', 'meanwhile', 'to the new one', 'under way']
    expect([...ben.texts].sort()).toEqual(all)
    expect(texts().sort()).toEqual(all)
  })

  test('is no coming and going to anybody', async () => {
    const ben = await enter('ben')
    const seen: string[] = []
    const { room, take, told } = await takable(newHome())
    await until([room, ben.room], 'update', () =>
      [room, ben.room].every(({ links }) => links === 1)
    )
    await until([room], 'update', () => told.some(({ type }) => type === 'join'))
    await ben.meets('ann')
    for (const type of ['join', 'leave'] as const)
      ben.room.on(type, ({ nick }) => seen.push(`${type} ${nick}`))
    told.length = 0
    await take()
    expect(room.members().map(({ nick }) => nick)).toEqual(['ann', 'ben'])
    room.say('after')
    await ben.hears('after')
    // No update tells that one of several devices left.
    const devices = () => ben.room.members().find(({ nick }) => nick === 'ann')?.devices
    await vi.waitUntil(() => devices()?.length === 1, { timeout: 60_000, interval: 50 })
    expect(devices()).toEqual([room.device])
    expect(seen).toEqual([])
    expect(told.filter(({ type }) => type === 'join' || type === 'leave')).toEqual([])
  })

  test('leaves us with members as the fresh one knows them', async () => {
    const ben = await enter('ben')
    const { room, take } = await takable(newHome())
    await until([room], 'join', () => room.members().length === 2)
    await take()
    await until([room], 'update', () => room.links === 1)
    ben.room.rename('benny')
    await until([room], 'rename', () => room.members().some(({ nick }) => nick === 'benny'))
    expect(room.member(ben.room.identity)?.nick).toBe('benny')
  })

  test('takes our name and commands along', async () => {
    const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
    const options = { name: 'lobby', nick: 'dice', home: newHome(), networks, bot: true }
    const parts = await openParts({ ...options, commands: ['roll'] })
    parts.machine.handle({ type: 'rename', nick: 'dicer' }, 1, 1)
    parts.machine.handle({ type: 'offer-commands', commands: ['roll', 'flip'] }, 2, 2)
    const fresh = parts.renew?.(parts)
    expect(fresh?.machine.members()).toMatchObject([
      { nick: 'dicer', commands: ['roll', 'flip'], bot: true }
    ])
    expect(fresh?.device.keyPair).not.toEqual(parts.device.keyPair)
    fresh?.device.release()
    await Promise.all([parts, fresh].map(made => made?.swarm.destroy()))
    await parts.lease?.release()
  })

  test('is announced no longer', async () => {
    // The former device waits until the next one is linked to somebody.
    await enter('ben')
    const { room, take, parts } = await takable(newHome())
    await room.ready
    const before = room.device
    expect(await lookup(room)).toContain(before)
    await take()
    await until([parts.swarm], 'update', () => parts.swarm.destroyed)
    await parts.swarm.destroy()
    const after = await lookup(room)
    expect(after).not.toContain(before)
  })
})

describe('a copied home', () => {
  test('takes part as a device of its own, and says so', async () => {
    const [home, copy] = [newHome(), join(newHome(), 'copy')]
    const left = await enter('left', { home, identity: undefined })
    await left.room.ready
    copyHome(home, copy)
    const right = await enter('right', { home: copy, identity: undefined })
    const changes: RoomUpdate[] = []
    right.room.on('device-changed', change => changes.push(change))
    await right.room.ready
    expect(right.room.identity).toBe(left.room.identity)
    expect(right.room.device).not.toBe(left.room.device)
    expect(changes).toEqual([{ type: 'device-changed', device: right.room.device, why: 'copied' }])
    left.room.say('from the left')
    await right.hears('from the left')
    expect(await lookup(left.room)).toContain(left.room.device)
  })

  test('takes back what its original announced, if that is dead', async () => {
    const [home, copy] = [newHome(), join(newHome(), 'copy')]
    const dht = testnet().createNode()
    const device = openDevice(home, lobby)
    await dht.fullyBootstrapped()
    await dht.announce(idToBytes(lobby), device.keyPair, []).finished()
    device.release()
    const dead = Buffer.from(device.keyPair.publicKey).toString('hex')
    copyHome(home, copy)
    const { room } = await enter('ann', { home: copy, identity: undefined })
    await room.ready
    await vi.waitFor(async () => expect(await lookup(room)).not.toContain(dead), {
      timeout: 25_000,
      interval: 500
    })
    await dht.destroy()
  })
})

describe('opening that fails', () => {
  test('gives the device back', async () => {
    const home = newHome()
    const random = (): number => {
      throw new Error('no randomness')
    }
    const identity = {
      ...loadIdentity(home),
      keyPair: { publicKey: new Uint8Array(3), secretKey: new Uint8Array(3) }
    }
    await expect(
      openParts({ name: 'lobby', nick: 'ann', home, identity, random })
    ).rejects.toThrow()
    const device = openDevice(home, lobby)
    expect(device.kept).toBe(true)
    device.release()
  })

  test('closes the networks that it opened, and leaves those that it was given', async () => {
    const close = vi.spyOn(DhtNetwork.prototype, 'close')
    const on = vi.spyOn(Swarm.prototype, 'on').mockImplementation(() => {
      throw new Error('no swarm')
    })
    try {
      const spec = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
      const given = openNetworks(spec)
      for (const [networks, closed] of [
        [spec, 1],
        [given, 0]
      ] as const) {
        close.mockClear()
        const options = { name: 'lobby', nick: 'ann', identity: loadIdentity(newHome()), networks }
        await expect(openParts(options)).rejects.toThrow('no swarm')
        expect(close).toHaveBeenCalledTimes(closed)
      }
      await Promise.all(given.map(network => network.close()))
    } finally {
      on.mockRestore()
      close.mockRestore()
    }
  })
})

test('a nick is kept with who has it in the room, so that another program of ours is called so at once', async () => {
  const home = newHome()
  const nickOf = async (options: Partial<RoomOptions>, renamed?: string) => {
    const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
    const room = await Room.open({ name: 'lobby', home, networks, ...options })
    if (renamed !== undefined) room.rename(renamed)
    const { nick } = room
    await room.leave()
    return nick
  }
  const unnamed = await nickOf({})
  expect(await nickOf({ nick: 'ann', ephemeral: true })).toBe('ann')
  expect(await nickOf({})).toBe(unnamed)
  expect(await nickOf({ fallbackNick: 'cyn' })).toBe('cyn')
  expect(await nickOf({})).toBe('cyn')
  expect(await nickOf({ nick: 'ann' })).toBe('ann')
  expect(await nickOf({ fallbackNick: 'cyn' })).toBe('ann')
  expect(await nickOf({})).toBe('ann')
  expect(await nickOf({}, 'anna')).toBe('anna')
  expect(await nickOf({ quiet: true })).toBe('anna')
  expect(await nickOf({ name: 'builds' })).toBe(unnamed)
  expect(await nickOf({ identity: freshIdentity() })).toBe(unnamed)
})

describe('an observer', () => {
  test('takes no key that is kept, and makes none', async () => {
    const home = newHome()
    const { room } = await enter('watcher', { home, identity: undefined, observer: true })
    await room.ready
    expect(readdirSync(home)).toEqual([])
  })

  test('leaves the kept device key to a member', async () => {
    const home = newHome()
    const identity = loadIdentity(home)
    const { room } = await enter('watcher', { home, identity, observer: true })
    await room.ready
    const device = openDevice(home, lobby)
    expect(device.kept).toBe(true)
    expect(room.device).not.toBe(Buffer.from(device.keyPair.publicKey).toString('hex'))
    device.release()
  })
})

test('leaving closes the networks that the room opened', async () => {
  const { room, parts } = await takable(newHome())
  await room.ready
  await room.leave()
  expect(parts.swarm.networks.map(({ dht }) => dht.destroyed)).toEqual([true])
})

test('leaving ends the relay that was offered to the others', async () => {
  const close = vi.spyOn(Volunteer.prototype, 'close')
  const { room } = await enter('ann')
  await room.ready
  await room.leave()
  expect(close).toHaveBeenCalledOnce()
  close.mockRestore()
})

test('after leaving, a lookup finds nobody', async () => {
  const { room } = await enter('ann')
  await room.ready
  expect(await lookup(room)).toContain(room.device)
  await room.leave()
  expect(await lookup(room)).not.toContain(room.device)
})
