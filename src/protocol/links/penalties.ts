import type { PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { MAX_PENALISED_PEERS, MAX_PENALTY_MILLIS, PENALTY_MILLIS } from './tuning.js'

interface Penalty {
  readonly strikes: number
  readonly until: Millis
}

/** Peers whose links were closed for cause, and until when they are left alone: 1 min, then 2, 4 ... up to an hour. */
export class Penalties {
  // BOUNDED: MAX_PENALISED_PEERS, the oldest goes first.
  readonly #penalties = new Recent<PeerKey, Penalty>(MAX_PENALISED_PEERS)

  /** Counts a strike. */
  add(peer: PeerKey, now: Millis): void {
    const strikes = (this.#penalties.get(peer)?.strikes ?? 0) + 1
    const span = Math.min(PENALTY_MILLIS * 2 ** (strikes - 1), MAX_PENALTY_MILLIS)
    this.#penalties.set(peer, { strikes, until: now + span })
  }

  /** True where the peer is to be left alone now. */
  has(peer: PeerKey, now: Millis): boolean {
    return now < (this.#penalties.get(peer)?.until ?? 0)
  }
}
