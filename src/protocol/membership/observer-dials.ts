import type { PeerKey } from '../../base/ids.js'
import { pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { MAX_KNOWN_PEERS } from '../config.js'
import { MAX_OBSERVED_LINKS } from '../links/tuning.js'
import { MEMBERSHIP_TUNING, OBSERVER_REDIAL_MILLIS } from './tuning.js'

/**
 * An observer's way through the announced peers: each is reached for once, so many at a time, and
 * again a minute later if it is announced still and not linked. A dial that has not been
 * answered in a second gives its place to the next, who is drawn by lot: most of those announced may be dead, or invented.
 */
export class ObserverDials {
  /** A dial holds its place for so long. */
  static readonly placeMillis: Millis = MEMBERSHIP_TUNING.dialPlaceMillis
  // BOUNDED: MAX_KNOWN_PEERS: who was announced, and when it was to be dialled last. One more takes the place of the oldest
  // that neither waits nor is reached, or else of one that is drawn by lot of those that wait.
  readonly #known = new Map<PeerKey, Millis>()
  // BOUNDED: a subset of #known.
  readonly #waiting = new Set<PeerKey>()
  // BOUNDED: MAX_OBSERVED_LINKS: when each dial that holds a place began.
  readonly #dialling = new Map<PeerKey, Millis>()
  // BOUNDED: a subset of #known, and of the links that there may be.
  readonly #linked = new Set<PeerKey>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** True when somebody waits for a place. */
  get hasMore(): boolean {
    return this.#waiting.size > 0
  }

  /** Peers that were announced; gives those to dial now. */
  candidates(peers: readonly PeerKey[], now: Millis): PeerKey[] {
    for (const peer of peers) {
      if (!this.#isDue(peer, now)) continue
      if (!this.#known.has(peer)) this.#makeRoom()
      this.#known.set(peer, now)
      this.#waiting.add(peer)
    }
    return this.next(now)
  }

  /** There is a stream to this peer. */
  connected(peer: PeerKey): void {
    if (this.#known.has(peer)) this.#linked.add(peer)
    this.#dialling.delete(peer)
  }

  /** A dial failed or a link ended; gives those to dial now. */
  done(peer: PeerKey, now: Millis): PeerKey[] {
    this.#dialling.delete(peer)
    this.#linked.delete(peer)
    return this.next(now)
  }

  // Whoever was not reached, or is linked no more, may have come back.
  #isDue(peer: PeerKey, now: Millis): boolean {
    if (this.#linked.has(peer) || this.#dialling.has(peer) || this.#waiting.has(peer)) return false
    const last = this.#known.get(peer)
    return last === undefined || now - last >= OBSERVER_REDIAL_MILLIS
  }

  #makeRoom(): void {
    if (this.#known.size < MAX_KNOWN_PEERS) return
    const gone = this.#oldestOfNoUse() ?? pick(this.#waiting, this.#random)
    if (gone === undefined) return
    this.#known.delete(gone)
    this.#waiting.delete(gone)
  }

  #oldestOfNoUse(): PeerKey | undefined {
    const { size } = this.#known
    if (size === this.#waiting.size + this.#dialling.size + this.#linked.size) return undefined
    for (const peer of this.#known.keys())
      if (!this.#waiting.has(peer) && !this.#dialling.has(peer) && !this.#linked.has(peer))
        return peer
    return undefined
  }

  /** Those to dial now. */
  next(now: Millis): PeerKey[] {
    for (const [peer, since] of this.#dialling) {
      if (now - since >= ObserverDials.placeMillis) this.#dialling.delete(peer)
    }
    const next: PeerKey[] = []
    while (this.#dialling.size + this.#linked.size < MAX_OBSERVED_LINKS) {
      const peer = pick(this.#waiting, this.#random)
      if (peer === undefined) break
      this.#waiting.delete(peer)
      this.#dialling.set(peer, now)
      next.push(peer)
    }
    return next
  }
}
