import { LRUCache } from 'lru-cache'
import { idFromBytes, type PeerKey } from '../../base/ids.js'
import { PeerInfo } from './peer-info.js'

/** Most peers remembered that were only found, or failed; the least recently seen go first. */
const MAX_FOUND_PEERS = 4_096
/** Most peers remembered that the firewall rejected; it is asked again about one that was forgotten. */
const MAX_FIREWALLED_PEERS = 4_096

/** Everybody that a swarm has seen lately. A flood of found or rejected peers pushes out no peer that matters. */
export class PeerTable {
  // BOUNDED: MAX_FOUND_PEERS.
  readonly #found = new LRUCache<PeerKey, PeerInfo>({ max: MAX_FOUND_PEERS })
  // BOUNDED: MAX_FIREWALLED_PEERS.
  readonly #firewalled = new LRUCache<PeerKey, PeerInfo>({ max: MAX_FIREWALLED_PEERS })
  // BOUNDED: connected ones by the swarm's limits on connections, explicit and banned ones by its owner.
  readonly #kept = new Map<PeerKey, PeerInfo>()
  readonly #isConnected: (key: PeerKey) => boolean

  constructor(isConnected: (key: PeerKey) => boolean) {
    this.#isConnected = isConnected
  }

  /** How many are remembered. */
  get size(): number {
    return this.#found.size + this.#firewalled.size + this.#kept.size
  }

  get(key: PeerKey): PeerInfo | undefined {
    return this.#kept.get(key) ?? this.#found.get(key) ?? this.#firewalled.get(key)
  }

  /** The peer with this key (32 bytes): the one that is remembered, or a new one, which is not yet. */
  known(publicKey: Uint8Array): PeerInfo {
    const key = idFromBytes<PeerKey>(publicKey)
    return this.get(key) ?? new PeerInfo(publicKey, key, peer => this.settle(peer))
  }

  /**
   * Remembers this peer: whatever comes, while it is connected, explicit or banned by the owner; otherwise as long as
   * there is room.
   */
  settle(peer: PeerInfo): void {
    const { banned, explicit, firewalled, key } = peer
    const matters = this.#isConnected(key) || explicit || (banned && !firewalled)
    const place = matters ? this.#kept : firewalled ? this.#firewalled : this.#found
    for (const other of [this.#kept, this.#firewalled, this.#found]) {
      if (other !== place) other.delete(key)
    }
    place.set(key, peer)
  }

  /** Forgets this peer, unless it matters. */
  drop(key: PeerKey): void {
    this.#found.delete(key)
  }

  /** A copy, by key in hex digits. */
  toMap(): Map<PeerKey, PeerInfo> {
    return new Map([
      ...this.#found.entries(),
      ...this.#firewalled.entries(),
      ...this.#kept.entries()
    ])
  }
}
