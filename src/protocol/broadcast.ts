import {
  ANNOUNCE_WINDOW_MILLIS,
  GRAFT_MILLIS,
  GRAFT_RETRY_MILLIS,
  GRAFT_SOON_MILLIS,
  HOPS_MAX,
  IHAVE_MAX,
  LAZY_FLUSH_MILLIS,
  type Millis,
  OPTIMIZE_HOPS,
  OPTIMIZE_HOPS_FIRST,
  SEEN_MAX
} from './config.js'
import type { BroadcastInput, BroadcastOutput } from './events.js'
import type { BroadcastFrame, GraftFrame, HaveEntry, IHaveFrame } from './frames.js'
import type { MessageId, PeerKey } from './ids.js'
import type { VerifiedMessage } from './message.js'
import { Missing } from './missing.js'
import { Recent } from './recent.js'
import { Trainer } from './trainer.js'

/** What broadcast needs from its owner, and its tunables. */
export interface BroadcastOptions {
  /** A message that is stored here, to answer a GRAFT; undefined where it is not (any more). */
  readonly recall: (id: MessageId) => VerifiedMessage | undefined
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
  /** What the trainer said: 0 where the message may not change the tree. */
  readonly turns: number
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
  readonly #optimizeHops: number
  // BOUNDED: the neighbours are membership's active view (ACTIVE_MAX); a peer is in one of the two sets.
  readonly #eager = new Set<PeerKey>()
  readonly #lazy = new Set<PeerKey>()
  // Of the eager ones, those that nothing new has come from yet: the tree did without them.
  readonly #fresh = new Set<PeerKey>()
  // BOUNDED: `seenMax`; ids that were forgotten are still known to `recall`.
  readonly #seen: Recent<MessageId, Delivery>
  readonly #missing = new Missing()
  // BOUNDED: one queue per neighbour, sent when it holds IHAVE_MAX.
  readonly #queues = new Map<PeerKey, HaveEntry[]>()
  readonly #trainer = new Trainer()
  #flushing = false
  // True where a link of the tree was lost: the next graft is to replace it.
  #mending = false
  // BOUNDED: the outputs of one input.
  #out: BroadcastOutput[] = []

