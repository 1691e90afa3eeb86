import { createHash } from 'node:crypto'
import type { KeyPair } from '../../src/base/crypto.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { Address } from '../../src/swarm/dht/types.js'
import { createNode } from './contestant.js'
import { hex } from './peer.js'

/**
 * Announces so many key pairs under a topic, each listening on one node, and lets the node die without a goodbye: the
 * records stay. Gives the keys.
 */
export async function announceGhosts(
  bootstrap: readonly Address[],
  topic: Buffer,
  count: number
): Promise<string[]> {
  const node = createNode(bootstrap, 'open')
  await node.fullyBootstrapped()
  const keys = Array.from({ length: count }, (_, index) => keyPair(seed(topic, index)))
  await Promise.all(keys.map(pair => announce(node, topic, pair)))
  await node.destroy({ force: true })
  return keys.map(({ publicKey }) => hex(publicKey))
}

async function announce(
  node: ReturnType<typeof createNode>,
  topic: Buffer,
  pair: KeyPair
): Promise<void> {
  const server = node.createServer({}, stream => stream.destroy())
  await server.listen(pair)
  await node.announce(topic, pair, server.relayAddresses).finished()
}

function seed(topic: Buffer, index: number): Buffer {
  return createHash('sha256').update(topic).update(String(index)).digest()
}
