import type { PeerKey } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Connections } from '../connections/connections.js'
import type { Address } from '../dht/types.js'
import type { Provenance } from '../discovery-context.js'
import type { Door } from '../door.js'
import type { Network } from '../networks/network.js'
import type { Attempt, PeerInfo } from '../peers/peer-info.js'
import type { PeerTable } from '../peers/peer-table.js'
import { needsRelay } from '../relay/choose-relay.js'
import type { SwarmOptions, SwarmState } from '../swarm-options.js'
import { Dialer } from './dialer.js'
import { Dialling, type DiallingOptions } from './dialling.js'

const MAX_PEERS = 64

/** What a {@link DialPump} works with. */
export interface DialPumpOptions extends Omit<DiallingOptions, 'networks' | 'slowness' | 'onEnd'> {
  readonly swarm: SwarmState
  readonly options: SwarmOptions
  /** Our own key. */
  readonly key: PeerKey
  readonly random: Random
  readonly peers: PeerTable
  readonly connections: Connections
  readonly door: Door
}

/**
 * Keeps a swarm's dials going: those of the {@link Dialer} that are due, as long as there may be
 * more connections, and what became of each.
 */
export class DialPump {
  readonly #context: DialPumpOptions
  readonly #swarm: SwarmState
  readonly #dialer: Dialer
  readonly #dialling: Dialling
  /** To be dialled as soon as their connection, which has ended, is forgotten. */
  // BOUNDED: by the connections that are ending.
  readonly #dialWhenLost = new Set<PeerKey>()
  #timer: NodeJS.Timeout | undefined

