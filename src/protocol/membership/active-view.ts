import type { PeerKey } from '../../base/ids.js'
import { sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { Purpose } from './dials.js'
import type { MembershipTuning } from './tuning.js'

/** `awaiting`: they dialled and have not asked yet; `requested`: we asked; `active`: neighbours. */
export interface Place {
  readonly state: 'awaiting' | 'requested' | 'active'
  readonly purpose?: Purpose | undefined
  /** Tells this stay from an earlier one of the same peer: timers carry it. */
  readonly attempt: number
  /** When it came into this state. */
  readonly since: Millis
}

/** What a full view is decided with. */
export interface ActiveViewOptions {
  readonly tuning: MembershipTuning
  readonly random: Random
  /** Of two neighbours one that is spare rather makes room for another. */
  readonly isSpare: (peer: PeerKey) => boolean
}

/** HyParView's active view: the links to members, which of them are neighbours, and who makes room for another. */
export class ActiveView {
  readonly #options: ActiveViewOptions
  // BOUNDED: `linksMax`; see mostUseless.
  readonly #links = new Map<PeerKey, Place>()
  // BOUNDED: `activeMax`, the links whose state is active.
  readonly #neighbours = new Set<PeerKey>()
  #attempts = 0

  constructor(options: ActiveViewOptions) {
    this.#options = options
  }

  /** Links, whatever has been agreed on them. */
  get links(): number {
    return this.#links.size
  }

  get neighbours(): ReadonlySet<PeerKey> {
    return this.#neighbours
  }

  /** How many neighbours there are. */
  get size(): number {
    return this.#neighbours.size
  }

  get isFull(): boolean {
    return this.size >= this.#options.tuning.activeMax
  }

  get isFullOfLinks(): boolean {
    return this.links >= this.#options.tuning.linksMax
  }

  /** Links on which we have asked for a place. */
  get requested(): number {
    let count = 0
    for (const { state } of this.#links.values()) if (state === 'requested') count++
    return count
  }

  /** True when there is a link to this peer. */
  has(peer: PeerKey): boolean {
    return this.#links.has(peer)
  }

  get(peer: PeerKey): Place | undefined {
    return this.#links.get(peer)
  }

  isNeighbour(peer: PeerKey): boolean {
    return this.#neighbours.has(peer)
  }

  /** True when we asked somebody for a place for this purpose, or got it. */
  serves(purpose: Purpose): boolean {
    for (const link of this.#links.values()) if (link.purpose === purpose) return true
    return false
  }

  /** A link without a place; gives which attempt it is. */
  track(peer: PeerKey, place: Omit<Place, 'attempt'>): number {
    const attempt = ++this.#attempts
    this.#links.set(peer, { ...place, attempt })
    return attempt
  }

  /** A link becomes a neighbour; false when it was one. */
  activate(peer: PeerKey, now: Millis): boolean {
    const attempt = this.#links.get(peer)?.attempt ?? 0
    this.#links.set(peer, { state: 'active', attempt, since: now })
    if (this.#neighbours.has(peer)) return false
    this.#neighbours.add(peer)
    return true
  }

  /** Forgets a link; true when it was a neighbour. */
  remove(peer: PeerKey): boolean {
    this.#links.delete(peer)
    return this.#neighbours.delete(peer)
  }

  /** The link that has waited longest for nothing. */
  mostUseless(): PeerKey | undefined {
    for (const [peer, { state }] of this.#links) if (state === 'awaiting') return peer
    return undefined
  }

  /** The neighbour that makes room for another. */
  victim(): PeerKey | undefined {
    const { isSpare, random } = this.#options
    // Of two, and not of all: who makes itself useful to stay must not stay for ever.
    const two = sample(this.#neighbours, 2, random)
    return two.find(isSpare) ?? two[0]
  }

  /** Neighbours that have been there for this long. */
  settled(span: Millis, now: Millis): PeerKey[] {
    const old = [...this.#links].filter(([, { since, state }]) => {
      return state === 'active' && now - since >= span
    })
    return old.map(([peer]) => peer)
  }
}
