import type { PeerKey } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import { Acquaintances } from './acquaintances.js'
import type { ActiveView } from './active-view.js'
import { AttemptPause } from './attempt-pause.js'
import { type Dial, Dials, type Purpose } from './dials.js'
import type { Outbox } from './outbox.js'
import type { MembershipTuning } from './tuning.js'
import { Visits } from './visits.js'

/** What recruiting works with. */
export interface RecruitingParts {
  /** The key that others dial us by. */
  readonly self: PeerKey
  readonly random: Random
  readonly tuning: MembershipTuning
  readonly view: ActiveView
  readonly out: Outbox
}

/**
 * Whom to dial, and when: members and announced peers to fill the view, failed ones again with growing pauses, strangers
 * that a lookup named, and now and then somebody only to compare what both have.
 */
export class Recruiting {
  readonly known: Acquaintances
  readonly #parts: RecruitingParts
  readonly #dials: Dials
  // Between attempts to have more links than the target; at failed peers; at swapping for peers that lookups named;
  // at having more neighbours of our own choice; and between the lookups of who has lost a neighbour.
  readonly #extras: AttemptPause
  readonly #retries: AttemptPause
  readonly #probes: AttemptPause
  readonly #choices: AttemptPause
  readonly #lookups: AttemptPause
  #reunitedAt: Millis = 0
  /** True from the loss of the last neighbour until there is another one. */
  #bereaved = false
  #isTimed = false
  readonly #visits: Visits
  /** Dials for somebody of another kind. Full from the start. */
  readonly #seeks: TokenBucket

