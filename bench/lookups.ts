// How many are announced under a topic, by lookups in a real DHT on loopback: npx tsx bench/lookups.ts [runs]
import { idFromBytes, type PeerKey } from '../src/base/ids.js'
import { keyPair } from '../src/swarm/dht/nodes.js'
import type { DhtNode } from '../src/swarm/dht/types.js'
import { MIN_SAMPLES, Population } from '../src/swarm/population.js'
import { createTestnet } from '../test/support/testnet.js'

const NODES = 24
const AT_ONCE = 20
const RUNS = Number(process.argv[2] ?? 10)
/** As a census: enough was seen when no more than this part seems to be missing, and eight lookups are enough in any case. */
const [UNSEEN_PART, MAX_LOOKUPS] = [0.01, 8]

async function announce(node: DhtNode, topic: Uint8Array, count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - done) }, () => keyPair())
    await Promise.all(some.map(pair => node.announce(topic, pair, []).finished()))
  }
}

async function lookUp(node: DhtNode, topic: Uint8Array): Promise<Set<PeerKey>> {
  const named = new Set<PeerKey>()
  for await (const { peers } of node.lookup(topic))
    for (const { publicKey } of peers) named.add(idFromBytes<PeerKey>(publicKey))
  return named
}

const isEnough = ({ estimate = 0, samples, seen }: Population) =>
  samples >= MAX_LOOKUPS || (samples >= MIN_SAMPLES && estimate - seen <= UNSEEN_PART * seen)

interface Run {
  /** After three lookups. */
  readonly estimate: number
  readonly lookups: number
  readonly seen: number
  readonly seconds: number
}

async function run(node: DhtNode, topic: Uint8Array): Promise<Run> {
  const population = new Population()
  const began = performance.now()
  let estimate = 0
  while (!isEnough(population)) {
    population.add(await lookUp(node, topic))
    if (population.samples === MIN_SAMPLES) estimate = population.estimate ?? 0
  }
  const seconds = (performance.now() - began) / 1_000
  return { estimate, lookups: population.samples, seen: population.seen, seconds }
}

const net = await createTestnet(NODES)
const node = net.createNode()
await node.fullyBootstrapped()
console.log('| announced | estimates after 3 lookups | within 10 % | lookups | seen | seconds |')
console.log('| ---: | --- | --- | --- | --- | --- |')
for (const count of [50, 200, 1_000]) {
  const topic = keyPair().publicKey
  await announce(node, topic, count)
  const runs: Run[] = []
  for (let n = 0; n < RUNS; n++) runs.push(await run(node, topic))
  const close = runs.filter(({ estimate }) => Math.abs(estimate - count) <= count / 10)
  const range = (of: (run: Run) => number, digits = 0) => {
    const all = runs.map(of).sort((a, b) => a - b)
    return `${all[0]?.toFixed(digits)} - ${all.at(-1)?.toFixed(digits)}`
  }
  const cells = [
    ...[count, range(({ estimate }) => estimate), `${close.length} of ${RUNS}`],
    ...[range(({ lookups }) => lookups), range(({ seen }) => seen)],
    range(({ seconds }) => seconds, 1)
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
await net.close()