  constructor(options: BroadcastOptions) {
    this.#recall = options.recall
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
    let queued = 0
    for (const queue of this.#queues.values()) queued += queue.length
    return { seen: this.#seen.size, missing: this.#missing.size, queued }
  }

  /** True where the message was published, received or obtained here. */
  hasSeen(id: MessageId): boolean {
    return this.#seen.has(id) || this.#recall(id) !== undefined
  }

  /** Takes one event at the time `now` and says what is to be done, in order. Never throws. */
  handle(input: BroadcastInput, now: Millis): BroadcastOutput[] {
    this.#out = []
    this.#take(input, now)
    return this.#out
  }

  #take(input: BroadcastInput, now: Millis): void {
    switch (input.type) {
      case 'neighbor-up':
        this.#neighborUp(input.peer, now)
        break
      case 'neighbor-down':
        this.#neighborDown(input.peer)
        break
      case 'publish':
        this.#publish(input.message, now)
        break
      case 'received':
        this.#received(input.from, input.message, input.hops, now)
        break
      case 'duplicate':
        this.#duplicate(input.from, input.id)
        break
      case 'obtained':
        this.#obtained(input.id, now)
        break
      case 'frame':
        this.#frame(input.from, input.frame)
        break
      case 'timer':
        if (input.timer.name === 'graft') this.#overdue(input.timer.id)
        else this.#flush()
        break
    }
  }

  #frame(from: PeerKey, frame: Exclude<BroadcastFrame, { type: 'message' }>): void {
    if (!this.#isNeighbor(from)) return
    switch (frame.type) {
      case 'ihave':
        this.#announced(from, frame)
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

  #isNeighbor(peer: PeerKey): boolean {
    return this.#eager.has(peer) || this.#lazy.has(peer)
  }

  #neighborUp(peer: PeerKey, now: Millis): void {
    if (this.#isNeighbor(peer)) return
    this.#eager.add(peer)
    this.#fresh.add(peer)
    // What was under way while this link replaced another would otherwise wait for reconciling.
    for (const [id, { at, hops }] of this.#seen.entries()) {
      if (now - at >= ANNOUNCE_WINDOW_MILLIS || this.#recall(id) === undefined) continue
      this.#enqueue(peer, { id, hops: hops + 1 })
    }
  }

  #neighborDown(peer: PeerKey): void {
    if (this.#eager.delete(peer)) this.#mending = true
    this.#lazy.delete(peer)
    this.#fresh.delete(peer)
    this.#queues.delete(peer)
  }

  #makeEager(peer: PeerKey): void {
    if (this.#lazy.delete(peer)) this.#eager.add(peer)
  }

  #makeLazy(peer: PeerKey): void {
    if (this.#eager.delete(peer)) this.#lazy.add(peer)
    this.#fresh.delete(peer)
  }

  // Messages

  #publish(message: VerifiedMessage, now: Millis): void {
    this.#trainer.note(message, now)
    this.#spread(message, { from: undefined, hops: 0, at: now, turns: 0 })
  }

  #received(from: PeerKey, message: VerifiedMessage, claimed: number, now: Millis): void {
    if (this.hasSeen(message.id)) {
      this.#duplicate(from, message.id)
      return
    }
    const turns = this.#trainer.note(message, now)
    const delivery = { from, hops: clampHops(claimed), at: now, turns }
    const nearest = this.#missing.nearest(message.id)
    this.#fresh.delete(from)
    if (this.#eager.has(from)) this.#mending = false
    if (turns > 0) this.#keep(from)
    this.#spread(message, delivery)
    if (nearest !== undefined) this.#compare(nearest.peer, nearest.hops, delivery)
  }

  /** A link that a message came by first belongs to the tree; the other side may have pushed only because it was asked. */
  #keep(peer: PeerKey): void {
    if (!this.#lazy.has(peer)) return
    this.#makeEager(peer)
    this.#send(peer, { type: 'graft', ids: [] })
  }

  #spread(message: VerifiedMessage, delivery: Delivery): void {
    this.#seen.set(message.id, delivery)
    this.#missing.delete(message.id)
    const hops = clampHops(delivery.hops + 1)
    const frame = { type: 'message', hops, sealed: message.sealed } as const
    for (const peer of this.#eager) if (peer !== delivery.from) this.#send(peer, frame)
    for (const peer of this.#lazy) {
      if (peer !== delivery.from) this.#enqueue(peer, { id: message.id, hops })
    }
  }

  #duplicate(from: PeerKey, id: MessageId): void {
    const delivery = this.#seen.get(id)
    // Who brought it first may bring it again (a graft that crossed it) without being a cycle.
    if (delivery === undefined || delivery.from === from || !this.#isNeighbor(from)) return
    if (delivery.turns === 0 && !this.#fresh.has(from)) return
    this.#makeLazy(from)
    this.#send(from, { type: 'prune' })
  }

  #obtained(id: MessageId, now: Millis): void {
    this.#missing.delete(id)
    if (!this.#seen.has(id)) this.#seen.set(id, { from: undefined, hops: 0, at: now, turns: 0 })
  }

  // Announcements

  #announced(from: PeerKey, frame: IHaveFrame): void {
    for (const entry of frame.entries.slice(0, IHAVE_MAX)) {
      const { id } = entry
      const hops = clampHops(entry.hops)
      const delivery = this.#seen.get(id)
      if (delivery !== undefined) this.#compare(from, hops, delivery)
      else if (this.#recall(id) === undefined && this.#missing.announce(id, from, hops)) {
        this.#waitFor(id, this.#mending ? GRAFT_SOON_MILLIS : GRAFT_MILLIS)
      }
    }
  }

  /** The tree takes the shorter way where that saves enough hops (paper, section 3.8). */
  #compare(announcer: PeerKey, announced: number, { from, hops, turns }: Delivery): void {
    if (from === undefined || turns === 0) return
    if (hops - announced < (turns === 1 ? OPTIMIZE_HOPS_FIRST : this.#optimizeHops)) return
    if (!this.#lazy.has(announcer) || !this.#eager.has(from)) return
    this.#keep(announcer)
    this.#makeLazy(from)
    this.#send(from, { type: 'prune' })
  }

  #overdue(id: MessageId): void {
    const peer = this.#nextAnnouncer(id)
    if (peer === undefined) {
      this.#missing.delete(id)
      return
    }
    this.#send(peer, { type: 'graft', ids: [id] })
    if (this.#mending) this.#makeEager(peer)
    // Whether the link is to stay is seen when the message comes.
    else if (this.#lazy.has(peer)) this.#send(peer, { type: 'prune' })
    this.#mending = false
    this.#waitFor(id, GRAFT_RETRY_MILLIS)
  }

  /** An eager announcer first: one graft has mended the tree for all messages that were under way. */
  #nextAnnouncer(id: MessageId): PeerKey | undefined {
    let peer = this.#missing.next(id, each => this.#eager.has(each))
    while (peer !== undefined && !this.#isNeighbor(peer)) {
      peer = this.#missing.next(id, each => this.#eager.has(each))
    }
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

  #enqueue(peer: PeerKey, entry: HaveEntry): void {
    const queue = this.#queues.get(peer) ?? []
    queue.push(entry)
    this.#queues.set(peer, queue)
    if (queue.length >= IHAVE_MAX) {
      this.#sendQueue(peer, queue)
      return
    }
    if (this.#flushing) return
    this.#flushing = true
    this.#out.push({ type: 'timer', after: LAZY_FLUSH_MILLIS, timer: { name: 'lazy-flush' } })
  }

  #flush(): void {
    this.#flushing = false
    for (const [peer, queue] of this.#queues) this.#sendQueue(peer, queue)
  }

  #sendQueue(peer: PeerKey, entries: HaveEntry[]): void {
    this.#queues.delete(peer)
    this.#send(peer, { type: 'ihave', entries })
  }

  #waitFor(id: MessageId, after: Millis): void {
    this.#out.push({ type: 'timer', after, timer: { name: 'graft', id } })
  }

  #send(to: PeerKey, frame: BroadcastFrame): void {
    this.#out.push({ type: 'send', to, frame })
  }
}

/** A stranger's number as a hop count: 0 to HOPS_MAX. */
function clampHops(hops: number): number {
  return Math.max(0, Math.min(HOPS_MAX, Math.floor(hops) || 0))
}
