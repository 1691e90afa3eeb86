import type { MessageId, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { ANNOUNCE_WINDOW_MILLIS, HOPS_MAX, IHAVE_MAX, SEEN_MAX } from '../config.js'
import type { BroadcastInput, BroadcastOutput, BroadcastTimer } from '../events.js'
import type { BroadcastFrame, GraftFrame, IHaveFrame } from '../wire/frames.js'
import type { KnownMessage, VerifiedMessage } from '../wire/message.js'
import { Announcing, type IsPatient } from './announcing.js'
import type { Attendance } from './full-mesh.js'
import { Grafting } from './grafting.js'
import { clampHops } from './hops.js'
import { Mesh } from './mesh.js'
import { nearestOf, type Wait } from './missing.js'
import { Outbox } from './outbox.js'
import type { Announcer } from './promises.js'
import { askedSince, type Delivery, Tree } from './tree.js'

/** What broadcast needs from its owner, and its tunables. */
export interface BroadcastOptions {
  /** A message that is stored here, to answer a GRAFT; undefined where it is not (any more). */
  readonly recall: (id: MessageId) => VerifiedMessage | undefined
  /** The same, to tell of it and not to send it: cheaper. Default: `recall`. */
  readonly peek?: (id: MessageId) => KnownMessage | undefined
  /** True for what `peek` gives; of any number of ids that others name, so nothing may be read for it. Default: `peek`. */
  readonly has?: (id: MessageId) => boolean
  /** Our key, as the neighbours know it: of two that have the same only the larger announces. Default: both do. */
  readonly self?: PeerKey
  /** Whether a message may be announced on lazy links some seconds later: nobody waits for it. Default: none may. */
  readonly isPatient?: IsPatient
  /** Whether a message is pushed to all neighbours: whoever is to hear it has no time for an announcement. Default: none is. */
  readonly isUrgent?: (message: VerifiedMessage) => boolean
  /** Who is in the room: while all of them are neighbours, there is no need of a tree. Default: nothing is known of it. */
  readonly attendance?: Attendance
  /** Message ids remembered. Default SEEN_MAX. */
  readonly seenMax?: number
  /** Hops that an announcer must save to be preferred. Default OPTIMIZE_HOPS. */
  readonly optimizeHops?: number
}

type Received = Extract<BroadcastInput, { type: 'received' }>
type Obtained = Extract<BroadcastInput, { type: 'obtained' }>

/**
 * Plumtree (Leitão, Pereira, Rodrigues, SRDS 2007): messages are pushed whole along a tree of eager links, and
 * announced by id on the others. A duplicate turns its link lazy, an announced message that does not come
 * turns it eager again. All authors share one tree. Where everybody is linked to everybody, an author sends what it says
 * to all itself, and nobody passes it on.
 *
 * `hops` in a frame is the number of links that the message has crossed when that frame arrives.
 */
export class Broadcast {
  readonly #recall: BroadcastOptions['recall']
  readonly #peek: (id: MessageId) => KnownMessage | undefined
  readonly #has: (id: MessageId) => boolean
  readonly #isUrgent: (message: VerifiedMessage) => boolean
  readonly #outbox = new Outbox()
  readonly #tree: Tree
  readonly #grafting: Grafting
  readonly #announcing: Announcing
  readonly #mesh: Mesh
  // BOUNDED: `seenMax`; ids that were forgotten are still known to `recall`.
  readonly #seen: Recent<MessageId, Delivery>

  constructor(options: BroadcastOptions) {
    const { attendance, isPatient, peek, recall, self } = options
    this.#recall = recall
    this.#peek = peek ?? recall
    this.#has = options.has ?? (id => this.#peek(id) !== undefined)
    this.#isUrgent = options.isUrgent ?? (() => false)
    const tree = new Tree(this.#outbox, options.optimizeHops)
    this.#tree = tree
    this.#grafting = new Grafting(this.#outbox, this.#tree)
    this.#announcing = new Announcing(this.#outbox, self, isPatient)
    this.#mesh = new Mesh({ outbox: this.#outbox, tree, self, attendance })
    this.#seen = new Recent(options.seenMax ?? SEEN_MAX)
  }

  /** Neighbours that messages are pushed to. */
  get eager(): ReadonlySet<PeerKey> {
    return this.#tree.eager
  }

  /** Neighbours that messages are only announced to. */
  get lazy(): ReadonlySet<PeerKey> {
    return this.#tree.lazy
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { seen: number; missing: number; queued: number; checked: number } {
    return {
      seen: this.#seen.size,
      missing: this.#grafting.size,
      queued: this.#announcing.size,
      checked: this.#mesh.size
    }
  }

  /** True where the message was published, received or obtained here. */
  hasSeen(id: MessageId): boolean {
    return this.#seen.has(id) || this.#has(id)
  }

  /** True where the peer was said to be a neighbour. */
  isNeighbor(peer: PeerKey): boolean {
    return this.#tree.has(peer)
  }

  /** Takes one event at the time `now` and says what is to be done, in order. Never throws. */
  handle(input: BroadcastInput, now: Millis): BroadcastOutput[] {
    this.#outbox.begin(now)
    this.#take(input)
    return this.#outbox.end()
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
        this.#received(input)
        break
      case 'duplicate':
        this.#duplicate(input.from, input.id)
        break
      case 'obtained':
        this.#obtained(input)
        break
      case 'named':
        this.#named(input.from, input.ids)
        break
      case 'frame':
        this.#frame(input.from, input.frame)
        break
      case 'timer':
        this.#timer(input.timer)
        break
    }
  }

  #timer(timer: BroadcastTimer): void {
    if (timer.name === 'graft') this.#grafting.overdue()
    else if (timer.name === 'mesh-check') this.#mesh.check(timer.at)
    else this.#announcing.flush(timer.at)
  }

  #frame(from: PeerKey, frame: Exclude<BroadcastFrame, { type: 'message' | 'mesh' }>): void {
    if (!this.isNeighbor(from)) return
    if (frame.type === 'ihave') this.#haves(from, frame)
    else if (frame.type === 'graft') this.#grafted(from, frame)
    else this.#tree.makeLazy(from)
  }

  #neighborUp(peer: PeerKey): void {
    if (this.isNeighbor(peer)) return
    this.#announcing.neighborUp()
    this.#mesh.neighborUp(peer)
    this.#tree.add(peer)
    // What was under way while this link replaced another would otherwise wait for reconciling.
    for (const [id, { at, hops }] of this.#seen.entries()) {
      if (this.#outbox.now - at >= ANNOUNCE_WINDOW_MILLIS) continue
      const message = this.#peek(id)
      if (message !== undefined) this.#announcing.tell(peer, message, hops + 1)
    }
  }

  #neighborDown(peer: PeerKey): void {
    this.#announcing.neighborDown(peer)
    this.#mesh.neighborDown(peer)
    this.#grafting.drop(peer)
    if (this.#tree.remove(peer)) this.#grafting.broken()
  }

  #publish(message: VerifiedMessage): void {
    if (!this.#mesh.publish(message)) this.#publishAlongTree(message)
    else this.#noteOwn(message.id)
  }

  #publishAlongTree(message: VerifiedMessage): void {
    const turns = this.#tree.train(message, this.#grafting.isCalm)
    const delivery = { from: undefined, hops: 0, at: this.#outbox.now, turns: 0 }
    this.#spread(message, delivery, turns > 0)
  }

  #received({ isAuthors = false, ...arrival }: Received): void {
    const { from, hops, message } = arrival
    if (this.hasSeen(message.id)) {
      this.#duplicate(from, message.id)
      return
    }
    const wait = this.#grafting.pushed(message.id, from)
    // An author that has to be asked has not sent it to all.
    const wasAsked = wait?.asked !== undefined && !isAuthors
    if (!this.#mesh.keeps(arrival, wasAsked)) {
      this.#passOn(message, from, hops, wait)
      return
    }
    this.#grafting.mended()
    const turns = this.#tree.train(message, this.#grafting.isCalm)
    const how = { from, hops: 1, turns, passedOn: false, ...askedSince(wait) }
    this.#seen.set(message.id, { at: this.#outbox.now, ...how })
  }

  #passOn(message: VerifiedMessage, from: PeerKey, hops: number, wait: Wait | undefined): void {
    this.#tree.brought(from)
    const calm = this.#grafting.isCalm
    const turns = this.#tree.train(message, calm)
    if (this.eager.has(from)) this.#grafting.mended()
    // If messages take long, one that was asked for may well be faster than a good tree.
    if (calm && (turns > 0 || this.#grafting.mayMend(wait))) this.#tree.keep(from)
    const at = this.#outbox.now
    const delivery = { from, hops: clampHops(hops), at, turns, ...askedSince(wait) }
    this.#spread(message, delivery, turns > 0)
    if (calm) this.#compare(wait, delivery)
  }

  #compare(wait: Wait | undefined, delivery: Delivery): void {
    const nearest = nearestOf(wait?.others ?? [])
    if (nearest !== undefined) this.#tree.shorten(nearest.peer, nearest.hops, delivery)
  }

  #spread(message: VerifiedMessage, delivery: Delivery, shapes: boolean): void {
    const isUrgent = this.#isUrgent(message)
    this.#seen.set(message.id, isUrgent ? { ...delivery, isUrgent } : delivery)
    this.#tree.use()
    const hops = clampHops(delivery.hops + 1)
    const frame = { type: 'message', hops, sealed: message.sealed } as const
    for (const peer of isUrgent ? this.#tree.neighbours() : this.eager)
      if (peer !== delivery.from) this.#outbox.send(peer, frame)
    for (const peer of isUrgent ? [] : this.lazy) {
      if (peer !== delivery.from) this.#announcing.tell(peer, message, hops, shapes)
    }
  }

  #duplicate(from: PeerKey, id: MessageId): void {
    this.#mesh.shown(from, id)
    this.#announcing.peerHas(from, id)
    const delivery = this.#seen.get(id)
    // Who brought it first may bring it again (a graft that crossed it) without being a cycle.
    if (delivery === undefined || delivery.from === from || !this.isNeighbor(from)) return
    this.#grafting.cameAgain(from, delivery)
    this.#tree.cameAgain(from, delivery)
  }

  #obtained({ id, news }: Obtained): void {
    this.#grafting.obtained(id)
    if (!this.#seen.has(id)) this.#noteOwn(id)
    if (news !== undefined) this.#announcing.tellOthers(this.#tree.neighbours(), news)
  }

  // Nobody pushed it to us.
  #noteOwn(id: MessageId): void {
    this.#seen.set(id, { from: undefined, hops: 0, at: this.#outbox.now, turns: 0 })
  }

  #haves(from: PeerKey, { entries }: IHaveFrame): void {
    const at = this.#outbox.now
    for (const { hops, id } of entries.slice(0, IHAVE_MAX)) {
      this.#announcing.peerHas(from, id)
      this.#mesh.shown(from, id)
      this.#announced({ peer: from, hops: clampHops(hops), at }, id)
    }
  }

  // Who sends a message need not have what that names.
  #named(peer: PeerKey, ids: readonly MessageId[]): void {
    const hearsay = { peer, hops: HOPS_MAX, at: this.#outbox.now, isHearsay: true }
    for (const id of ids) this.#announced(hearsay, id)
  }

  #announced(announcer: Announcer, id: MessageId): void {
    const { hops, peer } = announcer
    const delivery = this.#seen.get(id)
    if (delivery !== undefined) {
      if (this.#grafting.isCalm) this.#tree.shorten(peer, hops, delivery)
    } else if (!this.#has(id) && this.isNeighbor(peer)) {
      this.#grafting.announced(id, announcer)
    }
  }

  #grafted(from: PeerKey, { ids }: GraftFrame): void {
    this.#tree.makeEager(from)
    for (const id of ids.slice(0, IHAVE_MAX)) {
      const message = this.#recall(id)
      if (message === undefined) continue
      const hops = clampHops((this.#seen.get(id)?.hops ?? 0) + 1)
      this.#outbox.send(from, { type: 'message', hops, sealed: message.sealed })
    }
  }
}
