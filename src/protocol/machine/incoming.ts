import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { ToldInvitations } from '../access/told-invitations.js'
import type { Arrival, Gossip } from '../broadcast/gossip.js'
import type { Chat } from '../chat/chat.js'
import type { Writers } from '../chat/writers.js'
import { ANNOUNCE_WINDOW_MILLIS } from '../config.js'
import type { KnownAuthors } from '../history/known-authors.js'
import type { Sync } from '../history/reconcile/sync.js'
import type { MessageNode } from '../history/shelf.js'
import type { Verifier } from '../history/verifier.js'
import type { Link } from '../links/link.js'
import type { End, Links } from '../links/links.js'
import type { Inquiry } from '../membership/inquiry.js'
import type { Peers } from '../membership/peers.js'
import type { Presence } from '../presence/presence.js'
import type { Roster } from '../presence/roster.js'
import type { Turn } from '../turn.js'
import type { Frame, LinkFrame, UnknownFrame } from '../wire/frames.js'
import { isEphemeral, KIND_PRESENCE, KIND_SUSPICION, KIND_TYPING } from '../wire/kinds.js'
import type { CoveredMessage } from '../wire/message.js'

/** Frames that only members whose link is up may send. */
type RoomFrame = Exclude<Frame, LinkFrame | UnknownFrame>

/** Who hears of what comes in. */
export interface Receivers {
  readonly turn: Turn
  readonly links: Links
  readonly presence: Presence
  readonly roster: Roster
  readonly sync: Sync
  readonly verifier: Verifier
  readonly authors: KnownAuthors
  readonly gossip: Gossip
  readonly peers: Peers
  readonly inquiry: Inquiry
  readonly chat: Chat
  readonly invitations: ToldInvitations
  readonly writers: Writers
}

/** What comes over links: frames and messages, and that links come and go. Each is told to whom it concerns, in order. */
export class Incoming {
  readonly #parts: Receivers
  #left = false

  /** The parts may still be incomplete: none is used before the first event. */
  constructor(parts: Receivers) {
    this.#parts = parts
  }

  /** We leave: what becomes of the links is nobody's concern. */
  leave(): void {
    this.#left = true
  }

  /** A frame came from this peer. */
  frame(from: PeerKey, frame: Frame): void {
    const link = this.#parts.links.get(from)
    if (link === undefined || !this.#parts.links.admit(link, frame)) return
    switch (frame.type) {
      case 'hello':
      case 'identify':
      case 'ping':
      case 'pong':
      case 'goodbye':
        this.#parts.links.frame(link, frame)
        break
      case 'unknown':
        return
      default:
        if (link.phase === 'up') this.#roomFrame(link, frame)
        else this.#parts.links.close(link, 'protocol-error')
    }
  }

  // An observer is no member: it is told who is here, may ask, and nothing that it says is passed on.
  #roomFrame(link: Link, frame: RoomFrame): void {
    if (link.observer && frame.type !== 'inquire') return
    switch (frame.type) {
      case 'message':
      case 'mesh':
      case 'stored':
        this.#parts.presence.frame(link, frame)
        this.#parts.gossip.receive(link, frame)
        break
      case 'bare':
        this.#parts.gossip.receiveBare(link, frame.bare)
        break
      case 'want':
        this.#parts.sync.wanted(link, frame)
        break
      case 'offer':
        this.#parts.sync.offered(link, frame)
        break
      case 'reconcile':
        this.#parts.sync.reconcile(link, frame)
        break
      case 'ihave':
        this.#parts.presence.frame(link, frame)
        this.#parts.gossip.frame(link, frame)
        break
      case 'graft':
      case 'prune':
        this.#parts.gossip.frame(link, frame)
        break
      case 'inquire':
      case 'departed':
      case 'neighbors':
        this.#parts.inquiry.frame(link, frame)
        if (frame.type === 'neighbors') this.#releaseIfTold(link.peer)
        break
      default:
        this.#parts.peers.frame(link.peer, frame)
    }
  }

