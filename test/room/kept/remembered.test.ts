import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type IdentityKey, idToBytes, type PeerKey } from '../../../src/base/ids.js'
import { loadIdentity } from '../../../src/home/identity.js'
import {
  type Acquaintance,
  acquaintancesIn,
  worthRemembering
} from '../../../src/room/kept/acquaintance.js'
import { forgetRoom } from '../../../src/room/kept/forget-room.js'
import { rememberedFile } from '../../../src/room/kept/remembered-members.js'
import { roomKeys } from '../../../src/room/keys.js'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import { freePort } from '../../support/free-port.js'
import { useRooms } from '../../support/rooms.js'

const { enter, testnet } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const at = (home: string) => ({ home, identity: undefined })
const fileIn = (home: string) => rememberedFile(home, roomKeys('lobby'), loadIdentity(home))

describe('members that were met', () => {
  test('are dialled without any DHT: a room lives on when all nodes of it are gone', async () => {
    const [anas, bens] = [newHome(), newHome()]
    const ana = await enter('ana', at(anas))
    const before = await enter('ben', at(bens))
    await Promise.all([ana.meets('ben'), before.meets('ana')])
    await before.room.leave()
    await ana.misses('ben')
    await testnet().close()
    const after = await enter('ben', at(bens))
    await after.meets('ana')
    after.room.say('is anybody there?')
    await ana.hears('is anybody there?')
    ana.room.say('I am')
    await after.hears('I am')
    if (process.platform !== 'win32') expect(statSync(fileIn(bens)).mode & 0o777).toBe(0o600)
  })

  test('and are somewhere else by now cost nothing: they are found as by whoever remembers nobody', async () => {
    const [anas, bens] = [newHome(), newHome()]
    const ana = await enter('ana', at(anas))
    const gone = { network: 'isolated', host: '127.0.0.1', isDialled: true, at: Date.now() }
    const entries = Array.from({ length: 16 }, (_, n) => ({
      ...gone,
      device: n === 0 ? ana.room.device : n.toString(16).padStart(64, '0'),
      identity: n.toString(16).padStart(64, '0'),
      port: 1
    }))
    const port = await freePort()
    mkdirSync(dirname(fileIn(bens)), { recursive: true })
    writeFileSync(fileIn(bens), JSON.stringify(entries.map(each => ({ ...each, port }))))
    const ben = await enter('ben', at(bens))
    const unreachable: string[] = []
    ben.room.on('unreachable', ({ device }) => unreachable.push(device))
    await ben.meets('ana')
    expect(unreachable).toEqual([])
    await ben.room.leave()
    const now = acquaintancesIn(readFileSync(fileIn(bens), 'utf8'))
    expect(now[0]).toMatchObject({ device: ana.room.device, host: '127.0.0.1' })
    expect(now[0]?.port).not.toBe(port)
  })

  test('have proved that they may be in the room: who connects and proves nothing is not among them', async () => {
    const home = newHome()
    const ana = await enter('ana', at(home))
    await ana.room.ready
    const dht = testnet().createNode()
    const stream = dht.connect(idToBytes(ana.room.device) as Buffer, { keyPair: keyPair() })
    stream.on('error', () => {})
    // A hello has 3 s to come.
    await new Promise<void>(resolve => stream.once('close', resolve))
    await ana.room.leave()
    await dht.destroy()
    expect(existsSync(fileIn(home))).toBe(false)
  })

  test('are forgotten with the room, and nobody is remembered of one that is not kept', async () => {
    const [anas, bens] = [newHome(), newHome()]
    const ana = await enter('ana', { ...at(anas), ephemeral: true })
    const ben = await enter('ben', at(bens))
    await Promise.all([ana.meets('ben'), ben.meets('ana')])
    await Promise.all([ana.room.leave(), ben.room.leave()])
    expect([existsSync(fileIn(anas)), existsSync(fileIn(bens))]).toEqual([false, true])
    forgetRoom('lobby', bens)
    expect(existsSync(fileIn(bens))).toBe(false)
  })
})

