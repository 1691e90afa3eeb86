import { afterEach, beforeEach } from 'vitest'
import { createLoopbackDht } from '../../src/swarm/dht/nodes.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { Swarm } from '../../src/swarm/swarm.js'
import type { SwarmOptions } from '../../src/swarm/swarm-options.js'
import { createTestnet, type Testnet } from './testnet.js'

/** What {@link useSwarms} gives the tests of a file. */
export interface Swarms {
  /** A swarm on this test's DHT, destroyed after it. */
  make(options?: SwarmOptions): Swarm
  /** A node on this test's DHT, for its maker to destroy. */
  node(): DhtNode
  /** Destroyed after this test as well. */
  own<T extends { destroy(): Promise<void> }>(swarm: T): T
  testnet(): Testnet
}

/** A DHT of its own for every test of the file, and swarms on it. */
export function useSwarms(): Swarms {
  let testnet: Testnet
  const owned: { destroy(): Promise<void> }[] = []
  beforeEach(async () => {
    testnet = await createTestnet()
  })
  afterEach(async () => {
    await Promise.all(owned.splice(0).map(swarm => swarm.destroy()))
    await testnet.close()
  })
  const node = () => createLoopbackDht({ bootstrap: testnet.bootstrap })
  const own = <T extends { destroy(): Promise<void> }>(swarm: T) => {
    owned.push(swarm)
    return swarm
  }
  const make = (options: SwarmOptions = {}) => own(new Swarm({ dht: node(), ...options }))
  return { make, node, own, testnet: () => testnet }
}
