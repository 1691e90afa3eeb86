import { EventEmitter } from 'node:events'
import b4a from 'b4a'
import { atMost } from '../async/at-most.js'
import { codeOf, type SwarmchatError } from '../base/errors.js'
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
import type { Provenance } from './discovery.js'
import { Door } from './door.js'
import { Listener } from './listener.js'
import { networksFromEnvironment } from './networks/environment.js'
import { GivenNetwork } from './networks/given-network.js'
import { answersAtOnce } from './networks/near.js'
import { type Network, type NetworkState, openNetworks } from './networks/network.js'
import type { Attempt, PeerInfo } from './peers/peer-info.js'
import { PeerTable } from './peers/peer-table.js'
import { chooseRelay, needsRelay } from './relay/choose-relay.js'
import {
  badLength,
  emptyStats,
  noNetworks,
  type SwarmEvents,
  type SwarmOptions,
  type SwarmStats,
  swarmDestroyed
} from './swarm-options.js'
import { SwarmTopic } from './swarm-topic.js'
import type { JoinOptions, TopicSession } from './topic-session.js'

/** A swarm that leaves says so to the DHT, but waits no longer than this. Guess: two seconds in all for a command. */
const LEAVE_MILLIS: Millis = 1_000
/** A connection younger than this may not have been seen by the other side. Guess: many round trips. */
const YOUNG_MILLIS: Millis = 1_000
/** So long it is waited for that it is, before it is ended. Guess: a round trip round the world. */
const FIRST_BYTES_MILLIS: Millis = 300
/** How a connection ends whose other side was killed, or cut off. */
const DEATHS: ReadonlySet<string> = new Set(['PEER_SILENT', 'ETIMEDOUT'])
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
  /** Those of {@link joinPeer}. */
  // BOUNDED: by the owner, who joins them.
  readonly explicitPeers = new Set<PeerInfo>()
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
  /** To be dialled as soon as their connection, which has ended, is forgotten. */
  // BOUNDED: by the connections that are ending.
  readonly #dialWhenLost = new Set<PeerKey>()
  readonly #door: Door
  readonly #liveness = new Liveness()
  readonly #paths: Paths
  readonly #peers = new PeerTable(key => this.#pairs.has(key))
  // BOUNDED: one per network.
  readonly #detach: (() => void)[] = []
  // BOUNDED: by the owner, who joins them.
  readonly #topics = new Map<Topic, SwarmTopic>()
  #timer: NodeJS.Timeout | undefined
  #suspended = false
  #destroyed: Promise<void> | undefined

  constructor(options: SwarmOptions = {}) {
    super()
    this.#options = options
    this.#random = options.random ?? Math.random
    this.keyPair = options.keyPair ?? makeKeyPair(options.seed)
    this.#key = idFromBytes(this.keyPair.publicKey)
    this.#dialer = new Dialer({
      ...options,
      key: this.#key,
      random: this.#random,
      onDropped: key => this.#peers.drop(key)
    })
    this.#pairs = new Pairs({
      weAreLarger: peer => this.#key > peer,
      onSurface: (peer, stream) => this.#surface(peer, stream),
      onLost: peer => this.#lost(peer)
    })
    this.networks = networksOf(options)
    this.#door = new Door({
      peers: this.#peers,
      firewall: options.firewall,
      most: options.maxServerConnections ?? MAX_SERVER_CONNECTIONS,
      isConnected: key => this.#pairs.has(key),
      ownDial: key => (this.#key > key ? this.#dialling.ended(key) : undefined),
      onBan: (peer, error) => this.#banned(peer, error)
    })
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
    const name = checkedTopic(topic)
    const joined = this.#topics.get(name) ?? this.#begin(name, topic)
    return joined.session(options)
  }

  /** The joined topic; null where it is not. Throws BAD_TOPIC. */
  status(topic: Uint8Array): SwarmTopic | null {
    return this.#topics.get(checkedTopic(topic)) ?? null
  }

  /** Stops finding and being found under a topic. Connections stay. Rejects with BAD_TOPIC alone. */
  async leave(topic: Uint8Array): Promise<void> {
    await this.status(topic)?.destroy()
  }

  /** Accepts connections to our key on all networks, also without a topic. */
  async listen(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map(listener => listener.listen()))
  }

  /** One attempt to reach this peer, unless it is connected or being dialled. Throws BAD_TOPIC. */
  dial(publicKey: Uint8Array): void {
    const peer = this.#known(checkedKey(publicKey))
    if (peer === undefined || this.destroyed) return
    this.#peers.settle(peer)
    if (this.#pairs.current(peer.key)?.destroyed === true) this.#dialWhenLost.add(peer.key)
    this.#dialer.want(peer.key, performance.now())
    this.#pump()
  }

  /** Keeps a connection to this peer, also without a topic, until {@link leavePeer}. Throws BAD_TOPIC. */
  joinPeer(publicKey: Uint8Array): void {
    const peer = this.#known(checkedKey(publicKey))
    if (peer === undefined || this.destroyed) return
    peer.explicit = true
    this.explicitPeers.add(peer)
    this.#peers.settle(peer)
    this.#dialer.want(peer.key, performance.now(), { tries: 'always', anew: true })
    this.dial(publicKey)
  }

  /** Ends what {@link joinPeer} began. A connection that stands goes on. Throws BAD_TOPIC. */
  leavePeer(publicKey: Uint8Array): void {
    const peer = this.#peers.get(keyOf(publicKey))
    if (peer === undefined) return
    peer.explicit = false
    this.explicitPeers.delete(peer)
    this.#peers.settle(peer)
    if (peer.topics.length === 0) this.#dialer.forget(peer.key)
    else this.#dialer.unpin(peer.key)
  }

  /** Which way the connection to this peer runs now; undefined where there is none. Throws BAD_TOPIC. */
  pathTo(publicKey: Uint8Array): PathKind | undefined {
    const current = this.#pairs.current(keyOf(publicKey))
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
    this.#dialer.interrupted()
    const leaving = [...this.#topics.values()].map(topic => topic.suspend())
    await atMost(LEAVE_MILLIS, Promise.all(leaving))
    await this.#hangUp()
    await Promise.allSettled(this.networks.map(({ dht }) => dht.suspend()))
    this.emit('update')
  }

  /** Goes on after {@link suspend}: announces, looks up and dials again. */
  async resume(): Promise<void> {
    if (!this.#suspended || this.destroyed) return
    await Promise.allSettled(this.networks.map(({ dht }) => dht.resume()))
    this.#suspended = false
    for (const topic of this.#topics.values()) topic.resume()
    for (const peer of this.explicitPeers) this.joinPeer(peer.publicKey)
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
    await this.#hangUp()
    const closing = [...this.#listeners.values()].map(listener => listener.close())
    await atMost(LEAVE_MILLIS, Promise.allSettled(closing))
    for (const detach of this.#detach.splice(0)) detach()
    if (this.#options.keepNetworks !== true) await this.#closeNetworks()
    this.emit('update')
  }

  // Who was connected a moment ago has not seen it yet: not before our first bytes have arrived there.
  async #hangUp(): Promise<void> {
    const arrived = [...this.#pairs.fresh(YOUNG_MILLIS)].map(stream => stream.flush())
    await atMost(FIRST_BYTES_MILLIS, Promise.allSettled(arrived))
    for (const stream of this.#pairs.streams()) stream.destroy()
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
      this.#pump()
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
      alone: () => this.connections.size === 0,
      onPeers: (peers: readonly LookupPeer[], how: Provenance) =>
        this.#found(topic, network, peers, how),
      onFault: surface
    }))
    const forget = () => this.#topics.delete(name)
    const joined = new SwarmTopic(this, topic, contexts, forget, this.#random)
    this.#topics.set(name, joined)
    return joined
  }

  #found(topic: Uint8Array, network: Network, peers: readonly LookupPeer[], how: Provenance): void {
    if (this.destroyed) return
    // With one alone nothing is gained: it is dialled at once.
    const mutual = how.mutual && peers.length + this.#dialer.size > 2
    for (const { publicKey, relayAddresses } of peers) {
      const peer = this.#known(publicKey)
      peer?.found(topic, { network, relayAddresses }, how.namedBy)
      if (peer === undefined || !this.#takes(peer, network, { ...how, mutual })) continue
      this.#peers.settle(peer)
      this.#improve(peer, network)
      this.emit('peer', peer)
    }
    this.#pump()
  }

  // False where there is no room for one more stranger, or where it was given up just now.
  #takes(peer: PeerInfo, network: Network, { anew, mutual }: Provenance): boolean {
    if (this.#options.autoDial === false || peer.banned) return true
    const { key, reconnecting, standing } = peer
    const tries = reconnecting ? 'backoffs' : 'once'
    const near = answersAtOnce(network)
    const taken = this.#dialer.want(key, performance.now(), { tries, standing, mutual, near, anew })
    return taken || this.#peers.get(key) !== undefined
  }

  // Our own key is nobody to dial.
  #known(publicKey: Uint8Array): PeerInfo | undefined {
    return b4a.equals(publicKey, this.keyPair.publicKey) ? undefined : this.#peers.known(publicKey)
  }

  async #rejectsDial(remotePublicKey: Buffer, payload: unknown): Promise<boolean> {
    const peer = this.#known(remotePublicKey)
    if (peer === undefined || this.destroyed || this.#suspended) return true
    return this.#door.rejects(peer, payload)
  }

  #banned(peer: PeerInfo, error: SwarmchatError): void {
    this.stats.bannedPeers++
    this.emit('ban', peer, error)
  }

  #countDialled(): number {
    let count = 0
    for (const stream of this.connections) if (stream.isInitiator) count++
    return count
  }

  #mayDial(): boolean {
    const { maxClientConnections, maxPeers = MAX_PEERS } = this.#options
    if (this.destroyed || this.#suspended || this.connections.size >= maxPeers) return false
    return maxClientConnections === undefined || this.#countDialled() < maxClientConnections
  }

  // Where none is usable yet, one may be soon.
  get #starting(): boolean {
    const states = this.networks.map(({ state }) => state)
    return !states.includes('online') && states.includes('starting')
  }

  // Dials whoever is due, and comes back when somebody else will be.
  #pump(): void {
    clearTimeout(this.#timer)
    if (!this.#mayDial() || this.#starting) return
    const now = performance.now()
    for (const key of this.#dialer.next(now)) void this.#dial(key)
    const at = this.#dialer.wakeAt(now)
    if (at !== undefined) this.#timer = setTimeout(() => this.#pump(), Math.max(1, at - now))
  }

  async #dial(key: PeerKey): Promise<void> {
    const peer = this.#peers.get(key)
    const refused =
      peer === undefined || peer.banned || (await this.#door.refuses(peer, null).catch(() => true))
    if (this.destroyed || this.#suspended) return
    if (refused) {
      this.#dialer.forget(key)
      this.emit('update')
      this.#pump()
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
    if (relayable && this.#options.relayThrough) this.#dialer.want(peer.key, performance.now())
    this.emit('dial-failed', peer, attempt)
  }

  // A stream that somebody dialled to us.
  #accept(stream: SecretStream, network: Network): void {
    stream.on('error', ignore)
    this.#paths.note(stream, network)
    const key = idFromBytes<PeerKey>(stream.remotePublicKey)
    if (this.destroyed || this.#suspended || !this.#door.admits(key, stream)) {
      stream.destroy()
      return
    }
    this.#dialer.arriving(key, performance.now())
    stream.once('close', () => this.#departed(key))
    whenConfirmed(stream, () => {
      if (this.destroyed || this.#suspended || !this.#door.heard(stream)) stream.destroy()
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
    peer.proven = true
    this.#peers.settle(peer)
    this.connections.add(stream)
    this.#statsOf(stream).opened++
    this.#dialer.connected(key, performance.now())
    this.#dialling.abandon(key)
    this.#dialWhenLost.delete(key)
    stream.on('error', error => this.#died(peer, error))
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

  // Whoever died without a word may have been started anew, with another key, and others with it.
  #died(peer: PeerInfo, error: Error): void {
    if (!DEATHS.has(codeOf(error) ?? '')) return
    for (const topic of peer.topics) this.#topics.get(idFromBytes<Topic>(topic))?.lookUpSoon()
  }

  #lost(key: PeerKey): void {
    const isWanted = this.#dialWhenLost.delete(key)
    const peer = this.#peers.get(key)
    if (peer === undefined) return
    if (peer.reconnecting && !peer.banned) this.#dialer.disconnected(key, performance.now())
    else this.#dialer.forget(key)
    if (isWanted) this.#dialer.want(key, performance.now())
    this.#peers.settle(peer)
    if (this.#options.autoDial !== false && !this.#dialer.has(key)) this.#peers.drop(key)
    this.emit('update')
    this.#pump()
  }

  #statsOf(stream: SecretStream): { opened: number; closed: number } {
    return stream.isInitiator ? this.stats.connects.client : this.stats.connects.server
  }
}

function streamsOf({ maxMessageBytes }: SwarmOptions) {
  return maxMessageBytes === undefined ? undefined : limitedStreams(maxMessageBytes)
}

function networksOf({ networks, dht, bootstrap }: SwarmOptions): readonly Network[] {
  if (networks?.length === 0) throw noNetworks()
  if (networks !== undefined) return networks
  if (dht !== undefined) return [new GivenNetwork(dht)]
  if (bootstrap !== undefined) return openNetworks({ mode: 'isolated', bootstrap })
  return openNetworks(networksFromEnvironment())
}

// A fault of the program ends it as any other does.
function surface(fault: unknown): void {
  queueMicrotask(() => {
    throw fault
  })
}

function checkedTopic(topic: Uint8Array): Topic {
  if (!isId(topic)) throw badLength('A topic')
  return idFromBytes<Topic>(topic)
}

function checkedKey(publicKey: Uint8Array): Uint8Array {
  if (!isId(publicKey)) throw badLength('A public key')
  return publicKey
}

function keyOf(publicKey: Uint8Array): PeerKey {
  return idFromBytes<PeerKey>(checkedKey(publicKey))
}

// JavaScript's callers hand over whatever they like.
function isId(bytes: unknown): boolean {
  return bytes instanceof Uint8Array && bytes.byteLength === ID_BYTES
}

// The end of a stream is what counts; its reason is in the last attempt.
function ignore(): void {}
