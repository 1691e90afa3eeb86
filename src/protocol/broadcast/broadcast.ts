import type { MessageId, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import {
  ANNOUNCE_WINDOW_MILLIS,
  GRAFT_SOON_MILLIS,
  GRAFT_SPREAD_MILLIS,
  HOPS_MAX,
  IHAVE_MAX,
  LAZY_FLUSH_MILLIS,
  LAZY_SPREAD_MILLIS,
  MEND_PAUSE_MILLIS,
  OPTIMIZE_HOPS,
  OPTIMIZE_HOPS_FIRST,
  PATIENT_FLUSH_MILLIS,
  REDUNDANCY_HIGH,
  REDUNDANCY_WEIGHT,
  SEEN_MAX,
  SETTLING_MILLIS
} from '../config.js'
import type { BroadcastInput, BroadcastOutput } from '../events.js'
import type { BroadcastFrame, GraftFrame, IHaveFrame } from '../wire/frames.js'
import type { KnownMessage, VerifiedMessage } from '../wire/message.js'
import { GraftDelay } from './graft-delay.js'
import { type Announcement, LazyQueues } from './lazy-queues.js'
import { type Announcer, Missing, type Wait } from './missing.js'
import { ShapingTurn } from './shaping-turn.js'

/** What broadcast needs from its owner, and its tunables. */
export interface BroadcastOptions {
  /** A message that is stored here, to answer a GRAFT; undefined where it is not (any more). */
  readonly recall: (id: MessageId) => VerifiedMessage | undefined
  /** The same, to tell of it and not to send it: cheaper. Default: `recall`. */
  readonly peek?: (id: MessageId) => KnownMessage | undefined
  /** Our key, as the neighbours know it: of two that have the same only the larger announces. Default: both do. */
  readonly self?: PeerKey
  /** Whether a message may be announced on lazy links some seconds later: nobody waits for it. Default: none may. */
  readonly isPatient?: (message: KnownMessage) => boolean
  /** Message ids remembered. Default SEEN_MAX. */
  readonly seenMax?: number
  /** Hops that an announcer must save to be preferred. Default OPTIMIZE_HOPS. */
  readonly optimizeHops?: number
}

/** How a message came: from whom (undefined: our own, or by other means), over how many links, and when. */
interface Delivery {
  readonly from: PeerKey | undefined
  readonly hops: number
  readonly at: Millis
  /** What the shapingTurn said: 0 where the message may not change the tree. */
  readonly turns: number
  /** When it was announced, where somebody was asked for it. */
  readonly askedSince?: Millis
}

/**
 * Plumtree (Leitão, Pereira, Rodrigues, SRDS 2007): messages are pushed whole along a tree of eager links, and
 * announced by id on the others. A duplicate turns its link lazy, an announced message that does not come
 * turns it eager again. All authors share one tree.
 *
 * `hops` in a frame is the number of links that the message has crossed when that frame arrives.
 */
export class Broadcast {
  readonly #recall: BroadcastOptions['recall']
  readonly #peek: (id: MessageId) => KnownMessage | undefined
  readonly #isPatient: (message: KnownMessage) => boolean
  readonly #optimizeHops: number
  // BOUNDED: the neighbours are membership's active view (ACTIVE_MAX); a peer is in one of the two sets.
  readonly #eager = new Set<PeerKey>()
  readonly #lazy = new Set<PeerKey>()
  // Of the eager ones, those that nothing new has come from yet: the tree did without them.
  readonly #fresh = new Set<PeerKey>()
  // BOUNDED: `seenMax`; ids that were forgotten are still known to `recall`.
  readonly #seen: Recent<MessageId, Delivery>
  readonly #missing = new Missing()
  readonly #queues: LazyQueues
  readonly #graftDelay = new GraftDelay()
  readonly #shapingTurn = new ShapingTurn()
  /** How many times messages came again, on average. */
  #redundancy = 0
  #now: Millis = 0
  /** When the lazy queues are sent. */
  #flushAt: Millis = Number.POSITIVE_INFINITY
  /** When the graft timer that counts fires. */
  #alarmAt: Millis = Number.POSITIVE_INFINITY
  // True where a link of the tree was lost: the next graft is to replace it.
  #mending = false
  #mendedAt: Millis = 0
  /** When a neighbour came or went. */
  #changedAt: Millis = 0
  // BOUNDED: the outputs of one input.
  #out: BroadcastOutput[] = []

  constructor(options: BroadcastOptions) {
    this.#recall = options.recall
    this.#peek = options.peek ?? options.recall
    this.#isPatient = options.isPatient ?? (() => false)
    this.#queues = new LazyQueues(options.self)
    this.#optimizeHops = options.optimizeHops ?? OPTIMIZE_HOPS
    this.#seen = new Recent(options.seenMax ?? SEEN_MAX)
  }

  /** Neighbours that messages are pushed to. */
  get eager(): ReadonlySet<PeerKey> {
    return this.#eager
  }

  /** Neighbours that messages are only announced to. */
  get lazy(): ReadonlySet<PeerKey> {
    return this.#lazy
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { seen: number; missing: number; queued: number } {
    return { seen: this.#seen.size, missing: this.#missing.size, queued: this.#queues.size }
  }

  /** True where the message was published, received or obtained here. */
  hasSeen(id: MessageId): boolean {
    return this.#seen.has(id) || this.#peek(id) !== undefined
  }

  /** True where the peer was said to be a neighbour. */
  isNeighbor(peer: PeerKey): boolean {
    return this.#eager.has(peer) || this.#lazy.has(peer)
  }

  /** Takes one event at the time `now` and says what is to be done, in order. Never throws. */
  handle(input: BroadcastInput, now: Millis): BroadcastOutput[] {
    this.#out = []
    this.#now = now
    this.#take(input)
    return this.#out
  }

  #take(input: BroadcastInput): void {
    switch (input.type) {
      case 'neighbor-up':
        this.#neighborUp(input.peer)
        break
      case 'neighbor-down':
        this.#neighborDown(input.peer)
        break
      case 'publish':
        this.#publish(input.message)
        break
      case 'received':
        this.#received(input.from, input.message, input.hops)
        break
      case 'duplicate':
        this.#duplicate(input.from, input.id)
        break
      case 'obtained':
        this.#obtained(input.id)
        break
      case 'named':
        for (const id of input.ids)
          this.#announced({ peer: input.from, hops: HOPS_MAX, isHearsay: true }, id)
        break
      case 'frame':
        this.#frame(input.from, input.frame)
        break
      case 'timer':
        if (input.timer.name === 'graft') this.#overdue()
        else this.#flush(input.timer.at)
        break
    }
  }

  #frame(from: PeerKey, frame: Exclude<BroadcastFrame, { type: 'message' }>): void {
    if (!this.isNeighbor(from)) return
    switch (frame.type) {
      case 'ihave':
        this.#haves(from, frame)
        break
      case 'graft':
        this.#grafted(from, frame)
        break
      case 'prune':
        this.#makeLazy(from)
        break
    }
  }

  // Neighbours

  #neighborUp(peer: PeerKey): void {
    if (this.isNeighbor(peer)) return
    this.#changedAt = this.#now
    this.#eager.add(peer)
    this.#fresh.add(peer)
    // What was under way while this link replaced another would otherwise wait for reconciling.
    for (const [id, { at, hops }] of this.#seen.entries()) {
      if (this.#now - at >= ANNOUNCE_WINDOW_MILLIS) continue
      const message = this.#peek(id)
      if (message !== undefined) this.#enqueue(peer, message, hops + 1)
    }
  }

  #neighborDown(peer: PeerKey): void {
    this.#changedAt = this.#now
    if (this.#eager.delete(peer)) this.#mending = true
    this.#lazy.delete(peer)
    this.#fresh.delete(peer)
    this.#queues.drop(peer)
    this.#missing.promises.forget(peer)
  }

  #makeEager(peer: PeerKey): void {
    if (this.#lazy.delete(peer)) this.#eager.add(peer)
  }

  #makeLazy(peer: PeerKey): void {
    if (this.#eager.delete(peer)) this.#lazy.add(peer)
    this.#fresh.delete(peer)
  }

  // Messages

  #publish(message: VerifiedMessage): void {
    const turns = this.#train(message)
    this.#spread(message, { from: undefined, hops: 0, at: this.#now, turns: 0 }, turns > 0)
  }

  #received(from: PeerKey, message: VerifiedMessage, claimed: number): void {
    this.#missing.promises.kept(from)
    if (this.hasSeen(message.id)) {
      this.#duplicate(from, message.id)
      return
    }
    const wait = this.#missing.take(message.id)
    this.#redundancy *= 1 - REDUNDANCY_WEIGHT
    const turns = this.#train(message)
    const delivery = { from, hops: clampHops(claimed), at: this.#now, turns, ...this.#learn(wait) }
    this.#fresh.delete(from)
    if (this.#eager.has(from)) this.#mending = false
    // Where messages take long, one that was asked for may well be faster than a good tree.
    if (this.#isCalm && (turns > 0 || this.#mayMend(wait))) this.#keep(from)
    this.#spread(message, delivery, turns > 0)
    if (wait?.nearest !== undefined) this.#compare(wait.nearest.peer, wait.nearest.hops, delivery)
  }

  /** Who came by itself shows how late pushes are. Who was asked for may have come because of that, and tells when it comes again. */
  #learn(wait: Wait | undefined): { readonly askedSince?: Millis } {
    if (wait === undefined) return {}
    if (wait.asked) return { askedSince: wait.since }
    this.#graftDelay.late(this.#now - wait.since, this.#now)
    return {}
  }

  // Without a turn, one break a second: each of those behind it sees it, and each may mend it.
  #mayMend(wait: Wait | undefined): boolean {
    if (wait?.asked !== true || this.#now - this.#mendedAt < MEND_PAUSE_MILLIS) return false
    this.#mendedAt = this.#now
    return true
  }

  get #isCalm(): boolean {
    return this.#graftDelay.isCalm(this.#now)
  }

  #train(message: VerifiedMessage): number {
    // Where there is no tree yet, that is why messages take long.
    const busy = !this.#isCalm && this.#redundancy < REDUNDANCY_HIGH
    return this.#shapingTurn.note(message, busy, this.#now)
  }

  /** A link that a message came by first belongs to the tree; the other side may have pushed only because it was asked. */
  #keep(peer: PeerKey): void {
    if (!this.#lazy.has(peer)) return
    this.#makeEager(peer)
    this.#send(peer, { type: 'graft', ids: [] })
  }

  #spread(message: VerifiedMessage, delivery: Delivery, shapes: boolean): void {
    this.#seen.set(message.id, delivery)
    const hops = clampHops(delivery.hops + 1)
    const frame = { type: 'message', hops, sealed: message.sealed } as const
    for (const peer of this.#eager) if (peer !== delivery.from) this.#send(peer, frame)
    for (const peer of this.#lazy) {
      if (peer !== delivery.from) this.#enqueue(peer, message, hops, shapes)
    }
  }

  #duplicate(from: PeerKey, id: MessageId): void {
    this.#missing.promises.kept(from)
    this.#queues.has(from, id)
    const delivery = this.#seen.get(id)
    // Who brought it first may bring it again (a graft that crossed it) without being a cycle.
    if (delivery === undefined || delivery.from === from || !this.isNeighbor(from)) return
    this.#redundancy += REDUNDANCY_WEIGHT
    if (delivery.askedSince !== undefined) {
      this.#graftDelay.askedInVain(this.#now - delivery.askedSince, this.#now)
    }
    if (delivery.turns === 0 && !this.#fresh.has(from)) return
    this.#makeLazy(from)
    this.#send(from, { type: 'prune' })
  }

  #obtained(id: MessageId): void {
    this.#missing.take(id)
    if (!this.#seen.has(id)) {
      this.#seen.set(id, { from: undefined, hops: 0, at: this.#now, turns: 0 })
    }
  }

  // Announcements

  #haves(from: PeerKey, { entries }: IHaveFrame): void {
    for (const { hops, id } of entries.slice(0, IHAVE_MAX)) {
      this.#queues.has(from, id)
      this.#announced({ peer: from, hops: clampHops(hops) }, id)
    }
  }

  #announced(announcer: Announcer, id: MessageId): void {
    const { hops, peer: from } = announcer
    const delivery = this.#seen.get(id)
    if (delivery !== undefined) {
      this.#compare(from, hops, delivery)
      return
    }
    if (this.#recall(id) !== undefined || !this.isNeighbor(from)) return
    if (!this.#missing.promises.believes(from)) return
    const graftDelay = this.#graftAfter()
    if (this.#missing.announce(id, announcer, this.#now, graftDelay)) {
      this.#wakeAt(this.#now + graftDelay)
    }
  }

  /** The tree takes the shorter way where that saves enough hops (paper, section 3.8). */
  #compare(announcer: PeerKey, announced: number, { from, hops, turns }: Delivery): void {
    if (from === undefined || turns === 0 || !this.#isCalm) return
    if (hops - announced < (turns === 1 ? OPTIMIZE_HOPS_FIRST : this.#optimizeHops)) return
    if (!this.#lazy.has(announcer) || !this.#eager.has(from)) return
    this.#keep(announcer)
    this.#makeLazy(from)
    this.#send(from, { type: 'prune' })
  }

  #graftAfter(): Millis {
    return this.#mending ? GRAFT_SOON_MILLIS : this.#graftDelay.first(this.#now)
  }

  #overdue(): void {
    // Timers can fire a little early.
    if (this.#now + GRAFT_SPREAD_MILLIS >= this.#alarmAt) this.#alarmAt = Number.POSITIVE_INFINITY
    const asked = new Map<PeerKey, MessageId[]>()
    for (const id of this.#missing.due(this.#now, this.#graftAfter())) {
      const peer = this.#nextAnnouncer(id)
      if (peer === undefined) {
        this.#missing.take(id)
        continue
      }
      const ids = asked.get(peer)
      if (ids === undefined) asked.set(peer, [id])
      else ids.push(id)
    }
    for (const [peer, ids] of asked) this.#ask(peer, ids)
    const next = this.#missing.nextDueAt
    if (next !== undefined) this.#wakeAt(Math.max(next, this.#now + GRAFT_SPREAD_MILLIS))
  }

  #ask(peer: PeerKey, ids: readonly MessageId[]): void {
    for (let at = 0; at < ids.length; at += IHAVE_MAX) {
      this.#send(peer, { type: 'graft', ids: ids.slice(at, at + IHAVE_MAX) })
    }
    if (this.#mending) this.#makeEager(peer)
    // Whether the link is to stay is seen when the message comes.
    else if (this.#lazy.has(peer)) this.#send(peer, { type: 'prune' })
    this.#mending = false
  }

  /** An eager announcer first: one graft has mended the tree for all messages that were under way. */
  #nextAnnouncer(id: MessageId): PeerKey | undefined {
    const next = () =>
      this.#missing.ask(
        id,
        each => this.#eager.has(each),
        this.#now + this.#graftDelay.again(this.#now)
      )
    let peer = next()
    while (peer !== undefined && !this.isNeighbor(peer)) peer = next()
    return peer
  }

  #grafted(from: PeerKey, { ids }: GraftFrame): void {
    this.#makeEager(from)
    for (const id of ids.slice(0, IHAVE_MAX)) {
      const message = this.#recall(id)
      if (message === undefined) continue
      const hops = clampHops((this.#seen.get(id)?.hops ?? 0) + 1)
      this.#send(from, { type: 'message', hops, sealed: message.sealed })
    }
  }

  // Lazy queues and timers

  /** `shapes`: the message may change the tree, so that either side is to know over how many hops the other has it. */
  #enqueue(peer: PeerKey, message: KnownMessage, hops: number, shapes = false): void {
    const wait = this.#canWait(message) ? PATIENT_FLUSH_MILLIS : LAZY_FLUSH_MILLIS
    const dueAt = this.#now + (shapes ? wait : this.#queues.wait(peer, wait))
    const full = this.#queues.add(peer, message.id, { hops, dueAt, both: shapes })
    if (full !== undefined) this.#announce(full)
    else this.#flushAtLatest(dueAt)
  }

  #canWait(message: KnownMessage): boolean {
    return this.#isPatient(message) && this.#now - this.#changedAt >= SETTLING_MILLIS
  }

  #flushAtLatest(at: Millis): void {
    if (at >= this.#flushAt) return
    this.#flushAt = at
    this.#out.push({
      type: 'timer',
      after: at - this.#now,
      timer: { name: 'lazy-flush', at }
    })
  }

  /** The timer fired that was to at that time; another one may have been set since for an earlier one. */
  #flush(at: Millis): void {
    if (at !== this.#flushAt) return
    this.#flushAt = Number.POSITIVE_INFINITY
    for (const due of this.#queues.takeDue(Math.max(at, this.#now))) this.#announce(due)
    const next = this.#queues.nextDueAt
    if (next !== undefined) this.#flushAtLatest(Math.max(next, this.#now + LAZY_SPREAD_MILLIS))
  }

  #announce({ entries, peer }: Announcement): void {
    this.#send(peer, { type: 'ihave', entries })
  }

  /** One timer for all that is waited for, and a new one only where it has to fire notably earlier. */
  #wakeAt(at: Millis): void {
    if (at + GRAFT_SPREAD_MILLIS > this.#alarmAt) return
    this.#alarmAt = at
    this.#out.push({ type: 'timer', after: at - this.#now, timer: { name: 'graft' } })
  }

  #send(to: PeerKey, frame: BroadcastFrame): void {
    this.#out.push({ type: 'send', to, frame })
  }
}

/** A stranger's number as a hop count: 0 to HOPS_MAX. */
function clampHops(hops: number): number {
  return Math.max(0, Math.min(HOPS_MAX, Math.floor(hops) || 0))
}
