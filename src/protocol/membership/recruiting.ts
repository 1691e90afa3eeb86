import type { PeerKey } from '../../base/ids.js'
import { jitter, sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { ActiveView } from './active-view.js'
import { AttemptPause } from './attempt-pause.js'
import { Dials, type Purpose } from './dials.js'
import { FailedPeers } from './failed-peers.js'
import type { Outbox } from './outbox.js'
import { PassiveView } from './passive-view.js'
import type { MembershipTuning } from './tuning.js'

/** What recruiting works with. */
export interface RecruitingParts {
  /** The key that others dial us by. */
  readonly self: PeerKey
  readonly random: Random
  readonly tuning: MembershipTuning
  readonly view: ActiveView
  readonly out: Outbox
}

/** Most peers of one lookup that are looked at. */
const LEARN_MAX = 64

/**
 * Whom to dial, and when: those of the passive view and of lookups to fill the view, failed ones again with growing pauses,
 * and strangers that a lookup named.
 */
export class Recruiting {
  readonly #parts: RecruitingParts
  readonly #dials: Dials
  readonly #passive: PassiveView
  readonly #failed: FailedPeers
  // Between attempts to have more links than the target; at failed peers; at swapping for peers that lookups named;
  // and at taking in newcomers though the view is full.
  readonly #extras: AttemptPause
  readonly #retries: AttemptPause
  readonly #probes: AttemptPause
  readonly #walks: AttemptPause
  #reunitedAt: Millis = 0

  constructor(parts: RecruitingParts) {
    const { random, tuning } = parts
    const pause = (first: Millis, longest = first) => new AttemptPause(first, longest, random)
    this.#parts = parts
    this.#dials = new Dials(tuning)
    this.#passive = new PassiveView(tuning.passiveMax, random)
    this.#failed = new FailedPeers(tuning, random)
    this.#extras = pause(tuning.extraPauseMillis, tuning.extraPauseMaxMillis)
    this.#retries = pause(tuning.retryIntervalMillis)
    this.#probes = pause(tuning.probeIntervalMillis)
    this.#walks = pause(tuning.walkIntervalMillis)
  }

  /** Members to fall back on. */
  get passive(): PassiveView {
    return this.#passive
  }

  /** Sizes of everything held. */
  get load(): { dials: number; passive: number; failed: number } {
    const [dials, passive, failed] = [this.#dials, this.#passive, this.#failed].map(x => x.size)
    return { dials: dials ?? 0, passive: passive ?? 0, failed: failed ?? 0 }
  }

  // What was heard of peers

  /** A lookup named these; nothing was heard in the room of those that are `strangers`. */
  candidates(peers: readonly PeerKey[], strangers: readonly PeerKey[], now: Millis): void {
    const { random, tuning } = this.#parts
    const named = sample(peers, LEARN_MAX, random)
    // A lookup names the dead of half an hour: it must not displace what shuffles have brought.
    const share = Math.ceil(tuning.passiveMax / 3)
    const room = Math.max(share, tuning.passiveMax - this.#passive.size)
    for (const peer of named.slice(0, room)) this.learn(peer, now)
    this.refill(now)
    this.#probe(strangers, now)
  }

  /** A member, or so we are told. */
  learn(peer: PeerKey, now: Millis, spare: PeerKey[] = []): void {
    const { self, view } = this.#parts
    const known = peer === self || view.has(peer) || this.#dials.has(peer)
    if (!known && !this.#failed.has(peer)) this.#passive.add(peer, now, spare)
  }

  /** There is a link to this peer: what it was dialled for; undefined when it was not. */
  reached(peer: PeerKey): Purpose | undefined {
    this.#passive.delete(peer)
    return this.#dials.end(peer)
  }

  /** It lives, and we have no place for it. */
  spared(peer: PeerKey, now: Millis): void {
    this.#failed.delete(peer)
    this.learn(peer, now)
  }

  dialFailed(peer: PeerKey, now: Millis): void {
    this.#dials.end(peer)
    this.#passive.delete(peer)
    this.#failed.add(peer, now)
    this.refill(now)
  }

  /** A neighbour's link is gone without a word. */
  lost(peer: PeerKey, now: Millis): void {
    this.#failed.add(peer, now, this.#parts.tuning.lostPauseMillis)
  }

  /** We asked for a place, and there was none. */
  refused(peer: PeerKey, purpose: Purpose | undefined, now: Millis): void {
    this.postpone(peer, now)
    if (purpose === 'extra') this.#extras.failed(now)
  }

  /** We asked for a place, and got it. */
  accepted(purpose: Purpose | undefined, now: Millis): void {
    if (purpose === 'extra') this.#extras.succeeded()
    if (purpose === 'swap') this.#reunitedAt = now
  }

  /** It is a member, and not to be asked for a while. */
  postpone(peer: PeerKey, now: Millis): void {
    const { random, tuning } = this.#parts
    this.#passive.postpone(peer, now + jitter(tuning.refusedPauseMillis, random))
  }

  // Whom to dial

  /** A newcomer's walk ends here: room is made for it, but not so often that strangers could push everybody out. */
  takeIn(peer: PeerKey, now: Millis): void {
    const { isFull } = this.#parts.view
    const may = !isFull || this.#walks.isOver(now)
    if (!may || !this.#dial(peer, 'walk', now)) this.learn(peer, now)
    else if (isFull) this.#walks.begin(now)
  }

  /** Time to look whether dials have had their time, and whom else to try. */
  lookOver(now: Millis): void {
    const { tuning, view } = this.#parts
    for (const peer of this.#dials.overdue(now)) if (!view.has(peer)) this.dialFailed(peer, now)
    for (const peer of view.settled(tuning.settledMillis, now)) this.#failed.delete(peer)
    this.refill(now)
    this.#retryFailed(now)
  }

  /** Dials whom it takes to have the links that we want. */
  refill(now: Millis): void {
    const { activeMax, activeTarget } = this.#parts.tuning
    while (this.#expected < activeTarget) if (!this.#dialPassive('fill', now)) return
    if (!this.#extras.isOver(now) || this.#expected >= activeMax) return
    if (!this.#seeksExtra) this.#dialPassive('extra', now)
  }

  #dial(peer: PeerKey, purpose: Purpose, now: Millis): boolean {
    const { out, self, tuning, view } = this.#parts
    const known = peer === self || view.has(peer) || this.#dials.has(peer)
    const full = view.links + this.#dials.size >= tuning.linksMax
    if (known || full || this.#dials.isFull) return false
    this.#passive.delete(peer)
    this.#dials.begin(peer, purpose, now)
    out.push({ type: 'dial', peer })
    return true
  }

  #dialPassive(purpose: Purpose, now: Millis): boolean {
    if (this.#dials.isFull) return false
    const peer = this.#passive.take(now)
    if (peer === undefined) return false
    if (this.#dial(peer, purpose, now)) return true
    this.learn(peer, now)
    return false
  }

  /** Neighbours, and those that may become neighbours. */
  get #expected(): number {
    const { requested, size } = this.#parts.view
    return size + requested + this.#dials.size
  }

  get #seeksExtra(): boolean {
    return this.#dials.serves('extra') || this.#parts.view.serves('extra')
  }

  #retryFailed(now: Millis): void {
    if (!this.#retries.isOver(now)) return
    const peer = this.#failed.due(now, each => !this.#parts.view.has(each))
    if (peer === undefined) return
    // A swap disturbs four members: one mends a partition, and whoever failed before that is only looked at.
    const purpose = this.#failed.isPersistent(peer, this.#reunitedAt) ? 'swap' : 'extra'
    if (this.#dial(peer, purpose, now)) this.#retries.begin(now)
  }

  /** Swaps a neighbour for a looked-up stranger now and then: overlays that never met grow together. */
  #probe(strangers: readonly PeerKey[], now: Millis): void {
    const { random, view } = this.#parts
    if (!this.#probes.isOver(now) || !view.isFull) return
    const known = (peer: PeerKey) => view.has(peer) || this.#failed.has(peer)
    const peer = sample(strangers, LEARN_MAX, random).find(each => !known(each))
    if (peer !== undefined && this.#dial(peer, 'swap', now)) this.#probes.begin(now)
  }
}
