import type { MessageId, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { MAX_RECENT_MESSAGES } from '../config.js'
import type { BroadcastInput } from '../events.js'
import type { Sync } from '../history/sync.js'
import type { Timeline } from '../history/timeline.js'
import type { Link } from '../links/link.js'
import type { Links } from '../links/links.js'
import type { Turn } from '../turn.js'
import type { GraftFrame, MessageFrame, StoredFrame } from '../wire/frames.js'
import { isEphemeral, type VerifiedMessage } from '../wire/message.js'
import type { Broadcast } from './broadcast.js'
import type { Inbox, Verdict, Way } from './inbox.js'
import type { RecentMessages } from './recent-messages.js'

/** A message that is new here. */
export interface Arrival {
  readonly message: VerifiedMessage
  readonly way: Way
  /** Who sent it to us; undefined for our own. */
  readonly from?: PeerKey
  /** What we have is no longer what our last presence said. */
  readonly headsChanged: boolean
  /** Its parents that are not here. */
  readonly missing: readonly MessageId[]
}

/** What moves messages, and who hears of them. */
export interface GossipParts {
  readonly turn: Turn
  readonly links: Links
  readonly inbox: Inbox
  readonly timeline: Timeline
  readonly broadcast: Broadcast
  readonly sync: Sync
  /** A message is new here. True where it is worth pushing on though it came as `stored`. */
  readonly onmessage: (arrival: Arrival) => boolean
}

/** The way of a message: checked, pushed on, stored, told. Only what was verified gets past the check. */
export class Gossip {
  readonly #parts: GossipParts
  readonly #recent: RecentMessages
  // BOUNDED: MAX_RECENT_MESSAGES, the oldest goes first: ids that we asked for because their push did not come.
  readonly #grafted = new Recent<MessageId, true>(MAX_RECENT_MESSAGES)

  constructor(parts: GossipParts, recent: RecentMessages) {
    this.#parts = parts
    this.#recent = recent
  }

  /** A message of our own: kept, told and pushed. */
  publish(message: VerifiedMessage): void {
    this.#parts.inbox.own(message.id)
    this.#keep(message)
    this.#parts.onmessage({ message, way: 'pushed', headsChanged: false, missing: [] })
    this.feed({ type: 'publish', message })
  }

  /** A message from a neighbour. */
  receive(link: Link, frame: MessageFrame | StoredFrame): void {
    const way = frame.type === 'message' ? 'pushed' : 'stored'
    const verdict = this.#parts.inbox.take(frame.sealed, way, link, this.#parts.turn.now)
    if (verdict.type === 'new') this.#take(link, frame, verdict.message)
    else this.#turnedAway(link, frame, verdict)
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
      links.sendTo(output.to, output.frame)
    }
  }

  #take(link: Link, frame: MessageFrame | StoredFrame, message: VerifiedMessage): void {
    if (frame.type === 'message') this.#pushed(link, frame.hops, message)
    else if (isEphemeral(message.kind)) this.#handedOn(link, message)
    else this.#stored(link, message)
  }

  // Broadcast is told first: once we keep a message, it counts as seen.
  #pushed(link: Link, hops: number, message: VerifiedMessage): void {
    const from = link.peer
    // What was grafted may be as old as what is stored.
    const way = this.#grafted.delete(message.id) ? 'stored' : 'pushed'
    this.feed({ type: 'received', from, message, hops })
    const { headsChanged, missing } = this.#keep(message)
    this.#parts.onmessage({ message, way, from, headsChanged, missing })
    this.#expect(link, missing)
  }

  // Parents of what was just said are on their way, as a rule.
  #expect(link: Link, missing: readonly MessageId[]): void {
    if (missing.length === 0) return
    const { broadcast, sync } = this.#parts
    if (!broadcast.isNeighbor(link.peer)) sync.ask(link, missing)
    else this.feed({ type: 'named', from: link.peer, ids: missing })
  }

  #stored(link: Link, message: VerifiedMessage): void {
    const { onmessage, sync } = this.#parts
    this.feed({ type: 'obtained', id: message.id })
    const { headsChanged, missing } = this.#keep(message)
    onmessage({ message, way: 'stored', from: link.peer, headsChanged, missing })
    sync.ask(link, missing)
    sync.obtained(message.id, link.peer)
  }

  // Two parts of a room that meet at one link tell each other who is there: the rest of either part is to hear it, too.
  #handedOn(link: Link, message: VerifiedMessage): void {
    const from = link.peer
    const arrival = { message, way: 'stored', from, headsChanged: false, missing: [] } as const
    const isNews = this.#parts.onmessage(arrival)
    if (isNews) this.feed({ type: 'received', from, message, hops: 1 })
    else this.feed({ type: 'obtained', id: message.id })
    this.#keep(message)
  }

  #note({ ids }: GraftFrame): void {
    for (const id of ids) this.#grafted.set(id, true)
  }

  #keep(message: VerifiedMessage) {
    const { timeline, turn } = this.#parts
    this.#recent.keep(message)
    if (!isEphemeral(message.kind)) turn.push({ type: 'store', message })
    return timeline.add(message)
  }

  #turnedAway(
    link: Link,
    frame: MessageFrame | StoredFrame,
    verdict: Exclude<Verdict, { type: 'new' }>
  ): void {
    if (verdict.type === 'forged') this.#parts.links.close(link, 'forged-message')
    if (verdict.type === 'ahead' && verdict.tell) {
      this.#parts.turn.emit({
        type: 'clock-ahead',
        identity: verdict.author,
        ahead: verdict.ahead
      })
    }
    if (verdict.type === 'known' && verdict.again && frame.type === 'message') {
      this.feed({ type: 'duplicate', from: link.peer, id: verdict.id, hops: frame.hops })
    }
  }
}
