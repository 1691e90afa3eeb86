// Peers of the benchmark, in groups: one group per run and process.

import type { Whereabouts } from '../../src/swarm/connections/paths.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { Address } from '../../src/swarm/dht/types.js'
import { Swarm } from '../../src/swarm/swarm.js'
import { now, sleep, within } from '../support/clock.js'
import { serve } from '../support/remote.js'
import { createNode, type Reach, type Side } from './contestant.js'
import { announceGhosts } from './ghosts.js'
import { hex, Peer, type PeerLog } from './peer.js'
import { setDelay } from './udx.js'
import { type Usage, usageOf } from './usage.js'

/** Peers to make. */
export interface Order {
  readonly group: number
  readonly side: Side
  readonly reach: Reach
  readonly count: number
  /** True: without waiting until their nodes know the DHT. */
  readonly cold?: boolean
  /** The seed of the first one's key pair, in hex digits; the others get random ones. */
  readonly seed?: string
}

/** Somebody that a peer was connected to. */
export interface Met {
  readonly key: string
  readonly where: Whereabouts
}

let bootstrap: readonly Address[] = []
const groups = new Map<number, Peer[]>()

const peersOf = (group: number): Peer[] => groups.get(group) ?? []

const api = {
  setBootstrap(nodes: readonly Address[]): void {
    bootstrap = nodes
  },
  setDelay,

  /** Makes peers; the keys. */
  async create({ group, side, reach, count, cold = false, seed }: Order): Promise<string[]> {
    const nodes = Array.from({ length: count }, () => createNode(bootstrap, reach))
    if (!cold) await Promise.all(nodes.map(node => node.fullyBootstrapped()))
    const pair = seed === undefined ? undefined : keyPair(Buffer.from(seed, 'hex'))
    const peers = nodes.map((node, index) => new Peer(side, node, index === 0 ? pair : undefined))
    groups.set(group, [...peersOf(group), ...peers])
    return peers.map(peer => peer.log.key)
  },

  /** Lets the peers of a group join a topic, each at its moment (of the shared clock) or at once. */
  async join(order: { group: number; topic: string; at?: readonly number[] }): Promise<void> {
    const topic = Buffer.from(order.topic, 'hex')
    await Promise.all(
      peersOf(order.group).map(async (peer, index) => {
        const at = order.at?.[index]
        if (at !== undefined) await sleep(at - now())
        peer.join(topic)
      })
    )
  },

  /** Where those are that the first peer of a group is connected to. Of Hyperswarm: of nobody, for it cannot use that. */
  whereabouts(group: number): Met[] {
    const swarm = peersOf(group)[0]?.swarm
    if (!(swarm instanceof Swarm)) return []
    return [...swarm.connections].flatMap(({ remotePublicKey }) => {
      const where = swarm.whereaboutsOf(remotePublicKey)
      return where === undefined ? [] : [{ key: hex(remotePublicKey), where }]
    })
  },

  /** Lets the first peer of a group dial those where they were. */
  dialAt({ group, met }: { readonly group: number; readonly met: readonly Met[] }): void {
    const swarm = peersOf(group)[0]?.swarm
    if (!(swarm instanceof Swarm)) return
    for (const { key, where } of met) swarm.dialAt(Buffer.from(key, 'hex'), where)
  },

  async flushed(group: number): Promise<void> {
    await Promise.all(peersOf(group).map(peer => peer.flushed()))
  },

  /** Waits until the first peer of a group has a connection to one of these keys, or to anybody; ms since its join. */
  async met(order: { group: number; among?: readonly string[]; patience: number }) {
    const [peer] = peersOf(order.group)
    if (peer === undefined) throw new Error('the group is empty')
    const first = () => peer.log.links.find(({ up, peer: key }) => up && fits(order.among, key))
    await within(
      order.patience,
      once(peer, () => first() !== undefined)
    )
    const link = first()
    return link === undefined ? null : link.at - peer.log.joinedAt
  },

  /** Connected peers per peer, summed, and whether nobody will look up or dial in the next minutes. */
  progress(group: number): { degrees: number; resting: boolean } {
    const peers = peersOf(group)
    const degrees = peers.reduce((total, peer) => total + peer.degree, 0)
    return { degrees, resting: peers.every(peer => peer.resting) }
  },

  logs(group: number): PeerLog[] {
    return peersOf(group).map(peer => peer.log)
  },

  /** What this process has used so far, and its nodes of this group. */
  usage(group: number): Usage {
    return usageOf(
      peersOf(group).map(peer => peer.swarm.dht),
      true
    )
  },

  /** Ends a group. Its topic is not used again: what stays announced harms nobody. */
  async destroy(group: number): Promise<void> {
    const peers = peersOf(group)
    groups.delete(group)
    await within(3_000, Promise.allSettled(peers.map(peer => peer.swarm.destroy())))
  },

  ghosts({ topic, count }: { topic: string; count: number }): Promise<string[]> {
    return announceGhosts(bootstrap, Buffer.from(topic, 'hex'), count)
  }
}

export type PeersApi = typeof api

serve(api)

function fits(among: readonly string[] | undefined, key: string): boolean {
  return among === undefined || among.includes(key)
}

// Resolves after the first connection with which the condition holds.
function once(peer: Peer, condition: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const check = () => {
      if (condition()) resolve()
    }
    peer.swarm.on('connection', check)
    check()
  })
}
