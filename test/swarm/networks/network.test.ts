import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'
import type { DhtNode } from '../../../src/swarm/dht/types.js'
import { DhtNetwork } from '../../../src/swarm/networks/dht-network.js'
import { GivenNetwork } from '../../../src/swarm/networks/given-network.js'
import type { Network } from '../../../src/swarm/networks/network.js'
import { type NetworkSpec, openNetworks } from '../../../src/swarm/networks/open.js'
import { FakeLan } from '../../support/fake-mdns.js'
import { freePort } from '../../support/free-port.js'
import { createTestnet } from '../../support/testnet.js'
import { until } from '../../support/until.js'

const opened: Network[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(network => network.close()))
})

function open(spec: NetworkSpec): Network[] {
  const networks = openNetworks(spec)
  opened.push(...networks)
  return networks
}

function openOne(spec: NetworkSpec): Network {
  const [network] = open(spec)
  if (network === undefined) throw new Error('no network')
  return network
}

async function say(network: Network, key: Uint8Array): Promise<string> {
  const stream = network.dht.connect(key)
  stream.on('error', () => {})
  stream.write('hello')
  const answer = await new Promise<string>(resolve => {
    stream.once('data', bytes => resolve(bytes.toString()))
    stream.once('close', () => resolve('closed'))
  })
  stream.destroy()
  return answer
}

function echo(stream: SecretStream): void {
  stream.on('error', () => {})
  stream.on('data', bytes => stream.write(bytes))
}

describe('the local network', () => {
  test('members meet without any other network', async () => {
    const port = await freePort()
    const networks = [0, 1, 2].map(() => openOne({ mode: 'local', localPort: port }))
    await Promise.all(networks.map(network => network.ready))
    const [first, second, third] = networks
    const pair = keyPair()
    await second?.dht.createServer({}, echo).listen(pair)
    for (const network of [first, third]) {
      expect(network && (await say(network, pair.publicKey))).toBe('hello')
    }
    expect(networks.map(network => network.state)).toEqual(['online', 'online', 'online'])
  })

  test('is ready, as the first and as the second', async () => {
    const port = await freePort()
    await openOne({ mode: 'local', localPort: port }).ready
    await openOne({ mode: 'local', localPort: port }).ready
  })

  test('separate ports are separate worlds', async () => {
    const [here, there] = [await freePort(), await freePort()]
    const one = openOne({ mode: 'local', localPort: here })
    const other = openOne({ mode: 'local', localPort: there })
    await Promise.all([one.ready, other.ready])
    const pair = keyPair()
    await one.dht.createServer({}, echo).listen(pair)
    expect(await say(other, pair.publicKey)).toBe('closed')
  })

  test('a stranger on the port is a state, and passes', async () => {
    const port = await freePort()
    const stranger = createServer(socket => socket.end('SSH-2.0-OpenSSH_9.6 and more\r\n'))
    await once(stranger.listen(port, '127.0.0.1'), 'listening')
    const network = openOne({ mode: 'local', localPort: port })
    await until([network], 'state', () => network.state === 'offline')
    expect(network.problem?.message).toContain(`${port}`)
    await new Promise(resolve => stranger.close(resolve))
    await network.ready
    expect(network.state).toBe('online')
    expect(network.problem).toBeUndefined()
  })

  test('a silent stranger is found out', async () => {
    const port = await freePort()
    const stranger = createServer(() => {})
    await once(stranger.listen(port, '127.0.0.1'), 'listening')
    const network = openOne({ mode: 'local', localPort: port })
    await until([network], 'state', () => network.state === 'offline')
    expect(network.problem?.code).toBe('PORT_TAKEN')
    await network.close()
    stranger.close()
  })

  test('closing at once leaves nothing behind', async () => {
    const port = await freePort()
    for (let round = 0; round < 5; round += 1) {
      const network = openOne({ mode: 'local', localPort: port })
      await network.close()
      await network.ready
    }
    const network = openOne({ mode: 'local', localPort: port })
    await network.ready
    expect(network.state).toBe('online')
  })
})

describe('auto', () => {
  test('is the local network, the lan and the public one, each with its own node', async () => {
    const { bootstrap, close } = await createTestnet()
    const here = { host: '127.0.0.2', cidr: '127.0.0.2/8' }
    const lan = { addresses: () => [here], openMdns: new FakeLan().open, bind: here.host }
    const localPort = await freePort()
    const networks = open({ mode: 'auto', publicBootstrap: bootstrap, localPort, lan })
    expect(networks.map(network => network.name)).toEqual(['local', 'lan', 'public'])
    await Promise.all(networks.map(network => network.ready))
    expect(new Set(networks.map(network => network.dht.port)).size).toBe(3)
    await Promise.all(networks.map(network => network.close()))
    await close()
  })
})

describe('an isolated network', () => {
  test('whose nodes do not answer is offline, and online when they do', {
    timeout: 40_000
  }, async () => {
    const first = await createTestnet()
    const { bootstrap } = first
    await first.close()
    const network = openOne({ mode: 'isolated', bootstrap })
    await until([network], 'state', () => network.state === 'offline')
    expect(network.problem?.message).toBe('offline: no DHT node answered; still trying')
    const again = await createTestnet(1, bootstrap[0]?.port)
    await network.ready
    expect(network.state).toBe('online')
    expect(network.problem).toBeUndefined()
    await network.close()
    await again.close()
  })
})

describe('a bootstrap node whose name leads nowhere', () => {
  const unknown = async () => {
    throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' })
  }
  const nowhere = async () => ({ host: 'localhost', port: await freePort() })

  test('is named, with the reason', async () => {
    const network = new DhtNetwork('isolated', [await nowhere()], unknown)
    opened.push(network)
    const named = () => network.problem?.code === 'ENOTFOUND'
    await until([network], 'state', named)
    expect(network.problem?.message).toBe(
      'offline: the name localhost cannot be resolved (ENOTFOUND); still trying'
    )
    expect(network.problem?.hint).toMatch(/spelled/)
  })

  test('is named beside a good one as well, which is used', async () => {
    const { bootstrap, close } = await createTestnet()
    const network = new DhtNetwork('isolated', [...bootstrap, await nowhere()], unknown)
    opened.push(network)
    await until([network], 'warning', () => network.warning)
    expect(network.warning?.message).toBe(
      'The name localhost of a bootstrap node cannot be resolved (ENOTFOUND).'
    )
    await network.ready
    expect([network.state, network.problem]).toEqual(['online', undefined])
    await network.close()
    await close()
  })
})

describe('a node whose sockets cannot be opened', () => {
  class NoSockets extends EventEmitter {
    readonly listening = new Set()
    readonly #failure = Object.assign(new Error('too many open files'), { code: 'EMFILE' })
    bind = () => Promise.reject(this.#failure)
    fullyBootstrapped = () => Promise.reject(this.#failure)
    destroy = () => Promise.reject(this.#failure)
    remoteAddress = () => null
  }

  test('is offline for that reason, and can be closed', async () => {
    const network = new GivenNetwork(new NoSockets() as unknown as DhtNode)
    await until([network], 'state', () => network.state === 'offline')
    expect(network.problem).toMatchObject({ code: 'EMFILE', exitCode: 1 })
    expect(network.problem?.hint).toMatch(/ulimit/)
    await network.close()
  })
})
