import type { PeerKey } from '../../base/ids.js'
import { jitter, pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { MembershipTuning } from './tuning.js'

interface Failure {
  readonly tries: number
  readonly at: Millis
  readonly due: Millis
  /** True when it was a neighbour: others only named it. */
  readonly met: boolean
  /** True when we had chosen it ourselves. */
  readonly own: boolean
}

/**
 * Members that could not be reached, so that shuffles do not bring them right back, and so that the other side of a
 * partition is found again: each falls due after a pause that doubles.
 */
export class FailedPeers {
  readonly #tuning: MembershipTuning
  readonly #random: Random
  // BOUNDED: `failedMax`; of those that were only named, or else of all, the one that failed longest ago goes first.
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

  isOwn(peer: PeerKey): boolean {
    return this.#failures.get(peer)?.own === true
  }

  /** True when more than one attempt in a row failed, the last of them since then. */
  isPersistent(peer: PeerKey, since: Millis): boolean {
    const failure = this.#failures.get(peer)
    return failure !== undefined && failure.tries > 1 && failure.at >= since
  }

  /** A neighbour was lost: it is tried again soon. */
  lost(peer: PeerKey, own: boolean, now: Millis): void {
    this.#add(peer, { met: true, own, first: this.#tuning.lostPauseMillis }, now)
  }

  /**
   * A dial failed; a peer that failed `failedTriesMax` times in a row is forgotten instead. `answered`: a stream opened, and
   * broke before its link was up.
   */
  failed(peer: PeerKey, { answered, own }: { answered: boolean; own: boolean }, now: Millis): void {
    const { failedPauseMillis, lostPauseMillis } = this.#tuning
    this.#add(peer, { met: false, own, first: answered ? lostPauseMillis : failedPauseMillis }, now)
  }

  delete(peer: PeerKey): boolean {
    return this.#failures.delete(peer)
  }

  /** A random peer that may be tried again, of those that are `free`, former neighbours first; it stays here until it is deleted. */
  due(now: Millis, free: (peer: PeerKey) => boolean): PeerKey | undefined {
    const ready = [...this.#failures].filter(([peer, { due }]) => due <= now && free(peer))
    const met = ready.filter(([, failure]) => failure.met)
    return pick(met.length > 0 ? met : ready, this.#random)?.[0]
  }

  #add(
    peer: PeerKey,
    { first, met, own }: { met: boolean; own: boolean; first: Millis },
    now: Millis
  ): void {
    const known = this.#failures.get(peer)
    const tries = (known?.tries ?? 0) + 1
    this.#failures.delete(peer)
    if (tries > this.#tuning.failedTriesMax) return
    const due = now + jitter(tries === 1 ? first : this.#pause(tries), this.#random)
    const kept = { met: met || known?.met === true, own: own || known?.own === true }
    this.#failures.set(peer, { tries, at: now, due, ...kept })
    this.#trim()
  }

  #pause(tries: number): Millis {
    const { failedPauseMillis, pauseMaxMillis } = this.#tuning
    return Math.min(failedPauseMillis * 2 ** (tries - 1), pauseMaxMillis)
  }

  #trim(): void {
    if (this.#failures.size <= this.#tuning.failedMax) return
    let oldest: PeerKey | undefined
    for (const [peer, { met }] of this.#failures) {
      if (!met) {
        this.#failures.delete(peer)
        return
      }
      oldest ??= peer
    }
    if (oldest !== undefined) this.#failures.delete(oldest)
  }
}