const NOW = 1_700_000_000_000
const id = (n: number) => n.toString(16).padStart(64, '0')

/** A member that dialled us, from an address of its own, the `n`th newest. */
const member = (n: number, more: Partial<Acquaintance> = {}): Acquaintance => ({
  network: 'public',
  host: `198.51.${n % 250}.1`,
  port: 4_000 + (n % 1_000),
  isDialled: false,
  device: id(n) as PeerKey,
  identity: id(n) as IdentityKey,
  at: NOW - n,
  ...more
})
const members = (count: number, more: (n: number) => Partial<Acquaintance> = () => ({})) =>
  Array.from({ length: count }, (_, n) => member(n + 1, more(n)))

describe('of members that were met', () => {
  test('the newest are remembered, 16 at most', () => {
    const dialled = members(100, () => ({ isDialled: true }))
    expect(worthRemembering(dialled.toReversed(), NOW)).toEqual(dialled.slice(0, 16))
  })

  test('whoever dials in a lot pushes out none that we dialled', () => {
    const ours = members(8, n => ({
      isDialled: true,
      device: id(5_000 + n) as PeerKey,
      at: NOW - 1_000
    }))
    const flood = members(1_000)
    const kept = worthRemembering([...flood, ...ours], NOW)
    expect(kept.filter(({ isDialled }) => isDialled)).toHaveLength(8)
    expect(kept.filter(({ isDialled }) => !isDialled)).toHaveLength(8)
  })

  test('no identity, and no block of addresses, has more than its places', () => {
    const one = members(100, () => ({ identity: id(7) as IdentityKey, isDialled: true }))
    expect(worthRemembering(one, NOW)).toHaveLength(2)
    const neighbours = members(100, n => ({ host: `198.51.100.${n}`, isDialled: true }))
    expect(worthRemembering(neighbours, NOW)).toHaveLength(4)
    const house = members(100, n => ({ host: `192.168.1.${n}`, isDialled: true }))
    expect(worthRemembering(house, NOW)).toHaveLength(16)
  })

  test('a device has one entry, the newest; who was not seen for 14 days has none', () => {
    const moved = [member(1), member(9, { device: id(1) as PeerKey, host: '203.0.113.1' })]
    expect(worthRemembering(moved, NOW)).toEqual([moved[0]])
    expect(worthRemembering([member(1)], NOW + 15 * 24 * 3_600_000)).toEqual([])
  })

  test('those that were met while the clock was ahead make way, as all do', () => {
    const ahead = members(16, () => ({ isDialled: true, at: NOW + 1_000_000_000 }))
    const before = worthRemembering(ahead, NOW)
    expect(before.map(({ at }) => at)).toEqual(Array.from({ length: 16 }, () => NOW))
    const fresh = member(50, { at: NOW + 60_000 })
    expect(worthRemembering([...before, fresh], NOW + 60_000)[0]).toEqual(fresh)
    const [forever] = worthRemembering([member(1, { at: Number.POSITIVE_INFINITY })], NOW)
    expect(forever?.at).toBe(NOW)
  })

  test('a file that is damaged, or was tampered with, is read as far as it makes sense', () => {
    const good = member(1)
    expect(acquaintancesIn(JSON.stringify([good]))).toEqual([good])
    const bad = [
      null,
      [],
      {},
      { ...good, device: 'x' },
      { ...good, identity: 1 },
      { ...good, host: 'example.org' },
      { ...good, host: '::1' },
      { ...good, port: 0 },
      { ...good, port: 65_536 },
      { ...good, port: '80' },
      { ...good, network: '__proto__' },
      { ...good, at: '1' }
    ]
    expect(acquaintancesIn(JSON.stringify([...bad, good]))).toEqual([good])
    expect(acquaintancesIn(JSON.stringify(members(1_000)))).toHaveLength(16)
    for (const text of ['', 'null', '{}', '{"a', '7']) expect(acquaintancesIn(text)).toEqual([])
  })
})
