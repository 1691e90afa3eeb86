import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { KeyPair } from '../../../src/base/crypto.js'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { Query } from '../../../src/swarm/dht/types.js'
import { LocalNetwork } from '../../../src/swarm/networks/local-network.js'
import { fakeHub } from '../../support/fake-hub.js'
import { freePort } from '../../support/free-port.js'
import { until } from '../../support/until.js'

const TOPIC = new Uint8Array(32).fill(5)
const SUCCESSIONS = 20
const MEMBERS = 3

const members = new Set<LocalNetwork>()

afterEach(async () => {
  await Promise.all([...members].map(member => member.close()))
  members.clear()
})

// A member that announces its key under the topic, again at every new hub, as Swarm does.
async function join(port: number): Promise<{ network: LocalNetwork; pair: KeyPair }> {
  const network = new LocalNetwork(port)
  const pair = keyPair()
  const announce = () =>
    network.dht
      .announce(TOPIC, pair, [])
      .finished()
      .catch(() => {})
  members.add(network)
  await network.ready
  await announce()
  network.on('rehome', () => void announce().then(() => network.emit('announced' as 'rehome')))
  return { network, pair }
}

async function keysFound(network: LocalNetwork): Promise<string[]> {
  const keys = new Set<string>()
  const query: Query<{ peers: readonly { publicKey: Buffer }[] }> = network.dht.lookup(TOPIC)
  for await (const { peers } of query) {
    for (const { publicKey } of peers) keys.add(publicKey.toString('hex'))
  }
  return [...keys].sort()
}

function announcedAgain(network: LocalNetwork): Promise<void> {
  return new Promise(resolve => network.once('announced' as 'rehome', () => resolve()))
}

test(`a hub that ends is followed ${SUCCESSIONS} times over, and everybody is found again`, async () => {
  const port = await freePort()
  let joined = await Promise.all(Array.from({ length: MEMBERS }, () => join(port)))
  for (let round = 0; round < SUCCESSIONS; round += 1) {
    const hub = joined.find(({ network }) => network.hosting)
    expect(joined.filter(({ network }) => network.hosting)).toHaveLength(1)
    joined = joined.filter(member => member !== hub)
    const again = Promise.all(joined.map(({ network }) => announcedAgain(network)))
    await hub?.network.close()
    await again
    const newcomer = await join(port)
    const keys = joined.map(({ pair }) => Buffer.from(pair.publicKey).toString('hex'))
    expect(await keysFound(newcomer.network)).toEqual(expect.arrayContaining(keys))
    joined.push(newcomer)
  }
})

test('a link outlives the hub', async () => {
  const port = await freePort()
  const [hub, one, other] = [await join(port), await join(port), await join(port)]
  const heard: string[] = []
  const server = one.network.dht.createServer({}, stream => {
    stream.on('error', () => {})
    stream.on('data', bytes => stream.write(bytes))
  })
  await server.listen(one.pair)
  const stream = other.network.dht.connect(one.pair.publicKey)
  stream.on('error', error => heard.push(error.message))
  stream.on('data', bytes => heard.push(bytes.toString()))
  const next = () => new Promise(resolve => stream.once('data', resolve))
  stream.write('before')
  await next()
  const again = Promise.all([announcedAgain(one.network), announcedAgain(other.network)])
  await hub.network.close()
  stream.write('between')
  await next()
  await again
  stream.write('after')
  await next()
  expect(heard).toEqual(['before', 'between', 'after'])
})

describe('beside idle connections of somebody else', () => {
  const idlers: Socket[] = []
  afterEach(() => {
    for (const idler of idlers.splice(0)) idler.destroy()
  })

  async function idle(port: number, count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const idler = createConnection({ port, host: '127.0.0.1' })
      idlers.push(idler.on('error', () => {}))
      await once(idler, 'connect')
    }
  }

  test('a newcomer is at home all the same, found, and follows the hub when that ends', async () => {
    const port = await freePort()
    const hub = await join(port)
    await idle(port, 600)
    const [one, other] = [await join(port), await join(port)]
    const keys = [one, other].map(({ pair }) => Buffer.from(pair.publicKey).toString('hex'))
    expect(await keysFound(one.network)).toEqual(expect.arrayContaining(keys))
    const again = Promise.all([announcedAgain(one.network), announcedAgain(other.network)])
    await hub.network.close()
    await again
    expect([one, other].filter(({ network }) => network.hosting)).toHaveLength(1)
    expect(await keysFound(other.network)).toEqual(expect.arrayContaining(keys))
  })
})

describe('what is no hub', () => {
  test.each(['none', 'forgetful'] as const)('is %s', async node => {
    const port = await freePort()
    const fake = await fakeHub(port, node)
    const network = new LocalNetwork(port)
    members.add(network)
    if (node === 'forgetful') {
      // It answers: that it forgets what is announced, only a check-up finds out.
      await network.ready
      expect(network.state).toBe('online')
      await fake.close()
      return
    }
    await until([network], 'state', () => network.state === 'offline')
    expect(network.problem?.code).toBe('HUB_SILENT')
    await fake.close()
    await network.ready
    expect([network.state, network.hosting]).toEqual(['online', true])
  })

  test('is a machine without loopback: that is said at once, and passes', async () => {
    let loopback = false
    const network = new LocalNetwork(await freePort(), () => loopback)
    members.add(network)
    await until([network], 'state', () => network.state === 'offline')
    expect(network.problem?.code).toBe('NO_LOOPBACK')
    loopback = true
    await network.ready
    expect(network.state).toBe('online')
  })
})
