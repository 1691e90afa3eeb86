import { atMost } from '../../async/at-most.js'
import { codeOf } from '../../base/errors.js'
import { idFromBytes, type PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { SecretStream } from '../dht/stream-types.js'
import { whenConfirmed } from '../dial/confirm.js'
import type { Door } from '../door.js'
import type { Network } from '../networks/network.js'
import type { PeerInfo } from '../peers/peer-info.js'
import type { PeerTable } from '../peers/peer-table.js'
import type { SwarmState } from '../swarm-options.js'
import { Liveness } from './liveness.js'
import { Pairs } from './pairs.js'
import { kindOf, type PathKind, Paths, type Whereabouts } from './paths.js'

/**
 * A connection younger than this may not have been seen by the other side. Guess: many round trips.
 */
const YOUNG_MILLIS: Millis = 1_000
/** So long it is waited for that it is, before it is ended. Guess: a round trip round the world. */
const FIRST_BYTES_MILLIS: Millis = 300
/** How a connection ends whose other side was killed, or cut off. */
const DEATHS: ReadonlySet<string> = new Set(['PEER_SILENT', 'ETIMEDOUT'])

/** What {@link Connections} work with, and whom they tell. */
export interface ConnectionsOptions {
  readonly swarm: SwarmState
  /** Our own key. */
  readonly key: PeerKey
  readonly peers: PeerTable
  readonly door: Door
  /** False: somebody else notices when a peer has died. Default true. */
  readonly liveness: boolean | undefined
  /** Hears of each peer that dials us, and of the end of its dial. */
  readonly onArriving: (peer: PeerKey) => void
  readonly onDeparted: (peer: PeerKey) => void
  readonly onConnected: (peer: PeerKey) => void
  /** There is no connection to this peer any more. */
  readonly onLost: (peer: PeerKey) => void
  /** A connection was told of: now others may be dialled. */
  readonly onTold: () => void
  /** The other side ended without a word. */
  readonly onDeath: (peer: PeerInfo) => void
}

/**
 * The streams of a swarm, from the moment that they open: one connection per peer comes of them,
 * and is told of.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #pairs: Pairs
  readonly #paths: Paths
  readonly #liveness = new Liveness()

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#paths = new Paths(options.swarm.networks)
    this.#pairs = new Pairs({
      weAreLarger: peer => options.key > peer,
      onSurface: (peer, stream) => this.#surface(peer, stream),
      onLost: options.onLost
    })
  }

  /** Whether there is a connection to this peer. */
  has(peer: PeerKey): boolean {
    return this.#pairs.has(peer)
  }

  /** Whether the connection to this peer has ended, and is about to be forgotten. */
  isEnding(peer: PeerKey): boolean {
    return this.#pairs.current(peer)?.destroyed === true
  }

  /** Which way the connection to this peer runs now; undefined if there is none. */
  pathTo(peer: PeerKey): PathKind | undefined {
    const current = this.#pairs.current(peer)
    return current && kindOf(current)
  }

  /** Where this peer is connected from; undefined if it is not, or over a relay. */
  whereaboutsOf(peer: PeerKey): Whereabouts | undefined {
    const current = this.#pairs.current(peer)
    return current && this.#paths.whereaboutsOf(current)
  }

  /**
   * True if this network is better than the one that the connection to this peer runs over, and was
   * not tried just now.
   */
  mayImprove(peer: PeerKey, network: Network): boolean {
    const current = this.#pairs.current(peer)
    return current !== undefined && this.#paths.mayImprove(peer, current, network)
  }

  /** A stream that we dialled has opened. */
  add(peer: PeerKey, stream: SecretStream, network: Network): void {
    this.#paths.note(stream, network)
    this.#pairs.add(peer, stream)
  }

  /** A stream that somebody dialled to us. */
  accept(stream: SecretStream, network: Network): void {
    const { door, onArriving, onDeparted } = this.#options
    stream.on('error', ignore)
    this.#paths.note(stream, network)
    const key = idFromBytes<PeerKey>(stream.remotePublicKey)
    if (this.#isDown || !door.admits(key, stream)) {
      stream.destroy()
      return
    }
    onArriving(key)
    stream.once('close', () => onDeparted(key))
    whenConfirmed(stream, () => {
      if (this.#isDown || !door.heard(stream)) stream.destroy()
      else this.#pairs.add(key, stream)
    })
  }

  /** Finds out which connections live: we are somewhere else, or were asleep. */
  probe(): void {
    this.#pairs.probe()
  }

  /**
   * Ends all. Who was connected a moment ago has not seen it yet: not before our first bytes have
   * arrived there.
   */
  async hangUp(): Promise<void> {
    const arrived = [...this.#pairs.fresh(YOUNG_MILLIS)].map(stream => stream.flush())
    await atMost(FIRST_BYTES_MILLIS, Promise.allSettled(arrived))
    for (const stream of this.#pairs.streams()) stream.destroy()
  }

  get #isDown(): boolean {
    const { swarm } = this.#options
    return swarm.destroyed || swarm.suspended
  }

  #surface(key: PeerKey, stream: SecretStream): void {
    const { onTold, onConnected, peers, swarm } = this.#options
    const peer = peers.known(stream.remotePublicKey)
    if (key === this.#options.key || swarm.destroyed) {
      stream.destroy()
      return
    }
    peer.client = stream.isInitiator
    peer.proven = true
    peers.settle(peer)
    swarm.connections.add(stream)
    this.#statsOf(stream).opened++
    onConnected(key)
    this.#attend(peer, stream)
    swarm.emit('connection', stream, peer)
    swarm.emit('update')
    onTold()
  }

  #attend(peer: PeerInfo, stream: SecretStream): void {
    const { liveness, onDeath } = this.#options
    // Whoever died without a word may have been started anew, with another key, and others with it.
    stream.on('error', error => {
      if (DEATHS.has(codeOf(error) ?? '')) onDeath(peer)
    })
    stream.once('close', () => this.#ended(stream))
    if (liveness !== false) this.#liveness.watch(stream)
  }

  #ended(stream: SecretStream): void {
    const { swarm } = this.#options
    swarm.connections.delete(stream)
    this.#statsOf(stream).closed++
    swarm.emit('update')
  }

  #statsOf(stream: SecretStream): { opened: number; closed: number } {
    const { client, server } = this.#options.swarm.stats.connects
    return stream.isInitiator ? client : server
  }
}

// The end of a stream is what counts; its reason is in the last attempt.
function ignore(): void {}
