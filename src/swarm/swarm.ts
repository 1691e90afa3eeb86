import { EventEmitter } from 'node:events'
import b4a from 'b4a'
import { atMost } from '../async/at-most.js'
import { ID_BYTES, idFromBytes, type PeerKey, type Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { Liveness } from './connections/liveness.js'
import { Pairs } from './connections/pairs.js'
import { kindOf, type PathKind, Paths } from './connections/paths.js'
import {
  type DhtNode,
  type DhtServer,
  type KeyPair,
  type LookupPeer,
  keyPair as makeKeyPair,
  type SecretStream
} from './dht/hyperdht.js'
import { limitedStreams } from './dht/limited-stream.js'
import { whenConfirmed } from './dial/confirm.js'
import { Dialer } from './dial/dialer.js'
import { Dialling } from './dial/dialling.js'
import { Listener } from './listener.js'
import { GivenNetwork } from './networks/given-network.js'
import { type Network, type NetworkState, openNetworks } from './networks/network.js'
import type { Attempt, PeerInfo } from './peers/peer-info.js'
import { PeerTable } from './peers/peer-table.js'
import { chooseRelay, needsRelay } from './relay/choose-relay.js'
import {
  badLength,
  emptyStats,
  peerFirewalled,
  type SwarmEvents,
  type SwarmOptions,
  type SwarmStats,
  swarmDestroyed
} from './swarm-options.js'
import { SwarmTopic } from './swarm-topic.js'
import type { JoinOptions, TopicSession } from './topic-session.js'

/** A swarm that leaves says so to the DHT, but waits no longer than this. Guess: two seconds in all for a command. */
const LEAVE_MILLIS: Millis = 1_000
/** How long a dial to us waits for the outcome of our own dial to the same peer. Guess: under one DHT request's timeout. */
const DUPLICATE_WAIT_MILLIS: Millis = 400
const MAX_PEERS = 64
const MAX_SERVER_CONNECTIONS = 256

/**
 * Topic discovery on hyperdht, in the shape of Hyperswarm's API: join topics, get connections to everybody who joined
 * them. Encrypted end to end, one connection per peer whatever topics it shares, on several networks at once.
 */
export class Swarm extends EventEmitter<SwarmEvents> {
  /** Who we are. */
  readonly keyPair: KeyPair
  /** Live connections, one per peer. */
  // BOUNDED: the dials of maxPeers and maxServerConnections.
  readonly connections = new Set<SecretStream>()
  /** Where we meet, best first. */
  readonly networks: readonly Network[]
  readonly stats: SwarmStats = emptyStats()
  readonly #key: PeerKey
  readonly #options: SwarmOptions
  readonly #random: () => number
  readonly #listeners: ReadonlyMap<Network, Listener>
  readonly #dialer: Dialer
  readonly #dialling: Dialling
  readonly #pairs: Pairs
  readonly #liveness = new Liveness()
  readonly #paths: Paths
  readonly #peers = new PeerTable()
  // BOUNDED: by the owner, who joins them.
  readonly #topics = new Map<Topic, SwarmTopic>()
  // BOUNDED: by the owner, who joins them.
  readonly #explicit = new Set<PeerInfo>()
  // BOUNDED: one per network.
  readonly #detach: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #suspended = false
  #destroyed: Promise<void> | undefined

  constructor(options: SwarmOptions = {}) {
    super()
    this.#options = options
    this.#random = options.random ?? Math.random
    this.keyPair = options.keyPair ?? makeKeyPair(options.seed)
    this.#key = idFromBytes(this.keyPair.publicKey)
    this.#dialer = new Dialer({ ...options, key: this.#key, random: this.#random })
    this.#pairs = new Pairs({
      weAreLarger: peer => this.#key > peer,
      onSurface: (peer, stream) => this.#surface(peer, stream),
      onLost: peer => this.#lost(peer)
    })
    this.networks = networksOf(options)
    this.#paths = new Paths(this.networks)
    this.#dialling = new Dialling({
      networks: this.networks,
      keyPair: this.keyPair,
      createSecretStream: streamsOf(options),
      relayFor: (peer, { dht }) =>
        this.#relay(needsRelay(peer.lastAttempt?.code ?? '') || dht.randomized),
      onEnd: (peer, attempt) => this.#attempted(peer, attempt)
    })
    this.#listeners = new Map(this.networks.map(network => [network, this.#open(network)]))
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
    const listener = this.#listeners.get(this.#best)
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
    return this.#dialling.size
  }

  /** A copy of what is known about everybody found, dialled or connected lately, by key in hex digits. */
  get peers(): Map<PeerKey, PeerInfo> {
    return this.#peers.toMap()
  }

  /** The topics joined. */
  topics(): IterableIterator<SwarmTopic> {
    return this.#topics.values()
  }

  /**
   * Begins to be found under a topic (32 bytes), to find others, or both. Joined again, it is left when all that `join`
   * returned are destroyed. Throws BAD_TOPIC, SWARM_DESTROYED.
   */
  join(topic: Uint8Array, options: JoinOptions = {}): TopicSession {
    if (this.destroyed) throw swarmDestroyed()
    if (topic.byteLength !== ID_BYTES) throw badLength('A topic')
    const name = idFromBytes<Topic>(topic)
    const joined = this.#topics.get(name) ?? this.#begin(name, topic)
    return joined.session(options)
  }

  /** The joined topic; null where it is not. */
  status(topic: Uint8Array): SwarmTopic | null {
    return this.#topics.get(idFromBytes<Topic>(topic)) ?? null
  }

  /** Stops finding and being found under a topic. Connections stay. Never rejects. */
  async leave(topic: Uint8Array): Promise<void> {
    await this.status(topic)?.destroy()
  }

  /** Accepts connections to our key on all networks, also without a topic. */
  async listen(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map(listener => listener.listen()))
  }

  /** One attempt to reach this peer, unless it is connected or being dialled. Throws BAD_TOPIC. */
  dial(publicKey: Uint8Array): void {
    const peer = this.#known(publicKey)
    if (peer === undefined || this.destroyed) return
    this.#dialer.want(peer.key, performance.now(), false)
    this.#pump()
  }

  /** Keeps a connection to this peer, also without a topic, until {@link leavePeer}. Throws BAD_TOPIC. */
  joinPeer(publicKey: Uint8Array): void {
    const peer = this.#known(publicKey)
    if (peer === undefined || this.destroyed) return
    peer.explicit = true
    this.#explicit.add(peer)
    this.#peers.keep(peer, true)
    this.#dialer.want(peer.key, performance.now(), true)
    this.dial(publicKey)
  }

  /** Ends what {@link joinPeer} began. A connection that stands goes on. */
  leavePeer(publicKey: Uint8Array): void {
    const peer = this.#peers.get(idFromBytes<PeerKey>(publicKey))
    if (peer === undefined) return
    peer.explicit = false
    this.#explicit.delete(peer)
    this.#release(peer)
    if (peer.topics.length === 0) this.#dialer.forget(peer.key)
  }

  /** Which way the connection to this peer runs now; undefined where there is none. */
  pathTo(publicKey: Uint8Array): PathKind | undefined {
    const current = this.#pairs.current(idFromBytes<PeerKey>(publicKey))
    return current && kindOf(current)
  }

  /** Ends when every topic was looked up once and everybody found then was reached or given up. True unless destroyed. */
  async flush(): Promise<boolean> {
    await Promise.all([...this.#topics.values()].map(topic => topic.flushed()))
    while (!this.destroyed && this.#mayDial() && !this.#dialer.idle(performance.now())) {
      await new Promise<void>(resolve => this.once('update', resolve))
    }
    return !this.destroyed
  }

  /** Ends every connection and is not to be found until {@link resume}: for a program that goes to sleep. */
  async suspend(): Promise<void> {
    if (this.#suspended || this.destroyed) return
    this.#suspended = true
    clearTimeout(this.#timer)
    this.#dialling.stop()
    const leaving = [...this.#topics.values()].map(topic => topic.suspend())
    await atMost(LEAVE_MILLIS, Promise.all(leaving))
    for (const stream of this.#pairs.streams()) stream.destroy()
    await Promise.allSettled(this.networks.map(({ dht }) => dht.suspend()))
  }

  /** Goes on after {@link suspend}: announces, looks up and dials again. */
  async resume(): Promise<void> {
    if (!this.#suspended || this.destroyed) return
    await Promise.allSettled(this.networks.map(({ dht }) => dht.resume()))
    this.#suspended = false
    for (const topic of this.#topics.values()) topic.resume()
    for (const peer of this.#explicit) this.joinPeer(peer.publicKey)
    this.#pump()
  }

  /** Takes every announcement back, ends every connection, closes the networks: within 3 s, usually at once. Never rejects. */
  destroy(): Promise<void> {
    this.#destroyed ??= this.#destroy()
    return this.#destroyed
  }

  async #destroy(): Promise<void> {
    clearTimeout(this.#timer)
    this.#dialling.stop()
    const leaving = [...this.#topics.values()].map(topic => topic.destroy())
    await atMost(LEAVE_MILLIS, Promise.all(leaving))
    for (const stream of this.#pairs.streams()) stream.destroy()
    const closing = [...this.#listeners.values()].map(listener => listener.close())
    await atMost(LEAVE_MILLIS, Promise.allSettled(closing))
    for (const detach of this.#detach.splice(0)) detach()
    if (this.#options.keepNetworks !== true) await this.#closeNetworks()
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

  #open(network: Network): Listener {
    this.#attend(network)
    return new Listener({
      network,
      keyPair: this.keyPair,
      createSecretStream: streamsOf(this.#options),
      rejects: (key, payload) => this.#rejectsDial(key, payload),
      relayThrough: () => this.#relay(network.dht.randomized),
      onConnection: stream => this.#accept(stream, network)
    })
  }

  #attend(network: Network): void {
    const onState = (state: NetworkState) => {
      this.emit('network', network, state)
      if (state === 'online') this.#pump()
    }
    const onMoved = () => this.#pairs.probe()
    network.on('state', onState)
    network.on('moved', onMoved)
    this.#detach.push(() => network.off('state', onState).off('moved', onMoved))
  }

  #relay(needed: boolean): Uint8Array | null {
    return chooseRelay(this.#options.relayThrough, needed, this.#random)
  }

  #begin(name: Topic, topic: Uint8Array): SwarmTopic {
    const contexts = [...this.#listeners].map(([network, listener]) => ({
      topic,
      network,
      listener,
      keyPair: this.keyPair,
      random: this.#random,
      onPeers: (peers: readonly LookupPeer[], mutual: boolean) =>
        this.#found(topic, network, peers, mutual)
    }))
    const joined = new SwarmTopic(this, topic, contexts, () => this.#topics.delete(name))
    this.#topics.set(name, joined)
    return joined
  }

  #found(topic: Uint8Array, network: Network, peers: readonly LookupPeer[], mutual: boolean): void {
    if (this.destroyed) return
    // With one alone nothing is gained: it is dialled at once.
    const crowd = mutual && peers.length + this.#dialer.size > 2
    for (const { publicKey, relayAddresses } of peers) {
      const peer = this.#known(publicKey)
      if (peer === undefined) continue
      peer.found(topic, { network, relayAddresses })
      this.#improve(peer, network)
      if (this.#options.autoDial !== false && !peer.banned) {
        this.#dialer.want(peer.key, performance.now(), peer.reconnecting, crowd)
      }
      this.emit('peer', peer)
    }
    this.#pump()
  }

  // Our own key is nobody to dial.
  #known(publicKey: Uint8Array): PeerInfo | undefined {
    if (publicKey.byteLength !== ID_BYTES) throw badLength('A public key')
    return b4a.equals(publicKey, this.keyPair.publicKey) ? undefined : this.#peers.upsert(publicKey)
  }

  async #rejectsDial(remotePublicKey: Buffer, payload: unknown): Promise<boolean> {
    const peer = this.#known(remotePublicKey)
    if (peer === undefined || this.destroyed || this.#suspended || peer.banned) return true
    const most = this.#options.maxServerConnections ?? MAX_SERVER_CONNECTIONS
    if (this.#count(false) >= most && !this.#pairs.has(peer.key)) return true
    return (await this.#rejects(peer, payload)) || this.#rejectsDuplicate(peer.key)
  }

  async #rejects(peer: PeerInfo, payload: unknown): Promise<boolean> {
    const rejected = (await this.#options.firewall?.(peer.publicKey, payload)) ?? false
    if (!rejected) return false
    peer.ban()
    this.#peers.keep(peer, true)
    this.stats.bannedPeers++
    this.emit('ban', peer, peerFirewalled())
    return true
  }

  // Both dial at once: the larger key's dial would win (connections.ts), so the smaller one waits for its outcome.
  async #rejectsDuplicate(key: PeerKey): Promise<boolean> {
    const ours = this.#key > key ? this.#dialling.ended(key) : undefined
    if (ours === undefined) return false
    await atMost(DUPLICATE_WAIT_MILLIS, ours)
    return this.#pairs.has(key)
  }

  #count(client: boolean): number {
    let count = 0
    for (const stream of this.connections) if (stream.isInitiator === client) count++
    return count
  }

  #mayDial(): boolean {
    const { maxClientConnections, maxPeers = MAX_PEERS } = this.#options
    if (this.destroyed || this.#suspended || this.connections.size >= maxPeers) return false
    return maxClientConnections === undefined || this.#count(true) < maxClientConnections
  }

  // Dials whoever is due, and comes back when somebody else will be.
  #pump(): void {
    clearTimeout(this.#timer)
    if (!this.#mayDial()) return
    const now = performance.now()
    for (const key of this.#dialer.next(now)) void this.#dial(key)
    const at = this.#dialer.wakeAt(now)
    if (at !== undefined) this.#timer = setTimeout(() => this.#pump(), Math.max(1, at - now))
  }

  async #dial(key: PeerKey): Promise<void> {
    const peer = this.#peers.get(key)
    const refused = peer === undefined || peer.banned || (await this.#refuses(peer))
    if (refused || this.destroyed || this.#suspended) {
      this.#dialer.forget(key)
      return
    }
    if (this.#pairs.has(key)) return
    this.stats.connects.client.attempted++
    this.#dialling.dial(peer, (stream, network) => this.#opened(key, stream, network))
    this.emit('update')
  }

  #opened(key: PeerKey, stream: SecretStream, network: Network): void {
    this.#paths.note(stream, network)
    this.#pairs.add(key, stream)
  }

  // The same peer was found over a better network than the one that its connection runs over.
  #improve(peer: PeerInfo, network: Network): void {
    const current = this.#pairs.current(peer.key)
    if (current === undefined || !this.#paths.mayImprove(peer.key, current, network)) return
    this.#dialling.improve(peer, network, (stream, over) => this.#opened(peer.key, stream, over))
  }

  async #refuses(peer: PeerInfo): Promise<boolean> {
    if (this.#options.firewall === undefined) return false
    return this.#rejects(peer, null).catch(() => true)
  }

  #attempted(peer: PeerInfo, attempt: Attempt): void {
    const relayable = needsRelay(attempt.code) && peer.lastAttempt?.code !== attempt.code
    peer.attempted(attempt)
    if (this.destroyed) return
    if (attempt.outcome === 'failed') this.#retry(peer, attempt, relayable)
    this.emit('update')
    this.#pump()
  }

  #retry(peer: PeerInfo, attempt: Attempt, relayable: boolean): void {
    this.#dialer.failed(peer.key, performance.now())
    if (relayable && this.#options.relayThrough)
      this.#dialer.want(peer.key, performance.now(), false)
    this.emit('dial-failed', peer, attempt)
  }

  // A stream that somebody dialled to us.
  #accept(stream: SecretStream, network: Network): void {
    stream.on('error', ignore)
    this.#paths.note(stream, network)
    const key = idFromBytes<PeerKey>(stream.remotePublicKey)
    this.#dialer.arriving(key, performance.now())
    stream.once('close', () => this.#departed(key))
    whenConfirmed(stream, () => {
      if (this.destroyed || this.#suspended) stream.destroy()
      else this.#pairs.add(key, stream)
    })
  }

  #departed(key: PeerKey): void {
    this.#dialer.departed(key)
    this.#pump()
  }

  #surface(key: PeerKey, stream: SecretStream): void {
    const peer = this.#known(stream.remotePublicKey)
    if (peer === undefined || this.destroyed) {
      stream.destroy()
      return
    }
    peer.client = stream.isInitiator
    this.#peers.keep(peer, true)
    this.connections.add(stream)
    this.#statsOf(stream).opened++
    this.#dialer.connected(key, performance.now())
    this.#dialling.abandon(key)
    stream.once('close', () => this.#ended(stream))
    if (this.#options.liveness !== false) this.#liveness.watch(stream)
    this.emit('connection', stream, peer)
    this.emit('update')
    this.#pump()
  }

  #ended(stream: SecretStream): void {
    this.connections.delete(stream)
    this.#statsOf(stream).closed++
    this.emit('update')
  }

  #lost(key: PeerKey): void {
    const peer = this.#peers.get(key)
    if (peer === undefined) return
    if (peer.reconnecting && !peer.banned) this.#dialer.disconnected(key, performance.now())
    else this.#dialer.forget(key)
    this.#release(peer)
    this.emit('update')
    this.#pump()
  }

  #release(peer: PeerInfo): void {
    const matters = peer.explicit || peer.banned || this.#pairs.has(peer.key)
    this.#peers.keep(peer, matters)
  }

  #statsOf(stream: SecretStream): { opened: number; closed: number } {
    return stream.isInitiator ? this.stats.connects.client : this.stats.connects.server
  }
}

function streamsOf({ maxMessageBytes }: SwarmOptions) {
  return maxMessageBytes === undefined ? undefined : limitedStreams(maxMessageBytes)
}

function networksOf({ networks, dht, bootstrap }: SwarmOptions): readonly Network[] {
  if (networks !== undefined) return networks
  if (dht !== undefined) return [new GivenNetwork(dht)]
  return openNetworks(bootstrap === undefined ? { mode: 'auto' } : { mode: 'isolated', bootstrap })
}

// The end of a stream is what counts; its reason is in the last attempt.
function ignore(): void {}
