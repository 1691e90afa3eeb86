import { createBootstrapper, createLoopbackDht } from '../../src/swarm/dht/nodes.js'
import type { Address, DhtNode } from '../../src/swarm/dht/types.js'
import { freePort } from './free-port.js'

/** A DHT of its own on loopback. */
export interface Testnet {
  readonly bootstrap: readonly Address[]
  /** A member's node, closed with the network. */
  createNode(): DhtNode
  close(): Promise<void>
}

/** Starts a DHT of so many persistent nodes; one is enough for members on loopback, and is up in a few milliseconds. On a free port, or this one. */
export async function createTestnet(size = 1, port?: number): Promise<Testnet> {
  const first = await bootstrapper(port ?? (await freePort()))
  const at = addressOf(first)
  const bootstrap = [{ host: '127.0.0.1', port: at.port }]
  const nodes = [first]
  for (let count = 1; count < size; count += 1) {
    const node = createLoopbackDht({ bootstrap, ephemeral: false })
    await node.fullyBootstrapped()
    nodes.push(node)
  }
  const createNode = () => {
    const node = createLoopbackDht({ bootstrap })
    nodes.push(node)
    return node
  }
  const close = async () => {
    for (const node of nodes.toReversed()) await node.destroy()
  }
  return { bootstrap, createNode, close }
}

/** A node that knows nobody, on a port of its own. */
async function bootstrapper(port: number): Promise<DhtNode> {
  const range = { host: '127.0.0.1', port: [port, port + 1], quickFirewall: false } as const
  const node = createBootstrapper(port, '127.0.0.1', range)
  await node.fullyBootstrapped()
  return node
}

function addressOf(node: DhtNode): Address {
  const address = node.address()
  if (address === null) throw new Error('the node is not bound')
  return address
}
