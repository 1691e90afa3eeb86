import { expect, test } from 'vitest'
import type { PeerKey } from '../../src/base/ids.js'
import { idFromBytes } from '../../src/base/ids.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import { Population } from '../../src/swarm/population.js'
import { createTestnet } from '../support/testnet.js'

const RUNS = 10

// The larger ones are simulated in population.test.ts: announcing 1,000 keys is 20,000 requests.
test('50 keys announced in a DHT of 24 nodes are estimated within 10 % in 9 of 10 runs', async () => {
  const net = await createTestnet(24)
  try {
    const node = net.createNode()
    await node.fullyBootstrapped()
    const estimates: (number | undefined)[] = []
    for (let run = 0; run < RUNS; run += 1) {
      const topic = keyPair().publicKey
      for (let i = 0; i < 50; i += 1) await node.announce(topic, keyPair(), []).finished()
      const population = new Population()
      for (let i = 0; i < 3; i += 1) {
        const named = new Set<PeerKey>()
        for await (const { peers } of node.lookup(topic)) {
          for (const { publicKey } of peers) named.add(idFromBytes<PeerKey>(publicKey))
        }
        population.add(named)
      }
      estimates.push(population.estimate)
    }
    const close = estimates.filter(estimate => Math.abs((estimate ?? 0) - 50) <= 5)
    expect(close.length, String(estimates)).toBeGreaterThanOrEqual(9)
  } finally {
    await net.close()
  }
}, 300_000)