  constructor(context: DialPumpOptions) {
    const { key, options, peers, random, swarm } = context
    this.#context = context
    this.#swarm = swarm
    this.#dialer = new Dialer({ ...options, key, random, onDropped: peer => peers.drop(peer) })
    this.#dialling = new Dialling({
      ...context,
      networks: swarm.networks,
      slowness: () => this.#dialer.slowness(performance.now()),
      onEnd: (peer, attempt) => this.#attempted(peer, attempt)
    })
  }

  /** Dials under way. */
  get size(): number {
    return this.#dialling.size
  }

  /** Peers that are waiting for their turn, being dialled, or connected. */
  get candidates(): number {
    return this.#dialer.size
  }

  /** True if nobody is being dialled, and nobody is due or may be dialled. */
  get idle(): boolean {
    return !this.#mayDial() || this.#dialer.idle(performance.now())
  }

  /** The end of our own dial to this peer; undefined if there is none. */
  ended(key: PeerKey): Promise<void> | undefined {
    return this.#dialling.ended(key)
  }

  /** One attempt to reach this peer, unless it is connected or being dialled. */
  dial({ key }: PeerInfo): void {
    if (this.#context.connections.isEnding(key)) this.#dialWhenLost.add(key)
    this.#dialer.want(key, performance.now())
    this.pump()
  }

  /**
   * One attempt at this address, whatever the network's state: takes no place of others, and nobody hears of its failure.
   */
  async dialAt(peer: PeerInfo, network: Network, metAt: Address): Promise<void> {
    const { connections } = this.#context
    if (peer.banned || (await this.#isFirewalled(peer))) return
    if (this.#isDown || connections.has(peer.key)) return
    this.#dialling.dialAt(peer, network, metAt, connections.add.bind(connections, peer.key))
  }

  /** Keeps a connection to this peer, until {@link release}. */
  keep(peer: PeerInfo): void {
    this.#dialer.want(peer.key, performance.now(), { tries: 'always', anew: true })
    this.dial(peer)
  }

  /** Ends what {@link keep} began. A connection that stands goes on. */
  release({ key, topics }: PeerInfo): void {
    if (topics.length === 0) this.#dialer.forget(key)
    else this.#dialer.unpin(key)
  }

  /** A lookup found this peer. False if there is no room for it, or if it was given up just now. */
  found(peer: PeerInfo, near: boolean, { anew, mutual }: Provenance): boolean {
    if (this.#context.options.autoDial === false || peer.banned) return true
    const { key, reconnecting, standing } = peer
    const tries = reconnecting ? 'backoffs' : 'once'
    const taken = this.#dialer.want(key, performance.now(), { tries, standing, mutual, near, anew })
    return taken || this.#context.peers.get(key) !== undefined
  }

  /**
   * This peer was found on this network: dials it there if that is better than the way its
   * connection runs.
   */
  improve(peer: PeerInfo, network: Network): void {
    const { connections } = this.#context
    if (!connections.mayImprove(peer.key, network)) return
    const opened = connections.add.bind(connections, peer.key)
    this.#dialling.improve(peer, network, opened)
  }

  /** This peer dials us. */
  arriving(key: PeerKey): void {
    this.#dialer.arriving(key, performance.now())
  }

  /** Its dial has ended, one way or the other. */
  departed(key: PeerKey): void {
    this.#dialer.departed(key)
    this.pump()
  }

  /** There is a connection to this peer: whoever dialled, our own dial is not needed any more. */
  connected(key: PeerKey): void {
    this.#dialer.connected(key, performance.now())
    this.#dialling.abandon(key)
    this.#dialWhenLost.delete(key)
  }

  /** Its connection is gone: it is dialled again if that is wanted, and forgotten if not. */
  lost(key: PeerKey): void {
    const { options, peers } = this.#context
    const isWanted = this.#dialWhenLost.delete(key)
    const peer = peers.get(key)
    if (peer === undefined) return
    if (peer.reconnecting && !peer.banned) this.#dialer.disconnected(key, performance.now())
    else this.#dialer.forget(key)
    if (isWanted) this.#dialer.want(key, performance.now())
    peers.settle(peer)
    if (options.autoDial !== false && !this.#dialer.has(key)) peers.drop(key)
    this.#swarm.emit('update')
    this.pump()
  }

  /** Breaks all dials off until the next {@link pump}; they are due again then. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#dialling.stop()
    this.#dialer.interrupted()
  }

  /** Dials whoever is due, and comes back when somebody else will be. */
  pump(): void {
    clearTimeout(this.#timer)
    if (!this.#mayDial() || this.#starting) {
      this.#dialer.rest()
      return
    }
    const now = performance.now()
    for (const key of this.#dialer.next(now)) void this.#dial(key)
    const at = this.#dialer.wakeAt(now)
    if (at !== undefined) this.#timer = setTimeout(() => this.pump(), Math.max(1, at - now))
  }

  async #dial(key: PeerKey): Promise<void> {
    const { connections, peers } = this.#context
    const peer = peers.get(key)
    const isRefused = peer === undefined || peer.banned || (await this.#isFirewalled(peer))
    if (this.#isDown) return
    if (isRefused) {
      this.#dialer.forget(key)
      this.#swarm.emit('update')
      this.pump()
      return
    }
    if (connections.has(key)) return
    this.#swarm.stats.connects.client.attempted++
    this.#context.options.onTrace?.({ area: 'swarm', name: 'dial', fields: { peer: key } })
    this.#dialling.dial(peer, connections.add.bind(connections, key))
    this.#swarm.emit('update')
  }

  #isFirewalled(peer: PeerInfo): Promise<boolean> {
    return this.#context.door.refuses(peer, null).catch(() => true)
  }

  #attempted(peer: PeerInfo, attempt: Attempt): void {
    const relayable = needsRelay(attempt.code) && peer.lastAttempt?.code !== attempt.code
    peer.attempted(attempt)
    if (this.#swarm.destroyed) return
    if (attempt.outcome === 'failed') this.#retry(peer, attempt, relayable)
    this.#swarm.emit('update')
    this.pump()
  }

  #retry(peer: PeerInfo, attempt: Attempt, relayable: boolean): void {
    const { relayThrough } = this.#context.options
    this.#dialer.failed(peer.key, performance.now())
    if (relayable && relayThrough) this.#dialer.want(peer.key, performance.now())
    this.#swarm.emit('dial-failed', peer, attempt)
  }

  get #isDown(): boolean {
    return this.#swarm.destroyed || this.#swarm.suspended
  }

  #mayDial(): boolean {
    const { maxClientConnections, maxPeers = MAX_PEERS } = this.#context.options
    if (this.#isDown || this.#swarm.connections.size >= maxPeers) return false
    return maxClientConnections === undefined || this.#countDialled() < maxClientConnections
  }

  #countDialled(): number {
    let count = 0
    for (const stream of this.#swarm.connections) if (stream.isInitiator) count++
    return count
  }

  // Where none is usable yet, one may be soon.
  get #starting(): boolean {
    const states = this.#swarm.networks.map(({ state }) => state)
    return !states.includes('online') && states.includes('starting')
  }
}
