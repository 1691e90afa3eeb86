import { createLoopbackDht, keyPair } from '../../src/swarm/dht/nodes.js'
import { watchingRelays } from '../../src/swarm/dht/relayed.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import type { Testnet } from './testnet.js'

// Neither side punches holes: there is no other way than the relay's.
const NO_HOLES = { holepunch: () => false, fastOpen: false }

/** The two ends of a connection through a relay: that of who dialled, and the other. The nodes are for the caller to destroy. */
export interface RelayedPair {
  readonly ends: readonly [SecretStream, SecretStream]
  readonly nodes: readonly DhtNode[]
}

/** Connects two nodes that others reach through the DHT alone, as behind NATs, through this relay. */
export async function relayedPair(net: Testnet, relay: Uint8Array): Promise<RelayedPair> {
  const nodes = [shielded(net), shielded(net)] as const
  await Promise.all(nodes.map(node => node.fullyBootstrapped()))
  const [dialling, listening] = nodes
  const pair = keyPair()
  const accepted = new Promise<SecretStream>(resolve => {
    const server = listening.createServer.call(watchingRelays(listening), NO_HOLES, resolve)
    void server.listen(pair)
  })
  await known(dialling, pair.publicKey)
  const options = { ...NO_HOLES, relayThrough: relay }
  const dialled = dialling.connect.call(watchingRelays(dialling), pair.publicKey, options)
  dialled.on('error', () => {})
  const other = await accepted
  other.on('error', () => {})
  await Promise.all([dialled.opened, other.opened])
  return { ends: [dialled, other], nodes }
}

function shielded({ bootstrap }: Testnet): DhtNode {
  return createLoopbackDht({ bootstrap, firewalled: true })
}

// Resolves when the DHT tells of this key.
async function known(node: DhtNode, key: Uint8Array): Promise<void> {
  for (let found = false; !found; ) {
    for await (const _ of node.findPeer(key)) found = true
  }
}