  constructor(parts: RecruitingParts) {
    const { random, tuning, view } = parts
    const longest = tuning.pauseMaxMillis
    const pause = (first: Millis, most = first) => new AttemptPause(first, most, random)
    this.#parts = parts
    this.#dials = new Dials(tuning)
    this.#visits = new Visits(tuning)
    this.#seeks = new TokenBucket(tuning.seekRate, 0)
    this.known = new Acquaintances({ random, tuning, view, isFree: peer => this.#isFree(peer) })
    this.#extras = pause(tuning.extraPauseMillis, longest)
    this.#retries = pause(tuning.retryIntervalMillis)
    this.#probes = pause(tuning.probeIntervalMillis)
    this.#choices = pause(tuning.choiceIntervalMillis)
    this.#lookups = pause(tuning.lookupPauseMillis, longest)
  }

  /** Dials that had no outcome yet. */
  get dials(): number {
    return this.#dials.size
  }

  /** The room is entered. */
  start(now: Millis): void {
    this.#choices.begin(now)
  }

  // What became of dials, and of what we asked for

  /** A lookup named these; nothing was heard in the room of those that are `strangers`. */
  candidates(peers: readonly PeerKey[], strangers: readonly PeerKey[], now: Millis): void {
    const { self } = this.#parts
    this.known.announced(peers.filter(peer => peer !== self))
    this.refill(now)
    this.#probe(strangers, now)
  }

  /** There is a link to this peer: the dial that led to it; undefined when they dialled. */
  reached(peer: PeerKey): Dial | undefined {
    const dial = this.#dials.end(peer)
    this.known.reached(peer)
    return dial
  }

  /** `answered`: its stream broke before the link was up. */
  dialFailed(peer: PeerKey, now: Millis, answered = false): void {
    this.#giveUp(peer, now, answered)
    this.refill(now)
  }

  /** A neighbour's link is gone without a word: whoever came since may be found. */
  lost(peer: PeerKey, own: boolean, now: Millis): void {
    const { out, tuning, view } = this.#parts
    this.known.lost(peer, own, now)
    this.#bereaved = view.size === 0
    if (view.size >= tuning.activeTarget || !this.#lookups.isOver(now)) return
    this.#lookups.begin(now)
    out.push({ type: 'lookup' })
  }

  /** We asked for a place, and there was none. */
  refused(peer: PeerKey, own: boolean, purpose: Purpose | undefined, now: Millis): void {
    this.known.postpone(peer, own, now)
    if (purpose === 'extra') this.#extras.failed(now)
  }

  /** We asked for a place, and got it. */
  accepted(purpose: Purpose | undefined, now: Millis): void {
    if (purpose === 'extra') this.#extras.succeeded()
    if (purpose === 'swap') this.#reunitedAt = now
  }

  /** Whom we visit has compared what both have. */
  compared(): void {
    this.#visits.compared()
  }

  /** Whom we visit told us what no neighbour did. */
  told(peer: PeerKey, now: Millis): void {
    this.#visits.told(peer, now)
  }

  /**
   * True if the link to this one, who has no place for us, serves as the visit that is due: who lacks neighbours asks all
   * whom it could visit for a place, and hears from all that there is none.
   */
  visitsInstead(peer: PeerKey): boolean {
    if (this.#alone || this.#isVisiting || !this.#visits.isDueTo(peer)) return false
    this.#visits.tried(peer)
    return true
  }

  // Whom to dial

  /** A newcomer's walk ends here: room is made for it, but not so often that strangers could push everybody out. */
  takeIn(peer: PeerKey, by: PeerKey, now: Millis): void {
    const { view } = this.#parts
    const may = !view.isFull || view.mayMakeRoom(now)
    if (!may || !this.#dial(peer, 'walk', now)) this.known.learn(peer, by, now)
    else if (view.isFull) view.makesRoom(now)
  }

  /** It is time to compare what we have with somebody who is no neighbour. */
  visit(now: Millis): void {
    this.#visits.begin()
    this.#tryVisit(now)
  }

  /** Time to look whether dials have had their time, and whom else to try. */
  lookOver(now: Millis): void {
    const { tuning, view } = this.#parts
    for (const peer of this.#dials.overdue(now)) this.dialFailed(peer, now)
    for (const peer of view.settled(tuning.settledMillis, now)) this.known.mended(peer)
    this.#lookUpAlone(now)
    this.refill(now)
    this.#retryFailed(now)
    this.#choose(now)
    this.#tryVisit(now)
  }

  /** Dials have had their time to hold a place. */
  dialsLate(now: Millis): void {
    this.#isTimed = false
    this.refill(now)
    if (this.#dials.busy(this.#alone, now) > 0) this.#scheduleLate()
  }

  /** Dials whom it takes to have the links that we want. */
  refill(now: Millis): void {
    const { activeMax, activeTarget } = this.#parts.tuning
    // Alone, most dials come to nothing: how many there may be is all that counts.
    const target = this.#alone ? Number.POSITIVE_INFINITY : activeTarget
    while (this.#expected(now) < target) if (!this.#dialNext('fill', now)) return
    while (this.#seeksOthers(now)) if (!this.#dialNext('fill', now)) return
    if (!this.#extras.isOver(now) || this.#expected(now) >= activeMax) return
    if (!this.#seeksExtra(now)) this.#dialNext('extra', now)
  }

  /** True if one kind of neighbour holds places in a full view, and another may be found: many dials at once, then one in 10 s. */
  #seeksOthers(now: Millis): boolean {
    const { tuning, view } = this.#parts
    if (!view.isFull || !view.hasSurplus || view.requested > 0) return false
    return (
      this.#dials.busy(false, now) < tuning.linksMax - tuning.activeMax && this.#seeks.take(now)
    )
  }

  get #alone(): boolean {
    return this.#parts.view.size === 0
  }

  get #isVisiting(): boolean {
    return this.#parts.view.inState('visiting').length > 0
  }

  #isFree(peer: PeerKey): boolean {
    const { self, view } = this.#parts
    return peer !== self && !view.has(peer) && !this.#dials.has(peer)
  }

  #dial(peer: PeerKey, purpose: Purpose, now: Millis): boolean {
    const isWalk = purpose === 'walk'
    if (!this.#isFree(peer) || this.#isFull(now)) return false
    // Neighbours send us as many newcomers as they like.
    if (isWalk && 2 * this.#dials.serving('walk', now) >= this.#parts.tuning.dialsMax) return false
    const own = !isWalk && this.known.chose(peer)
    const vouched = isWalk || this.known.isVouchedFor(peer)
    this.known.tried(peer)
    const late = this.#dials.begin(peer, { purpose, own, vouched, since: now })
    if (late !== undefined) this.#giveUp(late, now)
    this.#parts.out.push({ type: 'dial', peer })
    this.#scheduleLate()
    return true
  }

  #isFull(now: Millis): boolean {
    const { tuning, view } = this.#parts
    if (this.#dials.isFull(this.#alone, now)) return true
    const busy = this.#alone ? 0 : this.#dials.busy(false, now)
    return view.wanted + busy >= tuning.linksMax
  }

  #dialNext(purpose: Purpose, now: Millis): boolean {
    if (this.#isFull(now)) return false
    const peer = this.known.next(now)
    return peer !== undefined && this.#dial(peer, purpose, now)
  }

  #giveUp(peer: PeerKey, now: Millis, answered = false): void {
    const dial = this.#dials.end(peer)
    this.known.failed(peer, { vouched: dial?.vouched === true, answered }, now)
  }

  #scheduleLate(): void {
    if (this.#isTimed) return
    this.#isTimed = true
    this.#parts.out.timer(this.#dials.placeMillis(this.#alone) + 1, { name: 'dial-late' })
  }

  /** Neighbours, and those that may become neighbours. */
  #expected(now: Millis): number {
    const { requested, size } = this.#parts.view
    return size + requested + this.#dials.busy(this.#alone, now)
  }

  #seeksExtra(now: Millis): boolean {
    return this.#dials.serving('extra', now) > 0 || this.#parts.view.serves('extra')
  }

  // What is done now and then

  #retryFailed(now: Millis): void {
    if (!this.#retries.isOver(now)) return
    const next = this.known.nextFailed(now, this.#reunitedAt)
    if (next === undefined) return
    // A swap disturbs four members: one mends a partition, and whoever failed before that is only looked at.
    if (this.#dial(next.peer, next.persistent ? 'swap' : 'extra', now)) this.#retries.begin(now)
  }

  /** Swaps a neighbour for a looked-up stranger: overlays that never met grow together. */
  #probe(strangers: readonly PeerKey[], now: Millis): void {
    if (!this.#probes.isOver(now) || !this.#parts.view.isFull) return
    const peer = this.known.unknown(strangers, now)
    if (peer !== undefined && this.#dial(peer, 'swap', now)) this.#probes.begin(now)
  }

  /** Those who dialled us must not be all that we hear: one of our choice at once, and half of the view in time. */
  #choose(now: Millis): void {
    const { view } = this.#parts
    if (!view.isFull || view.own >= view.half) return
    const pause = view.own === 0 ? this.#probes : this.#choices
    if (!pause.isOver(now)) return
    const peer = this.known.nextAnnounced(now)
    if (peer !== undefined && this.#dial(peer, 'swap', now)) pause.begin(now)
  }

  #tryVisit(now: Millis): void {
    if (this.#alone || this.#dials.serving('visit', now) > 0 || this.#isVisiting) return
    const peer = this.#visits.next(now, visited => this.known.nextAnnounced(now, visited))
    if (peer === undefined) return
    if (!this.#isFree(peer) || this.#dial(peer, 'visit', now)) this.#visits.tried(peer)
  }

  /** Who has lost all neighbours looks again and again, with growing pauses. */
  #lookUpAlone(now: Millis): void {
    if (!this.#alone) {
      this.#bereaved = false
      this.#lookups.succeeded()
    }
    if (!this.#bereaved || !this.#lookups.isOver(now)) return
    this.#lookups.failed(now)
    this.#parts.out.push({ type: 'lookup' })
  }
}
