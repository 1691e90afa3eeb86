import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/testing/world/random.js'
import { seedFromEnv } from '../support/seed.js'
import { churn } from '../support/soak/churn.js'
import { leftovers } from '../support/soak/leftovers.js'
import { nap } from '../support/soak/nap.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

// In a process of its own: it counts what is in memory. `npm run soak` runs the same, longer.
describe('a short soak', () => {
  let testnet: Testnet
  beforeEach(async () => {
    testnet = await createTestnet()
  })
  afterEach(() => testnet.close())

  it('mends connections that are destroyed at random', async () => {
    const seed = seedFromEnv(1)
    const { bootstrap } = testnet
    const shaking = { swarms: 4, topics: 5, every: 50, millis: 1_000, patience: 20_000 }
    const result = await churn({ bootstrap, ...shaking, random: seededRandom(seed) })
    expect(result).toMatchObject({ faults: [], mendedMillis: expect.any(Number) })
  })

  it('is connected again soon after a sleep', async () => {
    const { leftOver } = await nap({
      bootstrap: testnet.bootstrap,
      swarms: 3,
      millis: 500
    })
    expect(leftOver).toBe(0)
  })

  it('leaves nothing behind when topics are joined and left', async () => {
    const result = await leftovers({ bootstrap: testnet.bootstrap, times: 500, atOnce: 25 })
    expect(result.left).toEqual([])
  })
})
