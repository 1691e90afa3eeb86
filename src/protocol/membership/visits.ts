import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { MembershipTuning } from './tuning.js'

/** Visits that may be tried for one: most of those announced may be dead, or say nothing. Guess. */
const VISIT_TRIES = 8

/**
 * When to compare what we have with somebody who is no neighbour: once a minute, until somebody has answered; and again
 * soon with whoever told us what no neighbour did, for our neighbours may all keep it from us.
 */
export class Visits {
  readonly #tuning: MembershipTuning
  /** How many more may be tried before somebody answers. */
  #tries = 0
  // BOUNDED: VISIT_TRIES: whom we visited since the minute began.
  readonly #visited = new Set<PeerKey>()
  #teller: PeerKey | undefined
  #tellerAt: Millis = 0

  constructor(tuning: MembershipTuning) {
    this.#tuning = tuning
  }

  /** A minute is over. */
  begin(): void {
    this.#tries = VISIT_TRIES
    this.#visited.clear()
  }

  /** Whom we visit has compared what both have. */
  compared(): void {
    this.#tries = 0
  }

  /** Whom we visit told us what no neighbour did. */
  told(peer: PeerKey, now: Millis): void {
    this.#teller = peer
    this.#tellerAt = now + this.#tuning.revisitMillis
  }

  /** Whom to visit now, if anybody; `other` gives somebody whom we do not know, and who is no such `visited` one. */
  next(
    now: Millis,
    other: (visited: ReadonlySet<PeerKey>) => PeerKey | undefined
  ): PeerKey | undefined {
    if (this.#teller !== undefined && now >= this.#tellerAt) return this.#teller
    return this.#tries > 0 ? other(this.#visited) : undefined
  }

  /** True if this one may be visited now: nobody has answered since the minute began, and it was not tried. */
  isDueTo(peer: PeerKey): boolean {
    return this.#tries > 0 && !this.#visited.has(peer)
  }

  /** That one is being visited, or has a link to us anyway. */
  tried(peer: PeerKey): void {
    if (peer === this.#teller) this.#teller = undefined
    else {
      this.#tries -= 1
      this.#visited.add(peer)
    }
  }
}
