import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import b4a from 'b4a'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Address } from '../dht/types.js'
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

/**
 * Why a peer is believed to be somebody, best first. known: the owner named it, or it was connected before; vouched: DHT
 * nodes at several addresses named it; named: those at one did.
 */
export type Standing = 'known' | 'vouched' | 'named'

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
  /** True after {@link ban}, or where the firewall rejected it: neither dialled nor let in. */
  banned = false
  /** True where it is banned because the firewall rejected it. */
  firewalled = false
  /** False after `reconnect(false)`: not dialled again by itself when a connection is lost. */
  reconnecting = true
  /** True while `joinPeer` holds: dialled whatever its topics. */
  explicit = false
  /** True once there was a connection to it. */
  proven = false
  /** Dials that failed since the last one that did not. */
  failures = 0
  /** Why we are, or are not, connected; undefined before the first attempt. */
  lastAttempt: Attempt | undefined
  // BOUNDED: one per network.
  readonly #paths = new Map<Network, Path>()
  #namedBy: string | undefined
  #vouched = false

  readonly #onBan: (peer: PeerInfo) => void

  /** `onBan` hears when the owner bans it, or lets it in again. */
  constructor(publicKey: Uint8Array, key: PeerKey, onBan: (peer: PeerInfo) => void = () => {}) {
    super()
    this.publicKey = Buffer.from(publicKey)
    this.key = key
    this.#onBan = onBan
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
    this.firewalled = false
    this.#onBan(this)
  }

  /** The firewall has rejected it: banned, but not by the owner's own word. */
  firewall(): void {
    this.firewalled = !this.banned
    this.banned = true
  }

  /** Whether to dial again by itself when a connection to this peer is lost; as it is from the start. */
  reconnect(reconnecting = true): void {
    this.reconnecting = reconnecting
  }

  /** What speaks for it. */
  get standing(): Standing {
    if (this.proven || this.explicit) return 'known'
    return this.#vouched ? 'vouched' : 'named'
  }

  /** A lookup found it: newer relay addresses are always better. `namedBy`: the address of the DHT node that named it. */
  found(topic: Uint8Array, path: Path, namedBy: string): void {
    this.#paths.set(path.network, path)
    this.#namedBy ??= namedBy
    this.#vouched ||= this.#namedBy !== namedBy
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
