import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { idFromBytes, idToBytes, type PeerKey } from '../../../src/base/ids.js'
import { freshIdentity } from '../../../src/home/identity.js'
import { type Census, takeCensus } from '../../../src/room/census/census.js'
import { roomKeys } from '../../../src/room/keys.js'
import { RoomRecords } from '../../../src/room/records/room-records.js'
import { Room } from '../../../src/room/room.js'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { Address, DhtNode } from '../../../src/swarm/dht/types.js'
import type { Network } from '../../../src/swarm/networks/network.js'
import { openNetworks } from '../../../src/swarm/networks/open.js'
import { putRecord } from '../../../src/swarm/records.js'
import { useRooms } from '../../support/rooms.js'

/**
 * A node names 20 of those who are announced there, at random: of a DHT of a single node eight lookups would not name
 * all of 40.
 */
const NODES = 10
const COMPANY = fileURLToPath(new URL('../../support/company.ts', import.meta.url))
const GUARD = fileURLToPath(new URL('../../support/guard-preload.cjs', import.meta.url))
/** Nobody here has said so much that the room's clock, in which presences are dated, is further ahead of the wall's. */
const CLOCK_AHEAD_MILLIS = 1_000

const { enter, testnet } = useRooms(NODES)
const isolated = () => openNetworks({ mode: 'isolated', bootstrap: testnet().bootstrap })

/** Dials of these come to nothing. */
function cutOff(network: Network, unreachable: ReadonlySet<PeerKey>): void {
  const connect = network.dht.connect.bind(network.dht)
  network.dht.connect = (key, options) => {
    const isReached = !unreachable.has(Buffer.from(key).toString('hex') as PeerKey)
    return connect(isReached ? key : keyPair().publicKey, options)
  }
}

/** Members in a process of their own. */
interface Company {
  readonly devices: readonly PeerKey[]
  /** Their process is gone at once, and says nothing. */
  readonly kill: () => Promise<void>
}

async function enterCompany(kind: string, count: number): Promise<Company> {
  const [{ port }] = testnet().bootstrap as readonly [Address]
  const args = ['--require', GUARD, '--import', 'tsx', COMPANY, String(port), kind, String(count)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return { devices: JSON.parse(String(line)), kill }
}

async function invent(topic: Uint8Array, count: number): Promise<void> {
  const node = testnet().createNode()
  for (let n = 0; n < count; n++) await node.announce(topic, keyPair(), []).finished()
}

async function censusWithout(hidden: readonly PeerKey[]): Promise<Census> {
  const networks = isolated()
  for (const network of networks) cutOff(network, new Set(hidden))
  const eye = await Room.open({ name: 'lobby', networks, observer: true })
  const census = await takeCensus(eye, { timeout: 60_000 })
  await eye.leave()
  await Promise.all(networks.map(network => network.close()))
  return census
}

test('in a room of 8 with 2 killed, one out of reach and 4 invented keys the states add up', async () => {
  const [size, killed, invented] = [8, 2, 4]
  const first = await enter('first')
  const [others, mortals] = await Promise.all([
    enterCompany('member', size - killed - 1),
    enterCompany('mortal', killed)
  ])
  await first.when(() => first.room.members().length === size)
  await mortals.kill()
  const killedAt = Date.now()
  await first.when(() => first.room.members().length === size - killed)
  await invent(idToBytes(first.room.topic), invented)
  // As if this one and whoever looks were behind randomising NATs.
  const hidden = others.devices.slice(-1)
  const census = await censusWithout(hidden)

  const of = (state: string) => census.peers.filter(peer => peer.state === state)
  expect(of('gone').map(({ device }) => device)).toEqual(mortals.devices.toSorted())
  for (const { heardAt } of of('gone'))
    expect(heardAt).toBeLessThanOrEqual(killedAt + CLOCK_AHEAD_MILLIS)
  expect(of('announced')).toHaveLength(invented)
  expect(of('reachable')).toEqual([])
  expect(of('verified').length + of('present').length).toBe(size - killed)
  for (const device of hidden)
    expect(census.peers.find(peer => peer.device === device)?.state).toBe('present')
  expect(census.peers).toHaveLength(size + invented)
  expect(census).toMatchObject({ members: size - killed, announced: size + invented })
  expect(census.estimate).toBe(size + invented)
})

test('of 40 members that cannot be dialled those with a record are named, eight reads at a time', async () => {
  const [announced, recorded, atOnce] = [40, 36, 8]
  const { secret: roomSecret, topic } = roomKeys('lobby')
  const node = testnet().createNode()
  const networks = isolated()
  await Promise.all(networks.map(network => network.ready))
  const nicks = new Map<PeerKey, string>()
  for (let n = 0; n < announced; n++) {
    const pair = keyPair()
    await node.announce(idToBytes(topic), pair, []).finished()
    if (n >= recorded) continue
    const device = idFromBytes<PeerKey>(pair.publicKey)
    const records = new RoomRecords({ roomSecret, topic }, freshIdentity())
    const at = Date.now()
    const value = records.seal(device, { nick: `member ${n}`, since: at, at })
    await putRecord(networks, pair, { value, seq: at })
    nicks.set(device, `member ${n}`)
  }
  const [dht] = networks.map(network => network.dht) as [DhtNode]
  const read = dht.mutableGet.bind(dht)
  let [reading, most] = [0, 0]
  dht.mutableGet = async key => {
    reading += 1
    most = Math.max(most, reading)
    return read(key).finally(() => {
      reading -= 1
    })
  }
  const eye = await Room.open({ name: 'lobby', networks, observer: true })
  const { peers } = await takeCensus(eye, { timeout: 30_000 })
  await eye.leave()
  await Promise.all(networks.map(network => network.close()))
  const named = peers.flatMap(({ device, nick }) => (nick === undefined ? [] : [[device, nick]]))
  expect(peers).toHaveLength(announced)
  expect(new Map(named as [PeerKey, string][])).toEqual(nicks)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(atOnce)
})
