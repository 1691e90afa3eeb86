import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { MembershipTuning } from './tuning.js'

/**
 * Why a peer is dialled: `fill` and `extra` to have more links (below the target, and above it), `walk` because a newcomer's
 * forward-join ended here, `swap` to take the place of a neighbour in a full view, `visit` only to compare what both have.
 */
export type Purpose = 'fill' | 'extra' | 'walk' | 'swap' | 'visit'

export interface Dial {
  readonly purpose: Purpose
  /** True when we chose the peer ourselves: see `Candidate.own`. */
  readonly own: boolean
  /** True when a member named it, or it was one. */
  readonly vouched: boolean
  readonly since: Millis
}

/**
 * Dials under way. A dial holds a place for a second at most, for the dead do not answer for eight; and for half of that
 * while we have no neighbour. Then there are also more places: as many again as have not answered in that time, because
 * most of those announced are dead then.
 */
export class Dials {
  readonly #tuning: MembershipTuning
  // BOUNDED: `dialsKeptMax`; the oldest makes room.
  readonly #dials = new Map<PeerKey, Dial>()

  constructor(tuning: MembershipTuning) {
    this.#tuning = tuning
  }

  /** All that have had no outcome yet. */
  get size(): number {
    return this.#dials.size
  }

  has(peer: PeerKey): boolean {
    return this.#dials.has(peer)
  }

  /** How long a dial holds its place. */
  placeMillis(alone: boolean): Millis {
    return alone ? this.#tuning.dialPlaceAloneMillis : this.#tuning.dialPlaceMillis
  }

  /** Dials that hold a place. */
  busy(alone: boolean, now: Millis): number {
    const since = now - this.placeMillis(alone)
    let count = 0
    for (const dial of this.#dials.values()) if (dial.since > since) count++
    return count
  }

  isFull(alone: boolean, now: Millis): boolean {
    const { dialsAloneMax, dialsMax } = this.#tuning
    const busy = this.busy(alone, now)
    const late = this.#dials.size - busy
    return busy >= (alone ? Math.min(dialsMax + late, dialsAloneMax) : dialsMax)
  }

  /** Dials that serve this purpose, and hold a place. */
  serving(purpose: Purpose, now: Millis): number {
    const since = now - this.#tuning.dialPlaceMillis
    let count = 0
    for (const dial of this.#dials.values()) {
      if (dial.purpose === purpose && dial.since > since) count++
    }
    return count
  }

  /** A dial begins. Gives who is waited for no longer, to make room for it. */
  begin(peer: PeerKey, dial: Dial): PeerKey | undefined {
    const [oldest] = this.#dials.size < this.#tuning.dialsKeptMax ? [] : this.#dials.keys()
    this.#dials.set(peer, dial)
    return oldest
  }

  /** The dial is over, either way; undefined when there was none. */
  end(peer: PeerKey): Dial | undefined {
    const dial = this.#dials.get(peer)
    this.#dials.delete(peer)
    return dial
  }

  /** Peers whose dial has had no outcome for longer than any outcome takes. */
  overdue(now: Millis): PeerKey[] {
    const { dialTimeoutMillis } = this.#tuning
    const late = [...this.#dials].filter(([, { since }]) => now - since > dialTimeoutMillis)
    return late.map(([peer]) => peer)
  }
}
