import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { MembershipTuning } from './tuning.js'

/**
 * Why a peer is dialled: `fill` and `extra` to have more links (below the target, and above it), `walk`
 * because a newcomer's forward-join ended here, `swap` to take the place of a neighbour in a full view.
 */
export type Purpose = 'fill' | 'extra' | 'walk' | 'swap'

interface Dial {
  readonly purpose: Purpose
  readonly since: Millis
}

/** Dials under way, each with its purpose. */
export class Dials {
  readonly #tuning: MembershipTuning
  // BOUNDED: `dialsMax`.
  readonly #dials = new Map<PeerKey, Dial>()

  constructor(tuning: MembershipTuning) {
    this.#tuning = tuning
  }

  get size(): number {
    return this.#dials.size
  }

  get isFull(): boolean {
    return this.#dials.size >= this.#tuning.dialsMax
  }

  has(peer: PeerKey): boolean {
    return this.#dials.has(peer)
  }

  /** True when some dial serves this purpose. */
  serves(purpose: Purpose): boolean {
    for (const dial of this.#dials.values()) if (dial.purpose === purpose) return true
    return false
  }

  begin(peer: PeerKey, purpose: Purpose, now: Millis): void {
    this.#dials.set(peer, { purpose, since: now })
  }

  /** The dial is over, either way: what it was for; undefined where there was none. */
  end(peer: PeerKey): Purpose | undefined {
    const dial = this.#dials.get(peer)
    this.#dials.delete(peer)
    return dial?.purpose
  }

  /** Peers whose dial has had no outcome for longer than any outcome takes. */
  overdue(now: Millis): PeerKey[] {
    const { dialTimeoutMillis } = this.#tuning
    const late = [...this.#dials].filter(([, { since }]) => now - since > dialTimeoutMillis)
    return late.map(([peer]) => peer)
  }
}
