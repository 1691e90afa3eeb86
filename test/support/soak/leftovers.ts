import type { EventEmitter } from 'node:events'
import { queryObjects } from 'node:v8'
import { createLoopbackDht } from '../../../src/swarm/dht/nodes.js'
import type { Address } from '../../../src/swarm/dht/types.js'
import { TopicDiscovery } from '../../../src/swarm/discovery.js'
import { PeerInfo } from '../../../src/swarm/peers/peer-info.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { SwarmTopic } from '../../../src/swarm/swarm-topic.js'
import { TopicSession } from '../../../src/swarm/topic-session.js'
import { until } from '../until.js'

/** How often topics are joined and left. */
export interface LeftoverOptions {
  readonly bootstrap: readonly Address[]
  readonly times: number
  /** So many at once. */
  readonly atOnce: number
}

/** Whatever could be left behind, by name: how many there were. */
type Stock = Readonly<Record<string, number>>

/** The stock before and after. */
export interface Leftovers {
  readonly before: Stock
  readonly after: Stock
  /** What there is more of than before, in words. Memory is no part of it: see `heapMegabytes`. */
  readonly left: readonly string[]
  readonly heapMegabytes: number
}

/** Part of the joins whose lookup and announcement are waited for; the others are left at once. */
const FLUSHED = 0.2

/**
 * Joins and leaves topics, beside one connection that stands, and says what stays behind in this process. Most are left
 * before anything has happened, the others after their announcement.
 */
export async function leftovers(options: LeftoverOptions): Promise<Leftovers> {
  const { bootstrap, times } = options
  const swarm = new Swarm({ dht: createLoopbackDht({ bootstrap }) })
  const other = new Swarm({ dht: createLoopbackDht({ bootstrap }) })
  try {
    for (const one of [swarm, other]) one.join(Buffer.alloc(32, 'stays'))
    await until(
      [swarm, other],
      'update',
      () => swarm.connections.size + other.connections.size === 2
    )
    await joinAndLeave(swarm, { ...options, times: Math.ceil(times / 10) }, 'before')
    const before = stockOf(swarm)
    const heapBefore = process.memoryUsage().heapUsed
    await joinAndLeave(swarm, options, 'after')
    const after = stockOf(swarm)
    const heapMegabytes = (process.memoryUsage().heapUsed - heapBefore) / 1e6
    return { before, after, left: difference(before, after), heapMegabytes }
  } finally {
    await Promise.all([swarm.destroy(), other.destroy()])
  }
}

async function joinAndLeave(
  swarm: Swarm,
  { atOnce, times }: LeftoverOptions,
  round: string
): Promise<void> {
  for (let done = 0; done < times; done += atOnce) {
    const count = Math.min(atOnce, times - done)
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        one(swarm, Buffer.alloc(32, `${round} ${done + index} `), index < count * FLUSHED)
      )
    )
  }
}

async function one(swarm: Swarm, topic: Buffer, flushed: boolean): Promise<void> {
  const session = swarm.join(topic)
  if (flushed) await session.flushed()
  await session.destroy()
}

// queryObjects collects garbage first.
function stockOf(swarm: Swarm): Stock {
  const count = (type: new (...args: never[]) => object) => queryObjects(type, { format: 'count' })
  return {
    'topics of the swarm': [...swarm.topics()].length,
    'peers of the swarm': swarm.peers.size,
    'SwarmTopic objects': count(SwarmTopic),
    'TopicSession objects': count(TopicSession),
    'TopicDiscovery objects': count(TopicDiscovery),
    'PeerInfo objects': count(PeerInfo),
    listeners: [swarm, swarm.dht, swarm.server, ...swarm.networks].reduce(
      (sum, emitter) => sum + listenersOf(emitter as unknown as EventEmitter),
      0
    ),
    timers: process.getActiveResourcesInfo().filter(name => name === 'Timeout').length,
    handles: handles()
  }
}

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}

// Not documented, and the only one that tells.
function handles(): number {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): unknown[] }
  return _getActiveHandles.call(process).length
}

/** Timers of hyperdht's own come and go: a few. */
const SLACK: Readonly<Record<string, number>> = { timers: 4 }

function difference(before: Stock, after: Stock): string[] {
  return Object.entries(after)
    .filter(([name, count]) => count > (before[name] ?? 0) + (SLACK[name] ?? 0))
    .map(([name, count]) => `${name}: ${before[name]} before, ${count} after`)
}
