import Hyperswarm from 'hyperswarm'
import type { KeyPair } from '../../src/base/crypto.js'
import { createLoopbackDht } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { Address, DhtNode } from '../../src/swarm/dht/types.js'
import { Swarm } from '../../src/swarm/swarm.js'

/** Which of the two. */
export type Side = 'swarm' | 'hyperswarm'

/** What Swarm and Hyperswarm have in common, and all that the benchmark uses of them. */
export interface Contestant {
  readonly dht: DhtNode
  readonly connecting: number
  readonly connections: ReadonlySet<SecretStream>
  readonly keyPair: KeyPair
  readonly peers: ReadonlyMap<string, object>
  join(topic: Uint8Array): { flushed(): Promise<boolean> }
  destroy(): Promise<void>
  on(event: 'connection', listener: (stream: SecretStream) => void): unknown
}

/** How a peer is reached: with an open address, or behind a NAT (punched, though there is none). */
export type Reach = 'open' | 'nat'

/** A node as both sides get it: loopback, ephemeral, its reach pinned. A small test network would decide it by chance. */
export function createNode(bootstrap: readonly Address[], reach: Reach): DhtNode {
  return createLoopbackDht({ bootstrap, firewalled: reach === 'nat', quickFirewall: false })
}

export function createContestant(side: Side, dht: DhtNode, keyPair?: KeyPair): Contestant {
  const options = { dht, ...(keyPair && { keyPair }) }
  return side === 'swarm' ? new Swarm(options) : new Hyperswarm(options)
}

/** Private parts of Hyperswarm's peer info. */
interface Entry {
  readonly queued?: boolean
  readonly waiting?: boolean
}

/** Whether a contestant has no dial under way, none queued and none to be tried again. Of Hyperswarm only: its state tells. */
export function isResting(contestant: Contestant): boolean {
  if (contestant instanceof Swarm || contestant.connecting > 0) return false
  const entries: Iterable<Entry> = contestant.peers.values()
  return [...entries].every(({ queued, waiting }) => queued !== true && waiting !== true)
}
