import type { IdentityKey, MessageId, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { Budget } from '../../base/token-bucket.js'
import type { BroadcastInput } from '../events.js'
import type { Sync } from '../history/reconcile/sync.js'
import type { Timeline } from '../history/timeline.js'
import type { Added } from '../history/timeline-options.js'
import { LINK_NEWS_RATE, MAX_RECENT_MESSAGES, UNDER_WAY_MILLIS } from '../history/tuning.js'
import type { Verifier } from '../history/verifier.js'
import type { Link } from '../links/link.js'
import type { Links } from '../links/links.js'
import type { Turn } from '../turn.js'
import type {
  GraftFrame,
  IHaveFrame,
  MeshFrame,
  MessageFrame,
  PruneFrame,
  StoredFrame
} from '../wire/frames.js'
import { isEphemeral } from '../wire/kinds.js'
import type {
  BareMessage,
  CheckedMessage,
  CoveredMessage,
  Envelope,
  KnownMessage,
  VerifiedMessage
} from '../wire/message.js'
import type { Broadcast } from './broadcast.js'
import { type Inbox, isUnreadable, type Verdict, type Way } from './inbox.js'
import type { RecentMessages } from './recent-messages.js'

/** A message that is new here. */
export interface Arrival {
  readonly message: KnownMessage
  readonly way: Way
  /** Who sent it to us; undefined for our own. */
  readonly from?: PeerKey
  /** False for a message that is not stored, or had no room. */
  readonly kept: boolean
  /** What we have is no longer what our last presence said. */
  readonly headsChanged: boolean
  /** Its parents that are not here. */
  readonly missing: readonly MessageId[]
}

/** Who decides about messages, and hears of them. */
export interface GossipHandlers {
  /** False: the message is dropped as if it had not come. It may come again, over another link. */
  readonly admits: (message: VerifiedMessage, link: Link) => boolean
  /** True if its author has taken this message back. */
  readonly isDeleted: (message: Pick<Envelope, 'author' | 'id'>) => boolean
  /** A message is new here. True where it is worth pushing on though it came as `stored`. */
  readonly onmessage: (arrival: Arrival) => boolean
  /** A verified message was refused because its clock is too far ahead. `isFresh`: it was pushed. */
  readonly onahead: (author: IdentityKey, clock: Millis, link: Link, isFresh: boolean) => void
}

/** A frame that brings a message. */
type Carrier = MessageFrame | MeshFrame | StoredFrame

/** What moves messages. */
export interface GossipParts extends GossipHandlers {
  readonly turn: Turn
  readonly links: Links
  readonly inbox: Inbox
  readonly timeline: Timeline
  readonly verifier: Verifier
  readonly broadcast: Broadcast
  readonly sync: Sync
}

/** The way of a message: checked, pushed on, stored, told. Only what was verified gets past the check. */
export class Gossip {
  readonly #parts: GossipParts
  readonly #recent: RecentMessages
  // BOUNDED: MAX_RECENT_MESSAGES, the oldest goes first: ids that we asked for because their push did not come.
  readonly #grafted = new Recent<MessageId, true>(MAX_RECENT_MESSAGES)
  /** What of a link's history is told at once. Goes with its link. */
  readonly #news = new WeakMap<Link, Budget>()

  constructor(parts: GossipParts, recent: RecentMessages) {
    this.#parts = parts
    this.#recent = recent
  }

  /** The store has lost a message: it is taken if it comes again. */
  lost(id: MessageId): void {
    this.#parts.inbox.forget(id)
  }

  /** A message of our own: kept, told and pushed. */
  publish(message: VerifiedMessage): void {
    this.#parts.inbox.own(message.id)
    const { kept } = this.#keep(message)
    this.#parts.onmessage({ message, way: 'pushed', kept, headsChanged: false, missing: [] })
    this.feed({ type: 'publish', message })
  }

  /** A checked message of a transcript: kept and told as history that nobody has sent. */
  merge(message: CheckedMessage): void {
    const { onmessage, timeline, turn } = this.#parts
    this.feed({ type: 'obtained', id: message.id })
    const { headsChanged, kept, missing } = timeline.add(message, turn.now)
    if (!kept) return
    turn.push(message.isBare ? { type: 'store-bare', message } : { type: 'store', message })
    onmessage({ message, way: 'stored', kept, headsChanged, missing })
  }

  /** A message from a neighbour. */
  receive(link: Link, frame: Carrier): void {
    const way = frame.type === 'stored' ? 'stored' : 'pushed'
    const verdict = this.#parts.inbox.take(frame.sealed, way, link)
    if (verdict.type === 'new') this.#take(link, frame, verdict.message)
    else if (verdict.type === 'for-us') this.#handedOn(link, verdict.message)
    else if (verdict.type === 'covered') this.#stored(link, verdict.message)
    else this.#turnedAway(link, frame, verdict)
    if (way === 'stored') this.#parts.sync.askOn(link)
  }

  /**
   * A message without its body, from a neighbour that was asked for it. Unless its author has taken it back, as far as we
   * know, it is missing as before: somebody else may have all of it.
   */
  receiveBare(link: Link, bare: Uint8Array): void {
    if (isUnreadable(bare)) return
    const { inbox, isDeleted, links, sync, timeline, turn, verifier } = this.#parts
    const claimed = inbox.glanceBare(bare)
    if (claimed === undefined) {
      links.close(link, 'forged-message')
      return
    }
    if (!sync.came(link, claimed.id) || timeline.knows(claimed.id)) return
    const isWanted = isDeleted(claimed) && timeline.fault(claimed, turn.wall) === undefined
    if (!isWanted || verifier.refuses(claimed.author)) return
    const opened = inbox.openBare(bare)
    if (opened.ok) this.#keepBare(link, opened.message)
    else links.close(link, 'forged-message')
  }

  #keepBare(link: Link, message: BareMessage): void {
    const { onmessage, sync, timeline, turn } = this.#parts
    const { headsChanged, kept, missing } = timeline.add(message, turn.now)
    if (!kept) return
    turn.push({ type: 'store-bare', message })
    onmessage({ message, way: 'stored', from: link.peer, kept, headsChanged, missing })
    sync.obtained(link, message.id)
    sync.ask(link, missing)
  }

  /** A frame of the tree's from a neighbour. */
  frame(link: Link, frame: IHaveFrame | GraftFrame | PruneFrame): void {
    const admitted = frame.type === 'graft' ? { ...frame, ids: this.#afford(link, frame) } : frame
    this.feed({ type: 'frame', from: link.peer, frame: admitted })
  }

  /** Hands something to the broadcast machine and performs what it wants. */
  feed(input: BroadcastInput): void {
    const { broadcast, links, turn } = this.#parts
    for (const output of broadcast.handle(input, turn.now)) {
      if (output.type === 'timer') {
        turn.push(output)
        continue
      }
      if (output.frame.type === 'graft') this.#note(output.frame)
      if (output.frame.type === 'ihave') this.#tell(output.to, output.frame)
      links.sendTo(output.to, output.frame)
    }
  }

  /**
   * Those of the grafted messages that the link may still have: what we have announced to it, once each, for that is no more than
   * an eager link is pushed, and whoever floods us must not make us promise what we do not keep.
   */
  #afford(link: Link, { ids }: GraftFrame): MessageId[] {
    const { now } = this.#parts.turn
    return ids.filter(id => {
      const bytes = this.#recent.bytesOf(id)
      return bytes > 0 && (link.told.delete(id) || link.grafts.take(now, bytes))
    })
  }

  #tell(to: PeerKey, { entries }: IHaveFrame): void {
    const told = this.#parts.links.get(to)?.told
    for (const { id } of entries) told?.set(id, true)
  }

  #take(link: Link, frame: Carrier, message: VerifiedMessage): void {
    if (!this.#parts.admits(message, link)) this.#parts.inbox.forget(message.id)
    else if (frame.type !== 'stored') this.#pushed(link, frame, message)
    else if (isEphemeral(message.kind)) this.#handedOn(link, message)
    else this.#stored(link, message)
  }

  // Broadcast is told first: once we keep a message, it counts as seen.
  #pushed(link: Link, frame: MessageFrame | MeshFrame, message: VerifiedMessage): void {
    const from = link.peer
    // What was grafted may be as old as what is stored.
    const way = this.#grafted.delete(message.id) ? 'stored' : 'pushed'
    // Only an author can say whom it has sent its message to.
    const isAuthors = message.author === link.identity
    const reached = isAuthors && frame.type === 'mesh' ? frame.reached : undefined
    const hops = frame.type === 'mesh' ? 1 : frame.hops
    this.feed({ type: 'received', from, message, hops, reached, isAuthors })
    const { headsChanged, kept, missing } = this.#keep(message)
    this.#parts.onmessage({ message, way, from, kept, headsChanged, missing })
    this.#expect(link, missing)
  }

  // Parents of what was just said are on their way, as a rule.
  #expect(link: Link, missing: readonly MessageId[]): void {
    if (missing.length === 0) return
    const { broadcast, sync } = this.#parts
    if (!broadcast.isNeighbor(link.peer)) sync.ask(link, missing)
    else this.feed({ type: 'named', from: link.peer, ids: missing })
  }

  // History that has no room here is no news: it would go at once.
  #stored(link: Link, message: VerifiedMessage | CoveredMessage): void {
    const { onmessage, sync } = this.#parts
    const { headsChanged, kept, missing } = this.#keep(message)
    const isNews = kept && this.#isUnderWay(message)
    const isTold = isNews && this.#mayTell(link, message)
    const news = isTold && { news: { from: link.peer, message } }
    this.feed({ type: 'obtained', id: message.id, ...news })
    if (!kept) return
    onmessage({ message, way: 'stored', from: link.peer, kept, headsChanged, missing })
    sync.obtained(link, message.id, isNews && !isTold)
    sync.ask(link, missing)
  }

  // The exchange that follows may leave it out. One message that is dated ahead must not make all that is said no news, so here our
  // own clock tells; if that is behind, some history is announced as well.
  #isUnderWay({ clock }: Envelope): boolean {
    return clock >= this.#parts.turn.wall - UNDER_WAY_MILLIS
  }

  // Whoever is asked for what it announced and does not send it is asked last: what others have us announce is bounded.
  #mayTell(link: Link, { sealed }: Envelope): boolean {
    const { now } = this.#parts.turn
    const budget = this.#news.get(link) ?? new Budget(LINK_NEWS_RATE, now)
    this.#news.set(link, budget)
    return budget.take(sealed.byteLength, now)
  }

  // Two parts of a room that meet at one link tell each other who is there: the rest of either part is to hear it, too.
  #handedOn(link: Link, message: VerifiedMessage): void {
    const from = link.peer
    const nothing = { kept: false, headsChanged: false, missing: [] } as const
    const arrival = { message, way: 'stored', from, ...nothing } as const
    const isNews = this.#parts.onmessage(arrival)
    if (isNews) this.feed({ type: 'received', from, message, hops: 1 })
    else this.feed({ type: 'obtained', id: message.id })
    this.#keep(message)
  }

  #note({ ids }: GraftFrame): void {
    for (const id of ids) this.#grafted.set(id, true)
  }

  // What was just said is told and passed on also if there is no room to keep it.
  #keep(message: VerifiedMessage | CoveredMessage): Added {
    const { timeline, turn, verifier } = this.#parts
    const added = timeline.add(message, turn.now)
    if (message.isVerified) this.#keepVerified(message, added)
    else if (added.kept) verifier.keep(message)
    return added
  }

  #keepVerified(message: VerifiedMessage, { kept }: Added): void {
    if (kept) this.#parts.turn.push({ type: 'store', message })
    else this.#recent.keep(message)
  }

  #turnedAway(
    link: Link,
    frame: Carrier,
    verdict: Exclude<Verdict, { type: 'new' | 'for-us' | 'covered' }>
  ): void {
    if (verdict.type === 'forged') this.#parts.links.close(link, 'forged-message')
    if (verdict.type === 'ahead') {
      const { ahead, author: identity, tell } = verdict
      const { onahead, turn } = this.#parts
      onahead(identity, turn.wall + ahead, link, frame.type !== 'stored')
      if (tell) turn.emit({ type: 'clock-ahead', identity, ahead })
    }
    if (verdict.type === 'known' && verdict.again && frame.type !== 'stored') {
      this.feed({ type: 'duplicate', from: link.peer, id: verdict.id })
    }
  }
}
