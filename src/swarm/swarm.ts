import { EventEmitter } from 'node:events'
import { atMost } from '../async/at-most.js'
import type { KeyPair } from '../base/crypto.js'
import type { PeerKey } from '../base/ids.js'
import type { Metric } from '../base/metrics.js'
import type { Millis } from '../base/time.js'
import { checkedKey, checkedTopic, keyOf } from './check-id.js'
import type { PathKind, Whereabouts } from './connections/paths.js'
import { traceTo } from './debug.js'
import { keyPair as makeKeyPair } from './dht/nodes.js'
import type { SecretStream } from './dht/stream-types.js'
import type { DhtNode, DhtServer } from './dht/types.js'
import { swarmMetrics } from './metrics.js'
import type { Network } from './networks/network.js'
import { networksOf } from './networks/networks-of.js'
import type { PeerInfo } from './peers/peer-info.js'
import {
  checkSwarmOptions,
  checkWhereabouts,
  emptyStats,
  type SwarmEvents,
  type SwarmOptions,
  type SwarmState,
  type SwarmStats,
  swarmDestroyed
} from './swarm-options.js'
import { SwarmParts } from './swarm-parts.js'
import type { SwarmTopic } from './swarm-topic.js'
import { checkJoinOptions, type JoinOptions, type TopicSession } from './topic-session.js'
import { traceSwarm } from './trace-swarm.js'

/** A swarm that leaves says so to the DHT, but waits no longer than this. Guess: two seconds in all for a command. */
const LEAVE_MILLIS: Millis = 1_000

/**
 * Topic discovery on hyperdht, in the shape of Hyperswarm's API: join topics, get connections to everybody who joined
 * them. Encrypted end to end, one connection per peer whatever topics it shares, on several networks at once.
 */
export class Swarm extends EventEmitter<SwarmEvents> implements SwarmState {
  /** Who we are. */
  readonly keyPair: KeyPair
  /** Live connections, one per peer. */
  // BOUNDED: the dials of maxPeers and maxServerConnections.
  readonly connections = new Set<SecretStream>()
  /** Those of {@link joinPeer}. */
  // BOUNDED: by the owner, who joins them.
  readonly explicitPeers = new Set<PeerInfo>()
  /** Where we meet, best first. */
  readonly networks: readonly Network[]
  readonly stats: SwarmStats = emptyStats()
  readonly #keepNetworks: boolean
  readonly #parts: SwarmParts
  #suspended = false
  #destroyed: Promise<void> | undefined

  /** Throws BAD_OPTION, BAD_NETWORK, NO_NETWORKS; for bad variables in the environment what they say. */
  constructor(options: SwarmOptions = {}) {
    super()
    checkSwarmOptions(options)
    this.keyPair = options.keyPair ?? makeKeyPair(options.seed)
    this.networks = networksOf(options)
    this.#keepNetworks = options.keepNetworks === true
    const onTrace = traceTo(options.onTrace)
    this.#parts = new SwarmParts(this, { ...options, onTrace }, this.keyPair)
    if (onTrace !== undefined) traceSwarm(this, onTrace)
    this.on('update', () => {
      this.stats.updates++
    })
  }

  /** The node of the best network. */
  get dht(): DhtNode {
    return this.#best.dht
  }

  /** What accepts connections on the best network. */
  get server(): DhtServer {
    const listener = this.#parts.listeners.get(this.#best)
    if (listener === undefined) throw new RangeError('a swarm has a listener per network')
    return listener.server
  }

  /** True from the call of {@link destroy} on. */
  get destroyed(): boolean {
    return this.#destroyed !== undefined
  }

  /** True from the call of {@link suspend} until {@link resume} has ended. */
  get suspended(): boolean {
    return this.#suspended
  }

  /** Dials under way. */
  get connecting(): number {
    return this.#parts.dials.size
  }

  /** A copy of what is known about everybody found, dialled or connected lately, by key in hex digits. */
  get peers(): Map<PeerKey, PeerInfo> {
    return this.#parts.peers.toMap()
  }

  /** The swarm in figures, for Prometheus: those of the moment, and counters since it was made. */
  metrics(): Metric[] {
    return swarmMetrics({
      connections: this.connections.size,
      dials: this.connecting,
      peers: this.#parts.peers.size,
      stats: this.stats,
      networks: this.networks
    })
  }

  /** The topics joined. */
  topics(): IterableIterator<SwarmTopic> {
    return this.#parts.topics.values()
  }

  /**
   * Begins to be found under a topic (32 bytes), to find others, or both. Joined again, it is left when all that `join`
   * returned are destroyed. Throws BAD_TOPIC, BAD_OPTION, SWARM_DESTROYED.
   */
  join(topic: Uint8Array, options: JoinOptions = {}): TopicSession {
    if (this.destroyed) throw swarmDestroyed()
    const name = checkedTopic(topic)
    checkJoinOptions(options)
    return this.#parts.topics.join(name, topic, options)
  }

  /** The joined topic; null where it is not. Throws BAD_TOPIC. */
  status(topic: Uint8Array): SwarmTopic | null {
    return this.#parts.topics.get(checkedTopic(topic)) ?? null
  }

