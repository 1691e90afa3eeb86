import type { PeerKey } from '../../base/ids.js'
import { jitter, sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { ActiveView } from './active-view.js'
import { Announced } from './announced.js'
import { FailedPeers } from './failed-peers.js'
import { PassiveView } from './passive-view.js'
import type { MembershipTuning } from './tuning.js'

const NOBODY: ReadonlySet<PeerKey> = new Set()

/** What knowing peers takes. */
export interface AcquaintancesParts {
  readonly random: Random
  readonly tuning: MembershipTuning
  readonly view: ActiveView
  /** True for a peer that is neither ourselves, nor linked, nor being dialled. */
  readonly isFree: (peer: PeerKey) => boolean
}

/** Most peers of one lookup that are looked at. */
const LEARN_MAX = 512

/** A dial that failed. */
interface FailedDial {
  /** A member had named the peer, or it was one. */
  readonly vouched: boolean
  /** A stream opened, and broke before its link was up. */
  readonly answered: boolean
}

/** Everybody whom we might dial: members that others named, peers that lookups named, and those that did not answer. */
export class Acquaintances {
  readonly passive: PassiveView
  readonly #parts: AcquaintancesParts
  readonly #announced: Announced
  readonly #failed: FailedPeers
  /** Whose turn it is to be dialled. */
  #announcedNext = false

  constructor(parts: AcquaintancesParts) {
    const { random, tuning } = parts
    this.#parts = parts
    this.passive = new PassiveView(tuning.passiveMax, random)
    this.#announced = new Announced(tuning, random)
    this.#failed = new FailedPeers(tuning, random)
  }

  /** How many are remembered, of each kind. */
  get load(): { passive: number; failed: number; announced: number } {
    const { size: passive } = this.passive
    return { passive, failed: this.#failed.size, announced: this.#announced.size }
  }

  // What was heard of peers

  /** A lookup named these. */
  announced(peers: readonly PeerKey[]): void {
    for (const peer of sample(peers, LEARN_MAX, this.#parts.random)) this.#announced.name(peer)
  }

  /** A member, or so this neighbour says. */
  learn(peer: PeerKey, by: PeerKey, now: Millis, spare: PeerKey[] = []): void {
    if (this.#failed.has(peer) || this.#announced.isFailing(peer, now)) return
    const { isFree, view } = this.#parts
    if (!isFree(peer)) return
    const sources = [this.passive.get(peer)?.by, by].filter(source => source !== undefined)
    const own = new Set(sources).size > 1 && sources.some(source => view.get(source)?.own)
    this.passive.add(peer, { by, own }, spare)
  }

  /** True when no single neighbour made us know this peer. */
  chose(peer: PeerKey): boolean {
    if (this.#announced.has(peer) || this.#failed.isOwn(peer)) return true
    return this.passive.get(peer)?.own === true
  }

  /** True when a member named this peer, or it was one. */
  isVouchedFor(peer: PeerKey): boolean {
    return this.passive.has(peer) || this.#failed.has(peer)
  }

  /** It is being dialled. */
  tried(peer: PeerKey): void {
    this.passive.delete(peer)
  }

  /** There is a link to it. */
  reached(peer: PeerKey): void {
    this.passive.delete(peer)
    this.#announced.reached(peer)
  }

  /** A member that we have no place for now. */
  spared(peer: PeerKey, own: boolean): void {
    this.#failed.delete(peer)
    if (this.#parts.isFree(peer)) this.passive.add(peer, { own })
  }

  /** A dial failed. It is remembered by who named it: a flood of announcements pushes out no member. */
  failed(peer: PeerKey, { answered, vouched }: FailedDial, now: Millis): void {
    const own = this.chose(peer)
    const isMember = vouched || this.isVouchedFor(peer)
    const isAnnounced = this.#announced.has(peer)
    this.passive.delete(peer)
    this.#announced.failed(peer, answered, now)
    if (isMember || !isAnnounced) this.#failed.failed(peer, { own, answered }, now)
  }

  /** A neighbour's link is gone without a word. If it only moved, it needs a moment to announce where it is now. */
  lost(peer: PeerKey, own: boolean, now: Millis): void {
    this.#failed.lost(peer, own, now)
    this.#announced.postpone(peer, now + this.#parts.tuning.lostPauseMillis)
  }

  /** A neighbour that has stayed for so long that its next failure is its first. */
  mended(peer: PeerKey): void {
    this.#failed.delete(peer)
  }

  /** It is a member, and not to be asked for a while. */
  postpone(peer: PeerKey, own: boolean, now: Millis): void {
    const { random, tuning } = this.#parts
    const notBefore = now + jitter(tuning.refusedPauseMillis, random)
    this.passive.postpone(peer, { own }, notBefore)
    this.#announced.postpone(peer, notBefore)
  }

  // Whom to dial

  /**
   * Those that members named come first. While we have chosen fewer than half of our neighbours ourselves, lookups have
   * every other turn: then neither a member that names its own, nor somebody who announces many keys, owns the order.
   */
  next(now: Millis): PeerKey | undefined {
    const { isFree, view } = this.#parts
    this.#announcedNext = view.own < view.half && !this.#announcedNext
    const peer = this.#announcedNext ? this.nextAnnounced(now) : undefined
    return peer ?? this.passive.next(now, isFree) ?? this.nextAnnounced(now)
  }

  /** Somebody whom a lookup named, and none of these: no neighbour has a say in who it is. */
  nextAnnounced(now: Millis, but: ReadonlySet<PeerKey> = NOBODY): PeerKey | undefined {
    return this.#announced.next(now, peer => !but.has(peer) && this.#parts.isFree(peer))
  }

  /** One of those who did not answer; `persistent`: not for the second time since then. */
  nextFailed(now: Millis, since: Millis): { peer: PeerKey; persistent: boolean } | undefined {
    const peer = this.#failed.due(now, this.#parts.isFree)
    return peer && { peer, persistent: this.#failed.isPersistent(peer, since) }
  }

  /** One of these of whom nothing bad is known. */
  unknown(peers: readonly PeerKey[], now: Millis): PeerKey | undefined {
    const { isFree, random } = this.#parts
    const isKnown = (peer: PeerKey) =>
      !isFree(peer) || this.#failed.has(peer) || this.#announced.isFailing(peer, now)
    return sample(peers, LEARN_MAX, random).find(peer => !isKnown(peer))
  }
}
