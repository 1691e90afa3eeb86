import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import b4a from 'b4a'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Address } from '../dht/hyperdht.js'
import type { Network } from '../networks/network.js'

/** How the last attempt to reach a peer ended. */
export interface Attempt {
  readonly outcome: 'connected' | 'failed'
  /** hyperdht's code, or one of ours; `CONNECTED` where it did. */
  readonly code: string
  /** What that means, as a sentence for a person. */
  readonly message: string
  /** Which network it was made on; `none` where none was online. */
  readonly network: string
  /** When it ended, ms since 1970. */
  readonly at: Millis
  readonly tookMillis: Millis
}

/** A way to a peer: the network that it was found on, and nodes (at most 3) that know it there. */
export interface Path {
  readonly network: Network
  readonly relayAddresses: readonly Address[]
}

/** Most topics remembered per peer. Guess. */
const MAX_TOPICS = 64
/** A peer that failed this often in a row is no longer prioritized, as in Hyperswarm. */
const MAX_PRIORITIZED_FAILURES = 3

/** What a Swarm knows about a peer. Its owner may ban it or stop reconnecting; the Swarm keeps the rest up to date. */
export class PeerInfo extends EventEmitter<{ topic: [topic: Uint8Array] }> {
  /** The Ed25519 key that it announced, 32 bytes. */
  readonly publicKey: Buffer
  /** The same, as 64 hex digits. */
  readonly key: PeerKey
  /** The topics (32 bytes each) that it was found under. */
  // BOUNDED: MAX_TOPICS.
  readonly topics: Uint8Array[] = []
  /** True where our side dialled the current connection. */
  client = false
  /** True after {@link ban}: neither dialled nor let in. */
  banned = false
  /** False after `reconnect(false)`: not dialled again by itself when a connection is lost. */
  reconnecting = true
  /** True while `joinPeer` holds: dialled whatever its topics. */
  explicit = false
  /** Dials that failed since the last one that did not. */
  failures = 0
  /** Why we are, or are not, connected; undefined before the first attempt. */
  lastAttempt: Attempt | undefined
  // BOUNDED: one per network.
  readonly #paths = new Map<Network, Path>()

  constructor(publicKey: Uint8Array, key: PeerKey) {
    super()
    this.publicKey = Buffer.from(publicKey)
    this.key = key
  }

  /** True where it dialled us. */
  get server(): boolean {
    return !this.client
  }

  /** True while it is among the first to be dialled: it has not failed again and again. */
  get prioritized(): boolean {
    return this.failures < MAX_PRIORITIZED_FAILURES
  }

  /** The ways to this peer, one per network that it was seen on. */
  get paths(): Path[] {
    return [...this.#paths.values()]
  }

  /** Refuses this peer from now on, or lets it in again. A connection that stands goes on. */
  ban(banned = true): void {
    this.banned = banned
  }

  /** Whether to dial again by itself when a connection to this peer is lost; as it is from the start. */
  reconnect(reconnecting = true): void {
    this.reconnecting = reconnecting
  }

  /** A lookup found it: newer relay addresses are always better. */
  found(topic: Uint8Array, path: Path): void {
    this.#paths.set(path.network, path)
    if (this.topics.length >= MAX_TOPICS || this.topics.some(t => b4a.equals(t, topic))) return
    this.topics.push(topic)
    this.emit('topic', topic)
  }

  /** An attempt to reach it ended. */
  attempted(attempt: Attempt): void {
    this.lastAttempt = attempt
    this.failures = attempt.outcome === 'connected' ? 0 : this.failures + 1
  }
}