  /** Stops finding and being found under a topic. Connections stay. Rejects with BAD_TOPIC alone. */
  async leave(topic: Uint8Array): Promise<void> {
    await this.status(topic)?.destroy()
  }

  /** Accepts connections to our key on all networks, also without a topic. */
  async listen(): Promise<void> {
    await Promise.all([...this.#parts.listeners.values()].map(listener => listener.listen()))
  }

  /** One attempt to reach this peer, unless it is connected or being dialled. Throws BAD_TOPIC. */
  dial(publicKey: Uint8Array): void {
    const peer = this.#parts.known(checkedKey(publicKey))
    if (peer === undefined || this.destroyed) return
    this.#parts.peers.settle(peer)
    this.#parts.dials.dial(peer)
  }

  /**
   * One attempt to reach this peer where it was connected before, whether or not the network is online yet. If it fails, nobody
   * hears of it. Throws BAD_TOPIC, BAD_OPTION.
   */
  dialAt(publicKey: Uint8Array, where: Whereabouts): void {
    const key = checkedKey(publicKey)
    checkWhereabouts(where)
    const { host, network: name, port } = where
    const network = this.networks.find(each => each.name === name)
    const peer = this.#parts.known(key)
    if (peer === undefined || network === undefined || this.destroyed) return
    void this.#parts.dials.dialAt(peer, network, { host, port })
  }

  /** Where this peer is connected from; undefined if it is not, or over a relay. Throws BAD_TOPIC. */
  whereaboutsOf(publicKey: Uint8Array): Whereabouts | undefined {
    return this.#parts.connections.whereaboutsOf(keyOf(publicKey))
  }

  /** Keeps a connection to this peer, also without a topic, until {@link leavePeer}. Throws BAD_TOPIC. */
  joinPeer(publicKey: Uint8Array): void {
    const peer = this.#parts.known(checkedKey(publicKey))
    if (peer === undefined || this.destroyed) return
    peer.explicit = true
    this.explicitPeers.add(peer)
    this.#parts.peers.settle(peer)
    this.#parts.dials.keep(peer)
  }

  /** Ends what {@link joinPeer} began. A connection that stands goes on. Throws BAD_TOPIC. */
  leavePeer(publicKey: Uint8Array): void {
    const peer = this.#parts.peers.get(keyOf(publicKey))
    if (peer === undefined) return
    peer.explicit = false
    this.explicitPeers.delete(peer)
    this.#parts.peers.settle(peer)
    this.#parts.dials.release(peer)
  }

  /** Which way the connection to this peer runs now; undefined where there is none. Throws BAD_TOPIC. */
  pathTo(publicKey: Uint8Array): PathKind | undefined {
    return this.#parts.connections.pathTo(keyOf(publicKey))
  }

  /** Ends when every topic was looked up once and everybody found then was reached or given up. True unless destroyed. */
  async flush(): Promise<boolean> {
    await this.#parts.topics.flushed()
    while (!this.destroyed && !this.#parts.dials.idle) {
      await new Promise<void>(resolve => this.once('update', resolve))
    }
    return !this.destroyed
  }

  /** Ends every connection and is not to be found until {@link resume}: for a program that goes to sleep. */
  async suspend(): Promise<void> {
    if (this.#suspended || this.destroyed) return
    this.#suspended = true
    this.#parts.dials.stop()
    await atMost(LEAVE_MILLIS, this.#parts.topics.suspend())
    await this.#parts.connections.hangUp()
    await Promise.allSettled(this.networks.map(({ dht }) => dht.suspend()))
    this.emit('update')
  }

  /** Goes on after {@link suspend}: announces, looks up and dials again. */
  async resume(): Promise<void> {
    if (!this.#suspended || this.destroyed) return
    await Promise.allSettled(this.networks.map(({ dht }) => dht.resume()))
    this.#suspended = false
    this.#parts.topics.resume()
    for (const peer of this.explicitPeers) this.joinPeer(peer.publicKey)
    this.#parts.dials.pump()
  }

  /** Takes every announcement back, ends every connection, closes the networks: within 3 s, usually at once. Never rejects. */
  destroy(): Promise<void> {
    this.#destroyed ??= this.#destroy()
    return this.#destroyed
  }

  async #destroy(): Promise<void> {
    this.#parts.dials.stop()
    await atMost(LEAVE_MILLIS, this.#parts.topics.destroy())
    await this.#parts.connections.hangUp()
    const closing = [...this.#parts.listeners.values()].map(listener => listener.close())
    await atMost(LEAVE_MILLIS, Promise.allSettled(closing))
    this.#parts.detach()
    if (!this.#keepNetworks) await this.#closeNetworks()
    this.emit('update')
  }

  async #closeNetworks(): Promise<void> {
    await atMost(LEAVE_MILLIS, Promise.allSettled(this.networks.map(network => network.close())))
  }

  get #best(): Network {
    const [best] = this.networks
    if (best === undefined) throw new RangeError('a swarm has at least one network')
    return best
  }
}
