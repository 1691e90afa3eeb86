import type { DhtNode } from '../../src/swarm/dht/types.js'
import { traffic } from './udx.js'

/** What a process and its DHT nodes have used so far. */
export interface Usage {
  /** Milliseconds of CPU, user and system. */
  readonly cpu: number
  /** Bytes of JavaScript's heap and of buffers, those of UDX included; after a garbage collection. */
  readonly memory: number
  /** Bytes of UDP payload, streams included. */
  readonly sent: number
  readonly received: number
  /** DHT requests that the nodes made, without repetitions. */
  readonly requests: number
  /** Of these, pings: hyperdht's of a listening server's relays, and of its routing table. */
  readonly pings: number
}

// Parts of hyperdht's node that only the benchmark reads.
interface Stats {
  readonly stats: {
    readonly requests: { readonly total: number }
    readonly commands: { readonly ping: { readonly tx: number } }
  }
}

/** Without `collect`, the memory includes garbage. */
export function usageOf(nodes: readonly DhtNode[], collect: boolean): Usage {
  if (collect) global.gc?.()
  const all = nodes.map(node => (node as unknown as Stats).stats)
  const { user, system } = process.cpuUsage()
  const { external, heapUsed } = process.memoryUsage()
  return {
    cpu: (user + system) / 1_000,
    memory: heapUsed + external,
    ...traffic(),
    requests: all.reduce((sum, { requests }) => sum + requests.total, 0),
    pings: all.reduce((sum, { commands }) => sum + commands.ping.tx, 0)
  }
}

/** What was used in between. */
export function usedBetween(before: Usage, after: Usage): Usage {
  return {
    cpu: after.cpu - before.cpu,
    memory: after.memory - before.memory,
    sent: after.sent - before.sent,
    received: after.received - before.received,
    requests: after.requests - before.requests,
    pings: after.pings - before.pings
  }
}
