import type { PeerKey } from '../../base/ids.js'
import { MAX_KNOWN_PEERS, MAX_OBSERVED_LINKS } from '../config.js'

/** An observer's way through the announced peers: each is reached for once, so many at a time. */
export class ObserverDials {
  // BOUNDED: MAX_KNOWN_PEERS: everybody who was ever announced; further ones are left out.
  readonly #known = new Set<PeerKey>()
  // BOUNDED: a subset of #known.
  readonly #waiting = new Set<PeerKey>()
  // BOUNDED: MAX_OBSERVED_LINKS.
  readonly #busy = new Set<PeerKey>()

  /** True where somebody waits for a place. */
  get hasMore(): boolean {
    return this.#waiting.size > 0
  }

  /** Peers that were announced; gives those to dial now. */
  candidates(peers: readonly PeerKey[]): PeerKey[] {
    for (const peer of peers) {
      if (this.#known.has(peer) || this.#known.size >= MAX_KNOWN_PEERS) continue
      this.#known.add(peer)
      this.#waiting.add(peer)
    }
    return this.#next()
  }

  /** A dial failed or a link ended; gives those to dial now. */
  done(peer: PeerKey): PeerKey[] {
    this.#busy.delete(peer)
    return this.#next()
  }

  #next(): PeerKey[] {
    const next: PeerKey[] = []
    for (const peer of this.#waiting) {
      if (this.#busy.size >= MAX_OBSERVED_LINKS) break
      this.#waiting.delete(peer)
      this.#busy.add(peer)
      next.push(peer)
    }
    return next
  }
}
