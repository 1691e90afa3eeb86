// `npm run soak [-- churn nap leftovers] [--sleep seconds]`: what must hold after minutes, not milliseconds. Exits with 1
// where something does not.
import { parseArgs } from 'node:util'
import { seededRandom } from '../src/testing/world/random.js'
import { seedFromEnv } from '../test/support/seed.js'
import { churn } from '../test/support/soak/churn.js'
import { leftovers } from '../test/support/soak/leftovers.js'
import { nap } from '../test/support/soak/nap.js'
import { World } from './support/world.js'

/** Nodes of the DHT, in a process of their own, so that its memory is not counted. One is enough, and the quickest. */
const DHT_NODES = 1
const MAX_HEAP_MEGABYTES = 5

interface Verdict {
  readonly good: boolean
  readonly facts: object
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sleep: { type: 'string', default: '60' } }
})

const SOAKS: Readonly<Record<string, (world: World) => Promise<Verdict>>> = {
  /** 10 swarms, 15 topics, a connection destroyed every 100 ms for 10 s: mended within 30 s. */
  async churn({ bootstrap }) {
    const shaking = { swarms: 10, topics: 15, every: 100, millis: 10_000, patience: 30_000 }
    const facts = await churn({ bootstrap, ...shaking, random: seededRandom(seedFromEnv(1)) })
    return { good: facts.faults.length === 0, facts }
  },

  /** A minute of sleep: back in 2 s. */
  async nap({ bootstrap }) {
    const facts = await nap({ bootstrap, swarms: 5, millis: Number(values.sleep) * 1_000 })
    return { good: facts.leftOver === 0 && facts.backMillis < 2_000, facts }
  },

  /** 10,000 joins and leaves: nothing left behind. */
  async leftovers({ bootstrap }) {
    const facts = await leftovers({ bootstrap, times: 10_000, atOnce: 50 })
    return { good: facts.left.length === 0 && facts.heapMegabytes < MAX_HEAP_MEGABYTES, facts }
  }
}

const world = await World.open(DHT_NODES)
try {
  for (const [name, soak] of Object.entries(SOAKS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    const start = performance.now()
    const { good, facts } = await soak(world)
    const seconds = ((performance.now() - start) / 1_000).toFixed(0)
    console.log(`${good ? 'ok' : 'NOT OK'}  ${name} (${seconds} s)`, facts)
    if (!good) process.exitCode = 1
  }
} finally {
  await world.close()
}
