import { setTimeout as sleep } from 'node:timers/promises'
import { createLoopbackDht } from '../../../src/swarm/dht/nodes.js'
import type { Address } from '../../../src/swarm/dht/types.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { until } from '../until.js'

/** How long a swarm is suspended, among how many. */
export interface NapOptions {
  readonly bootstrap: readonly Address[]
  readonly swarms: number
  readonly millis: number
}

/** How it went. */
export interface NapResult {
  /** Connections that the sleeper had left while it slept. */
  readonly leftOver: number
  /** From the call of `resume` until it was connected to everybody again, on both sides. */
  readonly backMillis: number
}

/** One of several swarms goes to sleep, wakes up, and is connected to all others again. */
export async function nap({ bootstrap, swarms, millis }: NapOptions): Promise<NapResult> {
  const all = Array.from(
    { length: swarms },
    () => new Swarm({ dht: createLoopbackDht({ bootstrap }) })
  )
  const [sleeper] = all
  if (sleeper === undefined) throw new RangeError('at least one swarm')
  const complete = () => all.every(({ connections }) => connections.size === swarms - 1)
  try {
    for (const swarm of all) swarm.join(Buffer.alloc(32, 'nap'))
    await until(all, 'update', complete)
    await sleeper.suspend()
    await sleep(millis)
    const leftOver = sleeper.connections.size
    const start = performance.now()
    void sleeper.resume()
    await until(all, 'update', complete)
    return { leftOver, backMillis: performance.now() - start }
  } finally {
    await Promise.all(all.map(swarm => swarm.destroy()))
  }
}
