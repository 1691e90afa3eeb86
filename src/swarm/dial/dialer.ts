/**
 * Whom to dial next, how many at once, and when again. Pure: time and randomness are arguments, and what is to be
 * dialled comes out as data.
 */

import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { DialSlots } from './dial-slots.js'

/** What a dialer may be told; every one has a default. */
export interface DialerOptions {
  /** Our own key. */
  key: PeerKey
  /** Most dials that hold a slot at a time; default 8. See {@link DialSlots}. */
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
  /** The way up from our key to theirs, and from the largest key to the smallest. */
  readonly distance: number
  phase: 'waiting' | 'dialling' | 'connected'
  failures: number
  /** Dialled again by itself after a failure or a lost connection. */
  keep: boolean
  notBefore: Millis
  /** True where the peer is to dial us first. */
  yields: boolean
  dialledAt: Millis
  connectedAt: Millis
}

const DEFAULT_BACKOFFS: readonly Millis[] = [1_000, 5_000, 15_000, 60_000, 600_000]

export class Dialer {
  // BOUNDED: maxCandidates; #evict makes room.
  readonly #candidates = new Map<PeerKey, Candidate>()
  // BOUNDED: those of the candidates that failed and wait, the first to go. Kept apart so that a flood costs no search.
  readonly #failed = new Set<PeerKey>()
  /** Who is dialling us, and until when that is waited for. */
  // BOUNDED: MAX_ARRIVING.
  readonly #arriving = new Map<PeerKey, Millis>()
  readonly #place: number
  readonly #slots: DialSlots
  readonly #slotMillis: Millis
  readonly #backoffs: readonly Millis[]
  readonly #jitter: number
  readonly #maxCandidates: number
  readonly #random: () => number

  constructor(options: DialerOptions) {
    this.#place = placeOf(options.key)
    this.#slots = new DialSlots(options.maxParallel ?? 8)
    this.#slotMillis = options.slotMillis ?? 1_000
    this.#backoffs = options.backoffs ?? DEFAULT_BACKOFFS
    this.#jitter = options.jitter ?? 0.5
    this.#maxCandidates = options.maxCandidates ?? 2_048
    this.#random = options.random
  }

  /**
   * A peer that is worth dialling: now, or when the wait after its last failure is over. With `keep` it is dialled
   * again after failures and after a lost connection until {@link forget}; without, once, and without a wait. `mutual`:
   * it may be about to dial us. Then the one with the longer way up to the other's key waits a moment for the other.
   */
  want(peer: PeerKey, now: Millis, keep: boolean, mutual = false): void {
    const known = this.#candidates.get(peer)
    if (known !== undefined) {
      known.keep ||= keep
      if (!keep) Object.assign(known, { notBefore: Math.min(known.notBefore, now), yields: false })
      return
    }
    if (this.#candidates.size >= this.#maxCandidates && !this.#evict()) return
    const distance = (placeOf(peer) - this.#place + PLACES) % PLACES
    this.#candidates.set(peer, {
      peer,
      distance,
      phase: 'waiting',
      failures: 0,
      keep,
      notBefore: now,
      yields: mutual && 2 * distance > PLACES,
      dialledAt: 0,
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

  /**
   * The peers to dial now; they count as being dialled from here on. Fewest failures first, then who has waited for long, then
   * the next larger key: so that many who find each other at once are soon connected in a ring, and dial each other once.
   */
  next(now: Millis): PeerKey[] {
    const inUse = this.#slotsInUse(now)
    const free = this.#slots.count(inUse, now) - inUse
    if (free <= 0) return []
    const due = [...this.#candidates.values()]
      .filter(c => (this.#turnAt(c) ?? Number.POSITIVE_INFINITY) <= now)
      .sort((a, b) => a.failures - b.failures || bySeniority(a, b, now) || a.distance - b.distance)
      .slice(0, free)
    for (const candidate of due) {
      this.#failed.delete(candidate.peer)
      candidate.phase = 'dialling'
      candidate.dialledAt = now
    }
    return due.map(c => c.peer)
  }

  /** When {@link next} may have something new to say; undefined where nothing will by itself. */
  wakeAt(now: Millis): Millis | undefined {
    const inUse = this.#slotsInUse(now)
    const full = inUse >= this.#slots.count(inUse, now)
    let soonest: Millis | undefined = full ? this.#slots.moreAt : undefined
    for (const candidate of this.#candidates.values()) {
      const at = full ? this.#slotFreeAt(candidate, now) : this.#turnAt(candidate)
      if (at !== undefined && (soonest === undefined || at < soonest)) soonest = at
    }
    return soonest
  }

  /** This peer has dialled us, and was not heard yet: it is not dialled until {@link departed}, or for a second. */
  arriving(peer: PeerKey, now: Millis): void {
    if (this.#arriving.size < MAX_ARRIVING) this.#arriving.set(peer, now + ARRIVING_MILLIS)
  }

  /** Its dial has ended, one way or the other. */
  departed(peer: PeerKey): void {
    this.#arriving.delete(peer)
  }

  /** There is a connection to this peer, whoever dialled. */
  connected(peer: PeerKey, now: Millis): void {
    this.departed(peer)
    this.want(peer, now, false)
    const candidate = this.#candidates.get(peer)
    if (candidate === undefined || candidate.phase === 'connected') return
    this.#failed.delete(peer)
    if (candidate.phase === 'dialling') this.#slots.opened(now - candidate.dialledAt, now)
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
    candidate.yields = false
    candidate.notBefore = now + backoff * (1 + this.#jitter * this.#random())
  }

  #turnAt({ notBefore, peer, phase, yields }: Candidate): Millis | undefined {
    if (phase !== 'waiting') return undefined
    const turn = yields ? notBefore + Math.max(YIELD_MILLIS, this.#slots.pace) : notBefore
    return Math.max(turn, this.#arriving.get(peer) ?? turn)
  }

  #slotFreeAt({ dialledAt, phase }: Candidate, now: Millis): Millis | undefined {
    const at = dialledAt + this.#slotMillis
    return phase === 'dialling' && at > now ? at : undefined
  }

  #slotsInUse(now: Millis): number {
    let used = 0
    for (const candidate of this.#candidates.values()) {
      if (this.#slotFreeAt(candidate, now) !== undefined) used++
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

/** A peer that is to dial us first has so long, or as long as dials take. Guess: it needs a round trip to find us. */
const YIELD_MILLIS: Millis = 100
/** Who waited so long for a slot comes before nearer ones, also where somebody makes up keys next to ours. Guess. */
const SENIOR_MILLIS: Millis = 2_000
/** A dial to us that led to nothing after this does not keep us from dialling. Guess: as long as one of ours holds a slot. */
const ARRIVING_MILLIS: Millis = 1_000
/** Peers known to be dialling us at a time. Guess: more than answer at once. */
const MAX_ARRIVING = 256

/** Keys are ordered by their first hex digits: as many as a number holds exactly. */
const PLACE_DIGITS = 12
const PLACES = 16 ** PLACE_DIGITS

function placeOf(key: PeerKey): number {
  return Number.parseInt(key.slice(0, PLACE_DIGITS), 16)
}

// Those that have waited long, longest first; of others it says nothing.
function bySeniority(a: Candidate, b: Candidate, now: Millis): number {
  const [x, y] = [a, b].map(({ notBefore }) => Math.min(notBefore, now - SENIOR_MILLIS))
  return (x ?? 0) - (y ?? 0)
}
