import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../src/base/random.js'
import { createLoopbackDht } from '../../../src/swarm/dht/nodes.js'
import type { Address } from '../../../src/swarm/dht/types.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { until } from '../until.js'

/** How the swarms are shaken. */
export interface ChurnOptions {
  readonly bootstrap: readonly Address[]
  readonly swarms: number
  readonly topics: number
  /** A connection of anybody is destroyed this often, in ms, for so long. */
  readonly every: number
  readonly millis: number
  /** How long they may take to mend. */
  readonly patience: number
  readonly random: Random
}

/** What became of them. */
export interface ChurnResult {
  readonly destroyed: number
  /** Pairs that share a topic. */
  readonly pairs: number
  /** Until all of them were connected, once each; null: not within the patience. */
  readonly mendedMillis: number | null
  /** What was wrong at the end, in words. */
  readonly faults: readonly string[]
}

interface Member {
  readonly swarm: Swarm
  readonly topics: ReadonlySet<number>
}

/** Swarms that join topics at random, and lose connections at random; afterwards all that share a topic must be connected. */
export async function churn(options: ChurnOptions): Promise<ChurnResult> {
  const members = Array.from({ length: options.swarms }, () => join(options))
  const pairs = pairsOf(members)
  try {
    const destroyed = await shake(members, options)
    const start = performance.now()
    const mended = () => pairs.every(pair => faultOf(pair) === undefined)
    const swarms = members.map(({ swarm }) => swarm)
    const ended = await within(options.patience, until(swarms, 'update', mended))
    const faults = pairs.map(faultOf).filter(fault => fault !== undefined)
    return {
      destroyed,
      pairs: pairs.length,
      mendedMillis: ended ? performance.now() - start : null,
      faults
    }
  } finally {
    await Promise.all(members.map(({ swarm }) => swarm.destroy()))
  }
}

function join({ bootstrap, random, topics }: ChurnOptions): Member {
  const swarm = new Swarm({ dht: createLoopbackDht({ bootstrap }) })
  const chosen = Array.from({ length: topics }, (_, topic) => topic).filter(() => random() < 0.3)
  for (const topic of chosen) swarm.join(Buffer.alloc(32, `soak ${topic} `))
  return { swarm, topics: new Set(chosen) }
}

async function shake(members: readonly Member[], options: ChurnOptions): Promise<number> {
  const end = performance.now() + options.millis
  let destroyed = 0
  while (performance.now() < end) {
    await sleep(options.every)
    const streams = members.flatMap(({ swarm }) => [...swarm.connections])
    const victim = streams[Math.floor(options.random() * streams.length)]
    if (victim === undefined) continue
    victim.destroy()
    destroyed++
  }
  return destroyed
}

type Pair = readonly [Member, Member]

function pairsOf(members: readonly Member[]): Pair[] {
  return members
    .flatMap((a, index) => members.slice(index + 1).map((b): Pair => [a, b]))
    .filter(([a, b]) => [...a.topics].some(topic => b.topics.has(topic)))
}

/** What is wrong with a pair: one connection, the same on both sides, is right. */
function faultOf([a, b]: Pair): string | undefined {
  const [there, back] = [hashes(a.swarm, b.swarm), hashes(b.swarm, a.swarm)]
  if (there.length === 1 && there[0] === back[0] && back.length === 1) return undefined
  const why = a.swarm.peers.get(keyOf(b.swarm) as never)?.lastAttempt?.code
  return `${there.length} connections one way, ${back.length} the other (last attempt: ${why})`
}

function hashes(from: Swarm, to: Swarm): string[] {
  return [...from.connections]
    .filter(stream => stream.remotePublicKey.equals(to.keyPair.publicKey))
    .map(stream => stream.handshakeHash?.toString('hex') ?? '')
}

function keyOf({ keyPair }: Swarm): string {
  return Buffer.from(keyPair.publicKey).toString('hex')
}

/** Whether a job ended in this time. */
async function within(millis: number, job: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(millis, false, { signal: timer.signal }).catch(() => false)
  return Promise.race([job.then(() => true), late]).finally(() => timer.abort())
}
