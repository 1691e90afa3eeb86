import type { KeyPair } from '../../src/base/crypto.js'
import { createLoopbackDht, keyPair } from '../../src/swarm/dht/nodes.js'
import type { Testnet } from './testnet.js'

/** Announces so many keys under a topic, as members do, and dies without a word: the DHT goes on telling of them. */
export async function killedMembers(
  net: Testnet,
  topic: Uint8Array,
  count: number
): Promise<KeyPair[]> {
  const node = createLoopbackDht({ bootstrap: net.bootstrap })
  await node.fullyBootstrapped()
  const pairs = Array.from({ length: count }, () => keyPair())
  for (const pair of pairs) {
    const server = node.createServer({}, stream => stream.on('error', () => {}))
    await server.listen(pair)
    await node.announce(topic, pair, server.relayAddresses).finished()
  }
  await node.destroy({ force: true })
  return pairs
}
