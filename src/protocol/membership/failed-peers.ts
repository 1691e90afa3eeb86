import type { PeerKey } from '../../base/ids.js'
import { jitter, pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { MembershipTuning } from './tuning.js'

interface Failure {
  readonly tries: number
  readonly at: Millis
  readonly due: Millis
}

/**
 * Peers that could not be reached, so that shuffles and stale lookups do not bring them right back, and so
 * that the other side of a partition is found again: each falls due after a pause that doubles.
 */
export class FailedPeers {
  readonly #tuning: MembershipTuning
  readonly #random: Random
  // BOUNDED: `failedMax`; the one that failed longest ago is forgotten first.
  readonly #failures = new Map<PeerKey, Failure>()

  constructor(tuning: MembershipTuning, random: Random) {
    this.#tuning = tuning
    this.#random = random
  }

  get size(): number {
    return this.#failures.size
  }

  has(peer: PeerKey): boolean {
    return this.#failures.has(peer)
  }

  /** True where it failed more than once, the last time after `since`: a single failure says little. */
  isPersistent(peer: PeerKey, since: Millis): boolean {
    const failure = this.#failures.get(peer)
    return failure !== undefined && failure.tries > 1 && failure.at >= since
  }

  /** Notes a failure; a peer that failed `failedTriesMax` times in a row is forgotten instead. `first`: its pause when it is the first in a row. */
  add(peer: PeerKey, now: Millis, first: Millis = this.#tuning.failedPauseMillis): void {
    const { failedPauseMaxMillis, failedPauseMillis, failedTriesMax } = this.#tuning
    const tries = (this.#failures.get(peer)?.tries ?? 0) + 1
    this.#failures.delete(peer)
    if (tries > failedTriesMax) return
    const later = Math.min(failedPauseMillis * 2 ** (tries - 1), failedPauseMaxMillis)
    const pause = tries === 1 ? first : later
    this.#failures.set(peer, { tries, at: now, due: now + jitter(pause, this.#random) })
    this.#trim()
  }

  delete(peer: PeerKey): boolean {
    return this.#failures.delete(peer)
  }

  /** A random peer that may be tried again, of those that are `free`; it stays here until it is deleted. */
  due(now: Millis, free: (peer: PeerKey) => boolean): PeerKey | undefined {
    const ready = [...this.#failures].filter(([peer, { due }]) => due <= now && free(peer))
    return pick(ready, this.#random)?.[0]
  }

  #trim(): void {
    if (this.#failures.size <= this.#tuning.failedMax) return
    const oldest = this.#failures.keys().next().value
    if (oldest !== undefined) this.#failures.delete(oldest)
  }
}
