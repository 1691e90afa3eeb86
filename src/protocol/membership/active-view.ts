import type { PeerKey } from '../../base/ids.js'
import { sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import { AttemptPause } from './attempt-pause.js'
import type { Purpose } from './dials.js'
import { type Candidate, isSurplus, type Neighbour, open, surplus, waitsInVain } from './places.js'
import type { MembershipTuning } from './tuning.js'

/**
 * `awaiting`: they dialled and have not asked yet. `requested`: we asked. `visiting`: we want no place, only to compare
 * what both have. `refused`: whoever asked got no place, and has the link for history while it has no neighbour.
 * `active`: neighbours.
 */
export type PlaceState = 'awaiting' | 'requested' | 'visiting' | 'refused' | 'active'

/** What has been agreed on a link. */
export interface Place extends Candidate {
  readonly state: PlaceState
  /** When it came into this state. */
  readonly since: Millis
  /** What we asked for, when we asked. */
  readonly purpose?: Purpose | undefined
  /** True when we only visited before we asked: the visit goes on if there is no place. */
  readonly visited?: boolean
  /** True when the other side has named other members because it has no place. */
  readonly referred?: boolean
}

interface Link extends Place {
  /** Tells this state from an earlier one of the same peer: timers carry it. */
  readonly attempt: number
  readonly walks: TokenBucket
}

/** What a full view is decided with. */
export interface ActiveViewOptions {
  readonly tuning: MembershipTuning
  readonly random: Random
  /** Of two neighbours one that is spare rather makes room for another. */
  readonly isSpare: (peer: PeerKey) => boolean
}

/** HyParView's active view: the links to members, which of them are neighbours, and who makes room for another. */
export class ActiveView {
  readonly #options: ActiveViewOptions
  // BOUNDED: `linksMax`; see dispensable.
  readonly #links = new Map<PeerKey, Link>()
  // BOUNDED: `activeMax`, the links whose state is active.
  readonly #neighbours = new Set<PeerKey>()
  /** Between two neighbours that make room for who asks. */
  readonly #pushOuts: AttemptPause
  #attempts = 0

  constructor(options: ActiveViewOptions) {
    const { random, tuning } = options
    this.#options = options
    this.#pushOuts = new AttemptPause(
      tuning.pushOutIntervalMillis,
      tuning.pushOutIntervalMillis,
      random
    )
  }

  /** Links, whatever has been agreed on them. */
  get links(): number {
    return this.#links.size
  }

  get neighbours(): ReadonlySet<PeerKey> {
    return this.#neighbours
  }

  /** How many neighbours there are. */
  get size(): number {
    return this.#neighbours.size
  }

  /** How many of them we chose ourselves. */
  get own(): number {
    return this.#all().filter(({ own }) => own).length
  }

  /** Neighbours of our own choice that keep their places whoever asks: half of the view. */
  get half(): number {
    return Math.ceil(this.#options.tuning.activeMax / 2)
  }

  /** True if neighbours of one identity or block take places that others might have. */
  get hasSurplus(): boolean {
    return surplus(this.#all()).length > 0
  }

  /** True if this one would be the third neighbour of its identity or block. */
  isSurplus(newcomer: Candidate): boolean {
    return isSurplus(newcomer, this.#all())
  }

  get isFull(): boolean {
    return this.size >= this.#options.tuning.activeMax
  }

  get isFullOfLinks(): boolean {
    return this.links >= this.#options.tuning.linksMax
  }

  /** Links that are places, or that we want something of: others keep us from no dial of our own. */
  get wanted(): number {
    return this.size + this.requested + this.inState('visiting').length
  }

  /** Links on which we have asked for a place. */
  get requested(): number {
    return this.inState('requested').length
  }

  /** True when there is a link to this peer. */
  has(peer: PeerKey): boolean {
    return this.#links.has(peer)
  }

  get(peer: PeerKey): Link | undefined {
    return this.#links.get(peer)
  }

  isNeighbour(peer: PeerKey): boolean {
    return this.#neighbours.has(peer)
  }

  /** True when we asked somebody for a place for this purpose. */
  serves(purpose: Purpose): boolean {
    for (const link of this.#links.values()) if (link.purpose === purpose) return true
    return false
  }

  inState(state: PlaceState): PeerKey[] {
    return [...this.#links].filter(([, link]) => link.state === state).map(([peer]) => peer)
  }

  /** Notes what is agreed on a link; gives which attempt that is. */
  track(peer: PeerKey, place: Place, now: Millis): number {
    const attempt = ++this.#attempts
    const { walkRate } = this.#options.tuning
    const walks = this.#links.get(peer)?.walks ?? new TokenBucket(walkRate, now)
    this.#links.set(peer, { ...place, attempt, walks })
    return attempt
  }

  /** A link becomes a neighbour; false when it was one. */
  activate(peer: PeerKey, now: Millis): boolean {
    const { block, identity, own = false } = this.#links.get(peer) ?? {}
    if (this.#neighbours.has(peer)) return false
    this.track(peer, { state: 'active', since: now, own, identity, block }, now)
    this.#neighbours.add(peer)
    return true
  }

  /** Forgets a link; true when it was a neighbour. */
  remove(peer: PeerKey): boolean {
    this.#links.delete(peer)
    return this.#neighbours.delete(peer)
  }

  /** False when this link has carried so many walks that this one is passed over. */
  mayWalk(peer: PeerKey, now: Millis): boolean {
    return this.#links.get(peer)?.walks.take(now) === true
  }

  /** The link that waits for nothing and makes room for the one of this newcomer. */
  dispensable(newcomer: Candidate): PeerKey | undefined {
    return waitsInVain(this.#inStates(['awaiting', 'refused']), newcomer)
  }

  /**
   * The neighbour that makes room for this one, who asks. Strangers must not push everybody out at once; but one whose kind has
   * places to spare goes at any time for somebody of another: who asks most often must not be all that is let in.
   */
  victimOf(peer: PeerKey, needs: boolean, now: Millis): PeerKey | undefined {
    const all = this.#all()
    const isThird = this.#isThird(peer, all)
    const further = this.has(peer) && !isThird ? surplus(all) : []
    if (further.length > 0) return this.#oneOf(further)
    if (!this.mayMakeRoom(now)) return undefined
    const victim = this.#victim(all, isThird, needs)
    if (victim !== undefined) this.makesRoom(now)
    return victim
  }

  /** True unless somebody has just made room for another. */
  mayMakeRoom(now: Millis): boolean {
    return this.#pushOuts.isOver(now)
  }

  /** Somebody makes room now. */
  makesRoom(now: Millis): void {
    this.#pushOuts.begin(now)
  }

  /**
   * The neighbour that makes room for this one in a full view; undefined when none does. A surplus one does for whoever is
   * not surplus itself, or `needs` a place; one that we do not keep only for whoever is neither surplus nor has a place.
   */
  victim(peer: PeerKey, needs: boolean): PeerKey | undefined {
    const all = this.#all()
    return this.#victim(all, this.#isThird(peer, all), needs)
  }

  /** Neighbours that have been there for this long. */
  settled(span: Millis, now: Millis): PeerKey[] {
    return this.#all()
      .filter(({ since }) => now - since >= span)
      .map(({ peer }) => peer)
  }

  #isThird(peer: PeerKey, all: readonly Neighbour[]): boolean {
    const newcomer = this.#links.get(peer)
    return newcomer !== undefined && isSurplus(newcomer, all)
  }

  #victim(all: readonly Neighbour[], isThird: boolean, needs: boolean): PeerKey | undefined {
    const further = needs || !isThird ? surplus(all) : []
    if (further.length > 0) return this.#oneOf(further)
    return needs && !isThird ? this.#oneOf(open(all, this.half)) : undefined
  }

  #all(): Neighbour[] {
    return this.#inStates(['active'])
  }

  #inStates(states: readonly PlaceState[]): Neighbour[] {
    const all: Neighbour[] = []
    for (const [peer, link] of this.#links)
      if (states.includes(link.state)) all.push({ ...link, peer })
    return all
  }

  #oneOf(peers: readonly PeerKey[]): PeerKey | undefined {
    const { isSpare, random } = this.#options
    // Of two, and not of all: who makes itself useful to stay must not stay for ever.
    const two = sample(peers, 2, random)
    return two.find(isSpare) ?? two[0]
  }
}
