import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  OPTIMIZE_HOPS,
  OPTIMIZE_HOPS_FIRST,
  REDUNDANCY_HIGH,
  REDUNDANCY_WEIGHT
} from '../config.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { Wait } from './missing.js'
import type { Outbox } from './outbox.js'
import type { Asked } from './promises.js'
import { ShapingTurn } from './shaping-turn.js'
import { TREE_REST_MILLIS } from './tuning.js'

/** How a message came: from whom (undefined: our own, or by other means), over how many links, and when. */
export interface Delivery {
  readonly from: PeerKey | undefined
  readonly hops: number
  readonly at: Millis
  /** What the shaping turn said: 0 if the message may not change the tree. */
  readonly turns: number
  /** When it was announced, if somebody was asked for it. */
  readonly askedSince?: Millis
  /** Who were asked for it last, and when, if somebody was. */
  readonly asked?: Asked
  /** True if it was pushed to all neighbours. */
  readonly isUrgent?: boolean
  /** False for what was not passed on, because its author had sent it to all. */
  readonly passedOn?: boolean
}

/** When a message was announced, and who was asked for it, if somebody was. */
export function askedSince(wait: Wait | undefined): Pick<Delivery, 'asked' | 'askedSince'> {
  return wait?.asked === undefined ? {} : { asked: wait.asked, askedSince: wait.since }
}

/** Which neighbours messages are pushed to, and what adds a link to the tree or takes it out. */
export class Tree {
  readonly #outbox: Outbox
  readonly #optimizeHops: number
  // BOUNDED: the neighbours are membership's active view (ACTIVE_MAX); a peer is in one of the two sets.
  readonly #eager = new Set<PeerKey>()
  readonly #lazy = new Set<PeerKey>()
  // Of the eager ones, those that nothing new has come from yet: the tree did without them.
  readonly #fresh = new Set<PeerKey>()
  readonly #shapingTurn = new ShapingTurn()
  /** When a message went along it last. */
  #usedAt: Millis = Number.NEGATIVE_INFINITY
  /** How many times messages came again, on average. */
  #redundancy = 0

  /** `optimizeHops`: hops that an announcer must save to be preferred. */
  constructor(outbox: Outbox, optimizeHops = OPTIMIZE_HOPS) {
    this.#outbox = outbox
    this.#optimizeHops = optimizeHops
  }

  /** Neighbours that messages are pushed to. */
  get eager(): ReadonlySet<PeerKey> {
    return this.#eager
  }

  /** Neighbours that messages are only announced to. */
  get lazy(): ReadonlySet<PeerKey> {
    return this.#lazy
  }

  has(peer: PeerKey): boolean {
    return this.#eager.has(peer) || this.#lazy.has(peer)
  }

  /** How many neighbours there are. */
  get size(): number {
    return this.#eager.size + this.#lazy.size
  }

  /** All of them. */
  *neighbours(): Generator<PeerKey> {
    yield* this.#eager
    yield* this.#lazy
  }

  /** A new neighbour. */
  add(peer: PeerKey): void {
    this.#eager.add(peer)
    this.#fresh.add(peer)
  }

  /** The neighbour is gone; true if its link was of the tree. */
  remove(peer: PeerKey): boolean {
    this.#lazy.delete(peer)
    this.#fresh.delete(peer)
    return this.#eager.delete(peer)
  }

  makeEager(peer: PeerKey): void {
    if (this.#lazy.delete(peer)) this.#eager.add(peer)
  }

  /** The link is not of the tree. Whoever has no other one goes back into it elsewhere: what it says would reach nobody until it is asked for. */
  makeLazy(peer: PeerKey): void {
    const wasEager = this.#eager.delete(peer)
    this.#fresh.delete(peer)
    if (!wasEager) return
    const [other] = this.#eager.size === 0 ? this.#lazy : []
    this.#lazy.add(peer)
    if (other !== undefined) this.keep(other)
  }

  /** A message goes along the tree. */
  use(): void {
    this.#usedAt = this.#outbox.now
  }

  /**
   * A message goes to everybody otherwise. A tree that is not used is not mended either: after a while all links are of it
   * again, so that the next message that needs it arrives in time, and shows which to leave out.
   */
  rest(): void {
    if (this.#outbox.now - this.#usedAt < TREE_REST_MILLIS) return
    if (this.#fresh.size < this.size) for (const peer of [...this.neighbours()]) this.#renew(peer)
  }

  #renew(peer: PeerKey): void {
    this.makeEager(peer)
    this.#fresh.add(peer)
  }

  /** Takes note of a new message: above 0 if it may change the tree. `calm`: nothing was asked for in vain of late. */
  train(message: VerifiedMessage, calm: boolean): number {
    // If there is no tree yet, that is why messages take long.
    const busy = !calm && this.#redundancy < REDUNDANCY_HIGH
    return this.#shapingTurn.note(message, busy, this.#outbox.now)
  }

  /** Something new came from this neighbour first. */
  brought(peer: PeerKey): void {
    this.#redundancy *= 1 - REDUNDANCY_WEIGHT
    this.#fresh.delete(peer)
  }

  /** A link that a message came by first belongs to the tree; the other side may have pushed only because it was asked. */
  keep(peer: PeerKey): void {
    if (!this.#lazy.has(peer)) return
    this.makeEager(peer)
    this.#outbox.send(peer, { type: 'graft', ids: [] })
  }

  /** A message came again from `peer`: that is a cycle, if it crosses the room alone or this link is new. */
  cameAgain(peer: PeerKey, { from, isUrgent, passedOn = true, turns }: Delivery): void {
    // That goes over links as well that are not of the tree.
    if (isUrgent === true && this.#lazy.has(peer)) return
    this.#redundancy += REDUNDANCY_WEIGHT
    if (turns === 0 && !this.#fresh.has(peer)) return
    // An author that sends to all does so on links as well that are not of the tree.
    if (!passedOn && from !== undefined) this.keep(from)
    this.#prune(peer)
  }

  /** The tree takes the shorter way if that saves enough hops (paper, section 3.8). */
  shorten(announcer: PeerKey, announced: number, { from, hops, turns }: Delivery): void {
    if (from === undefined || turns === 0) return
    if (hops - announced < (turns === 1 ? OPTIMIZE_HOPS_FIRST : this.#optimizeHops)) return
    if (!this.#lazy.has(announcer) || !this.#eager.has(from)) return
    this.keep(announcer)
    this.#prune(from)
  }

  #prune(peer: PeerKey): void {
    this.makeLazy(peer)
    this.#outbox.send(peer, { type: 'prune' })
  }
}
