import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  createLoopbackDht,
  type DhtNode,
  keyPair,
  type SecretStream
} from '../../../src/swarm/dht/hyperdht.js'
import { isRelayed, watchingRelays } from '../../../src/swarm/dht/relayed.js'
import { dial } from '../../../src/swarm/dial/hinted-dial.js'
import { RelayServer, VOLUNTEER_LIMITS } from '../../../src/swarm/relay/relay-server.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'

let net: Testnet
const nodes: DhtNode[] = []
beforeEach(async () => {
  net = await createTestnet(8)
})
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(node => node.destroy()))
  await net.close()
})

/** A node that others reach through DHT nodes alone, as behind a NAT. */
async function shielded(): Promise<DhtNode> {
  const { bootstrap } = net
  const node = createLoopbackDht({ bootstrap, firewalled: true })
  nodes.push(node)
  await node.fullyBootstrapped()
  return node
}

/** Resolves when the DHT tells of this key. */
async function searchable(node: DhtNode, key: Uint8Array): Promise<void> {
  for (let found = false; !found; ) {
    for await (const _ of node.findPeer(key)) found = true
  }
}

it('tells a stream that runs through a relay from one that does not, at both ends', async () => {
  const relay = new RelayServer(net.createNode(), keyPair(), VOLUNTEER_LIMITS)
  await relay.listen()
  const pair = keyPair()
  // Neither side punches holes: there is no other way.
  const never = { holepunch: () => false, fastOpen: false }
  const [listening, dialling] = [await shielded(), await shielded()]
  const accepted = new Promise<SecretStream>(resolve => {
    const server = listening.createServer.call(watchingRelays(listening), never, resolve)
    void server.listen(pair)
  })
  await searchable(dialling, pair.publicKey)
  const { publicKey: relayThrough } = relay
  const stream = dialling.connect.call(watchingRelays(dialling), pair.publicKey, {
    ...never,
    relayThrough
  })
  for (const end of [stream, await accepted]) {
    end.on('error', () => {})
    expect(await end.opened).toBe(true)
    expect(isRelayed(end)).toBe(true)
  }
  await relay.close()
})

it('takes no direct stream for a relayed one', async () => {
  const pair = keyPair()
  const listening = net.createNode()
  await listening.createServer({}, stream => stream.on('error', () => {})).listen(pair)
  const node = net.createNode()
  const stream = dial(node, pair.publicKey, {})
  expect(await stream.opened).toBe(true)
  expect(isRelayed(stream)).toBe(false)
})
