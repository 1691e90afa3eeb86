/**
 * Whom to dial next, how many at once, and when again. Pure: time and randomness are arguments, and what is to be
 * dialled comes out as data.
 */

import type { PeerKey } from '../../base/ids.js'
import { pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { type Candidate, Candidates } from './candidates.js'
import { compare, distanceUp, PLACES } from './dial-order.js'
import { DialSlots } from './dial-slots.js'
import { type RetryOptions, RetryWaits } from './retry-waits.js'
import { strengthen, type Wish } from './wish.js'

/** What a dialer may be told; every one has a default. */
export interface DialerOptions extends RetryOptions {
  /** Our own key. */
  key: PeerKey
  /** Most dials that hold a slot at a time; default 8. See {@link DialSlots}. */
  maxParallel?: number
  /**
   * A dial that has not ended after this gives its slot back while it goes on; default 1 s, and 250 ms where the peer is on
   * this machine or a local network. A dead peer holds a dial for 8 s.
   */
  slotMillis?: Millis
  /** Most candidates remembered; see {@link Candidates}. Default 2,048. */
  maxCandidates?: number
  /** Hears of each peer that is dialled no more: it failed through all waits, or had to make room. Default: nobody. */
  onDropped?: (peer: PeerKey) => void
}

/** Peers that were given up and are remembered as such. Guess: a crash loop's. */
const MAX_GIVEN_UP = 2_048

export class Dialer {
  readonly #candidates: Candidates
  // BOUNDED: MAX_GIVEN_UP.
  readonly #givenUp = new Recent<PeerKey, true>(MAX_GIVEN_UP)
  /** Who is dialling us, and until when that is waited for. */
  // BOUNDED: MAX_ARRIVING.
  readonly #arriving = new Map<PeerKey, Millis>()
  readonly #key: PeerKey
  readonly #slots: DialSlots
  readonly #slotMillis: Millis
  readonly #nearSlotMillis: Millis
  readonly #waits: RetryWaits
  readonly #random: Random
  readonly #onDropped: (peer: PeerKey) => void
  #byLot = true

  constructor(options: DialerOptions) {
    this.#key = options.key
    this.#slots = new DialSlots(options.maxParallel ?? 8)
    this.#slotMillis = options.slotMillis ?? 1_000
    this.#nearSlotMillis = options.slotMillis ?? NEAR_SLOT_MILLIS
    this.#waits = new RetryWaits(options)
    this.#random = options.random
    this.#onDropped = options.onDropped ?? (() => {})
    const max = options.maxCandidates ?? 2_048
    this.#candidates = new Candidates(max, options.random, this.#onDropped)
  }

  /**
   * A peer that is worth dialling: now, or when the wait after its last failure is over. With `once` that wait is over.
   * False where it is not taken: it was given up, or there is no room.
   */
  want(peer: PeerKey, now: Millis, wish: Wish = {}): boolean {
    if (wish.tries === undefined || wish.anew === true) this.#givenUp.delete(peer)
    if (this.#givenUp.has(peer)) return false
    const known = this.#candidates.get(peer)
    if (known === undefined) return this.#candidates.add(this.#newCandidate(peer, now, wish))
    strengthen(known, wish)
    if ((wish.tries ?? 'once') === 'once') {
      Object.assign(known, { notBefore: Math.min(known.notBefore, now), yields: false })
    }
    return true
  }

  /** Does not dial this peer again by itself. A dial that is under way goes on. */
  forget(peer: PeerKey): void {
    this.#candidates.delete(peer)
  }

  /** Whether this peer is waiting for its turn, being dialled, or connected. */
  has(peer: PeerKey): boolean {
    return this.#candidates.get(peer) !== undefined
  }

  /** How many candidates are remembered. */
  get size(): number {
    return this.#candidates.size
  }

  /** True where nobody is being dialled or due to be dialled now. */
  idle(now: Millis): boolean {
    for (const { notBefore, phase } of this.#candidates) {
      if (phase === 'dialling' || (phase === 'waiting' && notBefore <= now)) return false
    }
    return true
  }

  /**
   * The peers to dial now; they count as being dialled from here on. Every second one is drawn by lot from all that are
   * due, so that no flood of made-up peers keeps anybody waiting but for its share. Of the others come first: those known, then those
   * vouched for; with the fewest failures; who has waited for long; then the next larger key, so that many who find each
   * other at once are soon connected in a ring, and dial each other once.
   */
  next(now: Millis): PeerKey[] {
    this.#slots.came(now)
    const inUse = this.#slotsInUse(now)
    const free = this.#slots.count(inUse, now) - inUse
    const chosen: PeerKey[] = []
    while (chosen.length < free) {
      const candidate = this.#choose(now)
      if (candidate === undefined) break
      this.#candidates.forgive(candidate.peer)
      Object.assign(candidate, { phase: 'dialling', dialledAt: now })
      chosen.push(candidate.peer)
    }
    return chosen
  }

  /** When {@link next} may have something new to say; undefined where nothing will by itself. */
  wakeAt(now: Millis): Millis | undefined {
    const inUse = this.#slotsInUse(now)
    const full = inUse >= this.#slots.count(inUse, now)
    let soonest: Millis | undefined = full ? this.#slots.moreAt : undefined
    for (const candidate of this.#candidates) {
      const at = full ? this.#slotFreeAt(candidate, now) : this.#turnAt(candidate)
      if (at !== undefined && (soonest === undefined || at < soonest)) soonest = at
    }
    this.#slots.comeBackAt(soonest, now)
    return soonest
  }

  /** Nobody is to be dialled for now: that {@link next} is asked later than it wanted to be says nothing of the machine. */
  rest(): void {
    this.#slots.comeBackAt(undefined, 0)
  }

  /** How much longer than usual dials may take, because the machine is busy: see {@link DialSlots.slowness}. */
  slowness(now: Millis): Millis {
    return this.#slots.slowness(now)
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
    this.want(peer, now)
    const candidate = this.#candidates.get(peer)
    if (candidate === undefined || candidate.phase === 'connected') return
    this.#candidates.forgive(peer)
    if (candidate.phase === 'dialling') this.#slots.opened(now - candidate.dialledAt, now)
    candidate.phase = 'connected'
    candidate.connectedAt = now
  }

  /** A dial ended without a connection. */
  failed(peer: PeerKey, now: Millis): void {
    const candidate = this.#candidates.get(peer)
    if (candidate === undefined || candidate.phase !== 'dialling') return
    if (candidate.tries === 'once') this.forget(peer)
    else this.#retryLater(candidate, now)
  }

  /** It is no longer to be reached for ever; as long as there are waits all the same. */
  unpin(peer: PeerKey): void {
    const candidate = this.#candidates.get(peer)
    if (candidate?.tries === 'always') candidate.tries = 'backoffs'
  }

  /** Dials were broken off by us, which says nothing against anybody: they are due again. */
  interrupted(): void {
    this.rest()
    for (const candidate of this.#candidates) {
      if (candidate.phase === 'dialling') candidate.phase = 'waiting'
    }
  }

  /** The connection ended. One that had stood for a while says nothing against the peer: it is dialled again soon. */
  disconnected(peer: PeerKey, now: Millis): void {
    const candidate = this.#candidates.get(peer)
    if (candidate === undefined) return
    if (candidate.tries === 'once') {
      this.forget(peer)
      return
    }
    if (now - candidate.connectedAt >= STABLE_MILLIS) candidate.failures = 0
    this.#retryLater(candidate, now)
  }

  #newCandidate(peer: PeerKey, now: Millis, wish: Wish): Candidate {
    const distance = distanceUp(this.#key, peer)
    return {
      peer,
      distance,
      phase: 'waiting',
      failures: 0,
      tries: wish.tries ?? 'once',
      standing: wish.standing ?? 'known',
      near: wish.near ?? false,
      notBefore: now,
      yields: wish.mutual === true && 2 * distance > PLACES,
      dialledAt: 0,
      connectedAt: 0
    }
  }

  #retryLater(candidate: Candidate, now: Millis): void {
    const wait = this.#waits.next(candidate)
    if (wait === undefined) {
      this.#giveUp(candidate.peer)
      return
    }
    candidate.failures++
    candidate.phase = 'waiting'
    candidate.yields = false
    candidate.notBefore = now + wait
    this.#candidates.blame(candidate)
  }

  #giveUp(peer: PeerKey): void {
    this.forget(peer)
    this.#givenUp.set(peer, true)
    this.#onDropped(peer)
  }

  #choose(now: Millis): Candidate | undefined {
    const due = [...this.#candidates].filter(c => (this.#turnAt(c) ?? Infinity) <= now)
    if (due.length > 1) this.#byLot = !this.#byLot
    if (this.#byLot) return pick(due, this.#random)
    return due.reduce<Candidate | undefined>(
      (best, c) => (best === undefined || compare(c, best, now) < 0 ? c : best),
      undefined
    )
  }

  #turnAt({ notBefore, peer, phase, yields }: Candidate): Millis | undefined {
    if (phase !== 'waiting') return undefined
    const turn = yields ? notBefore + Math.max(YIELD_MILLIS, this.#slots.pace) : notBefore
    return Math.max(turn, this.#arriving.get(peer) ?? turn)
  }

  #slotFreeAt({ dialledAt, near, phase }: Candidate, now: Millis): Millis | undefined {
    const usual = near ? this.#nearSlotMillis : this.#slotMillis
    const at = dialledAt + Math.max(usual, this.slowness(now))
    return phase === 'dialling' && at > now ? at : undefined
  }

  #slotsInUse(now: Millis): number {
    let used = 0
    for (const candidate of this.#candidates) {
      if (this.#slotFreeAt(candidate, now) !== undefined) used++
    }
    return used
  }
}

/** A peer nearby that lives answers in far less than this, unless it is busy. Modelled: with 100 ms 64 on four cores give up most handshakes. */
const NEAR_SLOT_MILLIS: Millis = 250
/** A connection that stood this long was a good one. Guess: longer than a one-sided open lives. */
const STABLE_MILLIS: Millis = 15_000
/** A peer that is to dial us first has so long, or as long as dials take. Guess: it needs a round trip to find us. */
const YIELD_MILLIS: Millis = 100
/** A dial to us that led to nothing after this does not keep us from dialling. Guess: as long as one of ours holds a slot. */
const ARRIVING_MILLIS: Millis = 1_000
/** Peers known to be dialling us at a time. Guess: more than answer at once. */
const MAX_ARRIVING = 256