  /** A link has been proved by both sides. */
  up(link: Link): void {
    this.#parts.presence.linkUp(link)
    this.#parts.peers.linkUp(link)
    if (this.#parts.links.get(link.peer) === link) this.#parts.inquiry.linkUp(link)
    // Membership may have had no place for it.
    if (link.isMember && this.#parts.links.get(link.peer) === link) this.#parts.sync.linkUp(link)
  }

  /** A link is gone. */
  down(link: Link, end: End): void {
    if (this.#left) return
    if (link.isMember) this.#parts.presence.linkDown(link)
    if (end !== 'closed' && link.isMember) this.#parts.presence.lost(link, end)
    this.#parts.authors.linkDown(link.peer)
    this.#parts.sync.linkDown(link.peer)
    this.#parts.peers.linkDown(link, end)
  }

  /** The other side leaves the room. */
  goodbye({ identity, peer }: Link): void {
    if (identity !== undefined) this.#parts.presence.goodbye(identity, peer)
  }

  /** A message is new here; true for the presence of a device that was not here before, and for a suspicion that counts. */
  message(arrival: Arrival): boolean {
    const { from, headsChanged, kept, message, missing, way } = arrival
    const link = from === undefined ? undefined : this.#parts.links.get(from)
    const isPresence = message.kind === KIND_PRESENCE
    const isFresh = way === 'pushed'
    if (isFresh || isPresence)
      this.#parts.presence.noteClock(message.author, message.clock, link, isFresh)
    this.#parts.chat.hear(message, kept, missing, link?.identity)
    if (kept) this.#parts.invitations.add(message)
    if (isFresh && !isEphemeral(message.kind)) this.#spoke(message.author, from)
    if (from !== undefined && this.#isLate(arrival)) this.#parts.peers.lacked(from)
    if (headsChanged) this.#parts.presence.hurry()
    // What is ephemeral was checked; only the compiler does not know it.
    if (!message.isVerified || message.isBare) return false
    if (message.kind === KIND_TYPING) this.#parts.writers.hear(message)
    if (message.kind === KIND_SUSPICION) return this.#parts.presence.hearSuspicion(message)
    if (!isPresence) return false
    const attended = this.#parts.presence.hear(message, way, link)
    if (attended?.device !== undefined) this.#releaseIfTold(attended.device)
    return attended?.isNew === true
  }

  #spoke(author: IdentityKey, from: PeerKey | undefined): void {
    this.#parts.writers.spoke(author)
    if (from === undefined) this.#parts.presence.spoke()
  }

  /** A message is not kept any more. */
  forgotten(message: MessageNode): void {
    const { chat, invitations, turn, verifier } = this.#parts
    chat.forget(message)
    invitations.remove(message)
    verifier.forget(message.id)
    // What was not verified yet is on no disk.
    if (message.isVerified) turn.push({ type: 'forget', message })
  }

  /** What we had at the word of this author is forged, and gone. */
  forged(identity: IdentityKey, gone: readonly CoveredMessage[]): void {
    const { chat, presence, turn } = this.#parts
    const ids = gone.filter(message => chat.shows(message)).map(({ id }) => id)
    turn.emit({ type: 'forged', identity, ids })
    presence.hurry()
  }

  /** The peer has said who it is; its link serves no more, unless it has yet to tell who its neighbours are. */
  #releaseIfTold(device: PeerKey): void {
    const { inquiry, peers, roster } = this.#parts
    if (roster.has(device) && !inquiry.isAwaiting(device)) peers.heardFrom(device)
  }

  /** True for history that a neighbour ought to have told us of. */
  #isLate({ message, way }: Arrival): boolean {
    const { clock, kind } = message
    return (
      way === 'stored' &&
      !isEphemeral(kind) &&
      clock < this.#parts.turn.wall - ANNOUNCE_WINDOW_MILLIS
    )
  }
}
