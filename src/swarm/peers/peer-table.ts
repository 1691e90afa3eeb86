import { LRUCache } from 'lru-cache'
import { idFromBytes, type PeerKey } from '../../base/ids.js'
import { PeerInfo } from './peer-info.js'

/** Most peers remembered that were only found, or failed; the least recently seen go first. */
const MAX_FOUND_PEERS = 4_096

/** Everybody that a swarm has seen lately. A flood of found peers pushes out no peer that matters. */
export class PeerTable {
  // BOUNDED: MAX_FOUND_PEERS.
  readonly #found = new LRUCache<PeerKey, PeerInfo>({ max: MAX_FOUND_PEERS })
  // BOUNDED: connected ones by the swarm's limits on connections, explicit and banned ones by its owner.
  readonly #kept = new Map<PeerKey, PeerInfo>()

  get(key: PeerKey): PeerInfo | undefined {
    return this.#kept.get(key) ?? this.#found.get(key)
  }

  /** The peer with this key (32 bytes), remembered from now on. */
  upsert(publicKey: Uint8Array): PeerInfo {
    const key = idFromBytes<PeerKey>(publicKey)
    const known = this.get(key)
    if (known !== undefined) return known
    const peer = new PeerInfo(publicKey, key)
    this.#found.set(key, peer)
    return peer
  }

  /** Remembers this peer whatever comes, while it is connected, explicit or banned; otherwise like any other. */
  keep(peer: PeerInfo, keep: boolean): void {
    if (keep) {
      this.#kept.set(peer.key, peer)
      this.#found.delete(peer.key)
    } else if (this.#kept.delete(peer.key)) {
      this.#found.set(peer.key, peer)
    }
  }

  /** A copy, by key in hex digits. */
  toMap(): Map<PeerKey, PeerInfo> {
    return new Map([...this.#found.entries(), ...this.#kept.entries()])
  }
}
