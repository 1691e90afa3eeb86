import type { PeerKey } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { Standing } from '../peers/peer-info.js'

/**
 * How often a candidate is dialled by itself: once; again after each failure and each lost connection as long as there
 * are waits for it; or without end.
 */
export type Tries = 'once' | 'backoffs' | 'always'

/** A peer that is worth dialling, being dialled, or connected. */
export interface Candidate {
  readonly peer: PeerKey
  /** The way up from our key to theirs, and from the largest key to the smallest. */
  readonly distance: number
  phase: 'waiting' | 'dialling' | 'connected'
  failures: number
  tries: Tries
  standing: Standing
  /** True where an answer takes no time: on this machine, or a local network. */
  near: boolean
  notBefore: Millis
  /** True where the peer is to dial us first. */
  yields: boolean
  dialledAt: Millis
  connectedAt: Millis
}

/** A full table looks for one to drop so often. Guess: then nearly all of them matter. */
const PROBES = 8

/**
 * The candidates, within a bound that no flood of made-up keys can own. When it is full, those that failed and were never
 * reached go first; of those that one node named, a uniform sample of all that came is kept; then go those that were
 * connected once. Who is to be reached for ever stays.
 */
export class Candidates {
  // BOUNDED: max.
  readonly #byKey = new Map<PeerKey, Candidate>()
  // BOUNDED: those of the candidates that failed, were never connected, and wait; longest first.
  readonly #failed = new Set<PeerKey>()
  // BOUNDED: those that failed and were connected before.
  readonly #lost = new Set<PeerKey>()
  // BOUNDED: the candidates once more, in no order, to draw from; #places has where each stands.
  readonly #all: Candidate[] = []
  readonly #places = new Map<PeerKey, number>()
  readonly #max: number
  readonly #random: Random
  readonly #onEvicted: (peer: PeerKey) => void
  /** Newcomers that found it full. */
  #surplus = 0

  /** `onEvicted` hears who was dropped for want of room. */
  constructor(max: number, random: Random, onEvicted: (peer: PeerKey) => void) {
    this.#max = max
    this.#random = random
    this.#onEvicted = onEvicted
  }

  get size(): number {
    return this.#byKey.size
  }

  get(peer: PeerKey): Candidate | undefined {
    return this.#byKey.get(peer)
  }

  [Symbol.iterator](): Iterator<Candidate> {
    return this.#all[Symbol.iterator]()
  }

  /** False where there is no room for this one. */
  add(candidate: Candidate): boolean {
    if (!this.#makeRoom(candidate)) return false
    this.#byKey.set(candidate.peer, candidate)
    this.#places.set(candidate.peer, this.#all.push(candidate) - 1)
    return true
  }

  delete(peer: PeerKey): void {
    const place = this.#places.get(peer)
    const last = this.#all.at(-1)
    if (place === undefined || last === undefined) return
    this.#all[place] = last
    this.#places.set(last.peer, place)
    this.#all.pop()
    this.#places.delete(peer)
    this.#byKey.delete(peer)
    this.forgive(peer)
    if (this.size < this.#max / 2) this.#surplus = 0
  }

  /** This one has failed and waits: it may have to make room. */
  blame({ peer, standing, tries }: Candidate): void {
    if (tries === 'always') return
    if (standing === 'known') this.#lost.add(peer)
    else this.#failed.add(peer)
  }

  /** The opposite of {@link blame}. */
  forgive(peer: PeerKey): void {
    this.#failed.delete(peer)
    this.#lost.delete(peer)
  }

  #makeRoom({ standing }: Candidate): boolean {
    if (this.size < this.#max) return true
    const dropped = first(this.#failed) ?? this.#replaceable(standing)
    if (dropped === undefined) return false
    this.delete(dropped)
    this.#onEvicted(dropped)
    return true
  }

  #replaceable(newcomer: Standing): PeerKey | undefined {
    if (newcomer === 'named' && !this.#isInSample()) return undefined
    return this.#draw() ?? first(this.#lost)
  }

  // Each of all that came while it was full is as likely to be kept as any other (a reservoir).
  #isInSample(): boolean {
    this.#surplus++
    return this.#random() * (this.#max + this.#surplus) < this.#max
  }

  #draw(): PeerKey | undefined {
    for (let probe = 0; probe < PROBES; probe++) {
      const drawn = this.#all[Math.floor(this.#random() * this.#all.length)]
      if (drawn?.phase === 'waiting' && drawn.standing === 'named') return drawn.peer
    }
    return undefined
  }
}

function first(keys: ReadonlySet<PeerKey>): PeerKey | undefined {
  const [key] = keys
  return key
}
