import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLoopbackDht, keyPair } from '../../src/swarm/dht/nodes.js'
import { Listener } from '../../src/swarm/listener.js'
import { GivenNetwork } from '../../src/swarm/networks/given-network.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

let net: Testnet
const networks: GivenNetwork[] = []

beforeEach(async () => {
  net = await createTestnet(8)
})
afterEach(async () => {
  await Promise.all(networks.splice(0).map(network => network.close()))
  await net.close()
})

async function open(firewalled: boolean) {
  const dht = createLoopbackDht({ bootstrap: net.bootstrap, firewalled })
  const network = new GivenNetwork(dht)
  networks.push(network)
  await dht.fullyBootstrapped()
  const listener = new Listener({
    network,
    keyPair: keyPair(),
    rejects: () => false,
    onConnection: stream => stream.on('error', () => {})
  })
  return { dht, listener }
}

describe('Listener', () => {
  it('knows where an open node is reached before the DHT knows its key', async () => {
    const { dht, listener } = await open(false)
    expect(listener.open).toBe(true)
    const before = listener.place
    expect(await listener.whereabouts()).toEqual([dht.remoteAddress()])
    expect(listener.server.publicKey).not.toBeNull()
    expect(listener.relayAddresses).toEqual([])
    await listener.listen()
    expect(await listener.whereabouts()).toHaveLength(3)
    expect(listener.place).toBe(before)
  })

  it('waits for the nodes that others reach it through where it is not open', async () => {
    const { listener } = await open(true)
    expect(listener.open).toBe(false)
    expect(await listener.whereabouts()).toHaveLength(3)
  })
})
