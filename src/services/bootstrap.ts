import { SwarmchatError } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import { keyPair } from '../swarm/dht/nodes.js'
import type { Address } from '../swarm/dht/types.js'
import { bootstrapMetrics } from './bootstrap-metrics.js'
import { checkHost, startBootstrapNodes } from './bootstrap-nodes.js'
import { type BootstrapMemory, newSeed, recall, remember } from './memory.js'
import { serveMetrics } from './metrics.js'

/** How the nodes of an isolated network are run as a service. */
export interface ServiceOptions {
  /** Default: those of the last run from this data directory, else 127.0.0.1. */
  readonly hosts?: readonly string[] | undefined
  /** Default: that of the last run from this data directory. */
  readonly port?: number | undefined
  readonly count: number
  /** Bootstrap nodes of the same network on other machines. */
  readonly others?: readonly Address[]
  /** Where identity, addresses and known nodes are kept. Default: nowhere. */
  readonly dataDir?: string | undefined
  /** Loopback port of the metrics. Default: none. */
  readonly metrics?: number | undefined
}

/** Nodes that run. */
export interface Service {
  readonly addresses: readonly Address[]
  readonly count: number
  /** Ends them, and keeps what is to be kept. */
  close(): Promise<void>
}

/** What is known of others is kept this often: a killed process loses little. Guess. */
const KEEP_MILLIS: Millis = 60_000

/** NO_PORT: no port was given, and none is remembered. */
const noPort = () =>
  new SwarmchatError('NO_PORT', 'The port of the first node is missing.', {
    hint: 'Give one with --port; with --data-dir it is remembered for the next time.'
  })

/** Starts the nodes. Throws BAD_ADDRESS, PORT_IN_USE, BAD_DATA_DIR, NO_PORT. */
export async function startService(options: ServiceOptions): Promise<Service> {
  for (const host of options.hosts ?? []) checkHost(host)
  const memory = memoryFor(options)
  const { hosts, known, port } = memory
  const { count, dataDir, others = [] } = options
  // Before anything is open: a directory that cannot be written is found now, not when the nodes end.
  if (dataDir !== undefined) remember(dataDir, memory)
  const pair = keyPair(Buffer.from(memory.seed, 'hex'))
  const nodes = await startBootstrapNodes({ hosts, port, count, others, known, keyPair: pair })
  const keep = () => dataDir !== undefined && remember(dataDir, { ...memory, known: nodes.known() })
  const timer = setInterval(() => tryTo(keep), KEEP_MILLIS).unref()
  const metrics = await startMetrics(options, () => nodes.counts()).catch(async thrown => {
    clearInterval(timer)
    await nodes.close()
    throw thrown
  })
  const close = async () => {
    clearInterval(timer)
    tryTo(keep)
    await Promise.all([nodes.close(), metrics?.close()])
  }
  return { addresses: nodes.addresses, count: nodes.count, close }
}

function memoryFor({ dataDir, hosts, port }: ServiceOptions): BootstrapMemory {
  const before = dataDir === undefined ? undefined : recall(dataDir)
  const at = port ?? before?.port
  if (at === undefined) throw noPort()
  return {
    seed: before?.seed ?? newSeed(),
    hosts: hosts ?? before?.hosts ?? ['127.0.0.1'],
    port: at,
    known: before?.known ?? []
  }
}

async function startMetrics(
  { metrics }: ServiceOptions,
  counts: () => Parameters<typeof bootstrapMetrics>[0]
) {
  const since = performance.now()
  if (metrics === undefined) return undefined
  return serveMetrics(metrics, () => bootstrapMetrics(counts(), (performance.now() - since) / 1000))
}

// The disk may be full for a while: the nodes go on.
function tryTo(keep: () => unknown): void {
  try {
    keep()
  } catch (thrown) {
    process.emitWarning(thrown instanceof Error ? thrown : String(thrown))
  }
}
