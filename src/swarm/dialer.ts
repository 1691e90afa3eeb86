/**
 * Whom to dial next, how many at once, and when again. Pure: time and randomness are arguments, and what is to be
 * dialled comes out as data.
 */
import type { Millis } from '../protocol/config.js'
import type { PeerKey } from '../protocol/ids.js'

/** What a dialer may be told; every one has a default. */
export interface DialerOptions {
  /** Dials that hold a slot at a time; default 8. */
  maxParallel?: number
  /** A dial that has not ended after this gives its slot back while it goes on; default 1 s. A dead peer holds a dial for 8 s. */
  slotMillis?: Millis
  /** Waits after the first, second, ... failure in a row; who fails once more is forgotten. Default 1, 5, 15, 60, 600 s. */
  backoffs?: readonly Millis[]
  /** A random part of this size (0.5: half) is added to every wait; default 0.5. */
  jitter?: number
  /** Most candidates remembered; when full, those that failed make room for new ones. Default 2,048. */
  maxCandidates?: number
  /** Uniform in [0, 1). */
  random: () => number
}

interface Candidate {
  readonly peer: PeerKey
  phase: 'waiting' | 'dialling' | 'connected'
  failures: number
  /** Dialled again by itself after a failure or a lost connection. */
  keep: boolean
  notBefore: Millis
  slotUntil: Millis
  connectedAt: Millis
}

const DEFAULT_BACKOFFS: readonly Millis[] = [1_000, 5_000, 15_000, 60_000, 600_000]

export class Dialer {
  // BOUNDED: maxCandidates; #evict makes room.
  readonly #candidates = new Map<PeerKey, Candidate>()
  // BOUNDED: those of the candidates that failed and wait, the first to go. Kept apart so that a flood costs no search.
  readonly #failed = new Set<PeerKey>()
  readonly #maxParallel: number
  readonly #slotMillis: Millis
  readonly #backoffs: readonly Millis[]
  readonly #jitter: number
  readonly #maxCandidates: number
  readonly #random: () => number

  constructor(options: DialerOptions) {
    this.#maxParallel = options.maxParallel ?? 8
    this.#slotMillis = options.slotMillis ?? 1_000
    this.#backoffs = options.backoffs ?? DEFAULT_BACKOFFS
    this.#jitter = options.jitter ?? 0.5
    this.#maxCandidates = options.maxCandidates ?? 2_048
    this.#random = options.random
  }

  /**
   * A peer that is worth dialling: now, or when the wait after its last failure is over. With `keep` it is dialled
   * again after failures and after a lost connection until {@link forget}; without, once, and without a wait.
   */
  want(peer: PeerKey, now: Millis, keep: boolean): void {
    const known = this.#candidates.get(peer)
    if (known !== undefined) {
      known.keep ||= keep
      if (!keep) known.notBefore = Math.min(known.notBefore, now)
      return
    }
    if (this.#candidates.size >= this.#maxCandidates && !this.#evict()) return
    this.#candidates.set(peer, {
      peer,
      phase: 'waiting',
      failures: 0,
      keep,
      notBefore: now,
      slotUntil: 0,
      connectedAt: 0
    })
  }

  /** Does not dial this peer again by itself. A dial that is under way goes on. */
  forget(peer: PeerKey): void {
    this.#candidates.delete(peer)
    this.#failed.delete(peer)
  }

  /** Whether this peer is waiting for its turn, being dialled, or connected. */
  has(peer: PeerKey): boolean {
    return this.#candidates.has(peer)
  }

  /** How many candidates are remembered. */
  get size(): number {
    return this.#candidates.size
  }

  /** True where nobody is being dialled or due to be dialled now. */
  idle(now: Millis): boolean {
    for (const candidate of this.#candidates.values()) {
      if (candidate.phase === 'dialling') return false
      if (candidate.phase === 'waiting' && candidate.notBefore <= now) return false
    }
    return true
  }

  /** The peers to dial now, fewest failures first; they count as being dialled from here on. */
  next(now: Millis): PeerKey[] {
    const due = [...this.#candidates.values()]
      .filter(c => c.phase === 'waiting' && c.notBefore <= now)
      .sort((a, b) => a.failures - b.failures || a.notBefore - b.notBefore)
      .slice(0, Math.max(0, this.#maxParallel - this.#slotsInUse(now)))
    for (const candidate of due) {
      this.#failed.delete(candidate.peer)
      candidate.phase = 'dialling'
      candidate.slotUntil = now + this.#slotMillis
    }
    return due.map(c => c.peer)
  }

  /** When {@link next} may have something new to say; undefined where nothing will by itself. */
  wakeAt(now: Millis): Millis | undefined {
    const full = this.#slotsInUse(now) >= this.#maxParallel
    let soonest: Millis | undefined
    for (const candidate of this.#candidates.values()) {
      const at = full ? slotFreeAt(candidate, now) : turnAt(candidate)
      if (at !== undefined && (soonest === undefined || at < soonest)) soonest = at
    }
    return soonest
  }

  /** There is a connection to this peer, whoever dialled. */
  connected(peer: PeerKey, now: Millis): void {
    this.want(peer, now, false)
    const candidate = this.#candidates.get(peer)
    if (candidate === undefined || candidate.phase === 'connected') return
    this.#failed.delete(peer)
    candidate.phase = 'connected'
    candidate.connectedAt = now
  }

  /** A dial ended without a connection. */
  failed(peer: PeerKey, now: Millis): void {
    const candidate = this.#candidates.get(peer)
    if (candidate === undefined || candidate.phase !== 'dialling') return
    if (candidate.keep) this.#retryLater(candidate, now)
    else this.forget(peer)
  }

  /** The connection ended. One that had stood for a while says nothing against the peer: it is dialled again soon. */
  disconnected(peer: PeerKey, now: Millis): void {
    const candidate = this.#candidates.get(peer)
    if (candidate === undefined) return
    if (!candidate.keep) {
      this.forget(peer)
      return
    }
    if (now - candidate.connectedAt >= STABLE_MILLIS) candidate.failures = 0
    this.#retryLater(candidate, now)
  }

  #retryLater(candidate: Candidate, now: Millis): void {
    const backoff = this.#backoffs[candidate.failures]
    if (backoff === undefined) {
      this.forget(candidate.peer)
      return
    }
    candidate.failures++
    this.#failed.add(candidate.peer)
    candidate.phase = 'waiting'
    candidate.notBefore = now + backoff * (1 + this.#jitter * this.#random())
  }

  #slotsInUse(now: Millis): number {
    let used = 0
    for (const c of this.#candidates.values()) {
      if (c.phase === 'dialling' && c.slotUntil > now) used++
    }
    return used
  }

  // Makes room by forgetting who failed longest ago; false where nobody did.
  #evict(): boolean {
    const [peer] = this.#failed
    if (peer === undefined) return false
    this.forget(peer)
    return true
  }
}

/** A connection that stood this long was a good one. Guess: longer than a one-sided open lives. */
const STABLE_MILLIS: Millis = 15_000

function turnAt(candidate: Candidate): Millis | undefined {
  return candidate.phase === 'waiting' ? candidate.notBefore : undefined
}

function slotFreeAt(candidate: Candidate, now: Millis): Millis | undefined {
  const holds = candidate.phase === 'dialling' && candidate.slotUntil > now
  return holds ? candidate.slotUntil : undefined
}
