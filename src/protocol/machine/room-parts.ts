import { domain, hash, seedOf } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, type PeerKey, shortId } from '../../base/ids.js'
import { RoomCipher } from '../access/room-cipher.js'
import { ToldInvitations } from '../access/told-invitations.js'
import { Broadcast } from '../broadcast/broadcast.js'
import { Gossip, type GossipHandlers, type GossipParts } from '../broadcast/gossip.js'
import { Inbox } from '../broadcast/inbox.js'
import { RecentMessages } from '../broadcast/recent-messages.js'
import { Chat } from '../chat/chat.js'
import { Directs } from '../chat/directs.js'
import { Writers } from '../chat/writers.js'
import { MAX_DEVICES } from '../config.js'
import { Author } from '../history/author.js'
import { KnownAuthors, type OnSettle } from '../history/known-authors.js'
import { Sync, type SyncParts, type TheirHeads } from '../history/reconcile/sync.js'
import { Timeline } from '../history/timeline.js'
import { HISTORY_TUNING } from '../history/tuning.js'
import { Verifier, type VerifierParts } from '../history/verifier.js'
import { Handshaker } from '../links/handshaker.js'
import type { Link } from '../links/link.js'
import { type LinkHandlers, Links } from '../links/links.js'
import { Inquiry } from '../membership/inquiry.js'
import { Membership } from '../membership/membership.js'
import { Peers } from '../membership/peers.js'
import { awaits } from '../presence/device.js'
import { Heeding, type Suspected } from '../presence/heeding.js'
import { isRoutinePresence } from '../presence/pacer.js'
import { PeerStates } from '../presence/peer-states.js'
import { Presence } from '../presence/presence.js'
import { RoomClock } from '../presence/room-clock.js'
import { Roster } from '../presence/roster.js'
import { Self } from '../presence/self.js'
import { PRESENCE_TUNING } from '../presence/tuning.js'
import { Turn } from '../turn.js'
import { KIND_PRESENCE } from '../wire/kinds.js'
import type { MessageRoom } from '../wire/message.js'
import { capNick } from '../wire/text.js'
import { Incoming } from './incoming.js'
import type { RoomMachineOptions } from './options.js'

type SyncHandlers = Pick<SyncParts, 'recall' | 'deletionOf' | 'oncompared' | 'headsOf'>

/** The parts of a room, each made of those before it. What is told upwards goes by way of {@link Incoming}. */
export class RoomParts {
  readonly turn = new Turn()
  readonly clock = new RoomClock()
  readonly peerStates = new PeerStates()
  readonly incoming: Incoming
  readonly self: Self
  readonly authors: KnownAuthors
  readonly timeline: Timeline
  readonly author: Author
  readonly roster: Roster
  readonly links: Links
  readonly verifier: Verifier
  readonly sync: Sync
  readonly gossip: Gossip
  readonly peers: Peers
  readonly presence: Presence
  readonly inquiry: Inquiry
  readonly invitations = new ToldInvitations({
    isChecked: id => this.timeline.node(id)?.isVerified === true,
    isSettled: author => this.authors.isSettled(author),
    onchange: () => this.turn.push({ type: 'invitations' })
  })
  readonly directs: Directs
  readonly chat: Chat
  readonly writers: Writers

  constructor(options: RoomMachineOptions) {
    const { device, identity, observer = false, quiet = false, random } = options
    const { clock, peerStates, turn } = this
    const history = { ...HISTORY_TUNING, ...options.tuning?.history }
    const presence = { ...PRESENCE_TUNING, ...options.tuning?.presence }
    this.incoming = new Incoming(this)
    const key = idFromBytes<IdentityKey>(identity.publicKey)
    const { roomSecret, topic, verified } = options
    const room = { topic, cipher: new RoomCipher(roomSecret), verified }
    this.authors = this.#authorsOf(key)
    this.timeline = this.#timelineOf(this.authors, room, options)
    this.author = new Author({ identity, room, timeline: this.timeline, nonce: options.nonce })
    this.roster = new Roster(key, MAX_DEVICES, presence)
    const ours = { identity: key, nick: nickFrom(options.nick, key) }
    this.self = new Self({ ...options, ...ours, observer: observer || quiet })
    this.links = new Links(turn, new Handshaker({ ...options, observer }), this.#linkHandlers())
    const checked = { turn, room, timeline: this.timeline, authors: this.authors, self: key }
    this.verifier = this.#verifierOf({ ...checked, tuning: history })
    const { author, links, roster, self, timeline, verifier } = this
    const recent = new RecentMessages(turn, timeline, verifier)
    const shared = { turn, author, timeline, verifier, roster, links, random, device, observer }
    this.sync = this.#syncOf({ ...shared, tuning: history }, recent)
    const broadcast = this.#broadcastOf(device, recent)
    const gossip = { ...shared, inbox: this.#inboxOf(room), broadcast, sync: this.sync }
    this.gossip = this.#gossipOf(gossip, recent)
    const publish = this.gossip.publish.bind(this.gossip)
    const membership = membershipOf(options, broadcast)
    const onneighbor = this.gossip.feed.bind(this.gossip)
    this.peers = new Peers({ ...shared, membership, peerStates, onneighbor })
    const told = { ...shared, self, peerStates, clock, publish }
    this.presence = new Presence({ ...told, tuning: presence })
    const asked = { ...told, room, presence: this.presence, observer: self.observer }
    this.inquiry = new Inquiry({ ...asked, neighbors: () => membership.active })
    this.directs = new Directs({ ...shared, ...options, authors: this.authors })
    this.chat = new Chat({ ...shared, directs: this.directs, publish })
    this.writers = new Writers({ ...shared, observer: observer || quiet, publish })
  }

  #authorsOf(self: IdentityKey): KnownAuthors {
    const onsettle: OnSettle = (name, isSettled) => this.timeline.settle(name, isSettled)
    return new KnownAuthors(self, onsettle, { isUp: peer => this.links.get(peer) !== undefined })
  }

  #timelineOf(
    authors: KnownAuthors,
    room: MessageRoom,
    { identity, keep, onlost, recall }: RoomMachineOptions
  ): Timeline {
    // What strangers do not know, and what is the same in a run that is repeated.
    const seed = hash([domain('tables'), seedOf(identity)])
    return new Timeline({
      keep,
      seed,
      shelf: recall && { recall, room, onlost },
      isSettled: name => authors.isSettled(name),
      onforget: message => this.incoming.forgotten(message)
    })
  }

  #linkHandlers(): LinkHandlers {
    const { incoming } = this
    return {
      onup: link => incoming.up(link),
      ondown: (link, end) => incoming.down(link, end),
      ongoodbye: link => incoming.goodbye(link),
      onpong: link => this.sync.pong(link)
    }
  }

  #verifierOf(parts: Omit<VerifierParts, 'onforged'>): Verifier {
    return new Verifier({ ...parts, onforged: this.incoming.forged.bind(this.incoming) })
  }

  #syncOf(parts: Omit<SyncParts, keyof SyncHandlers>, recent: RecentMessages): Sync {
    const handlers: SyncHandlers = {
      recall: recent.recallAny.bind(recent),
      deletionOf: message => this.chat.takenBack.of(message),
      oncompared: peer => this.peers.compared(peer),
      headsOf: link => this.#headsOf(link)
    }
    return new Sync({ ...parts, ...handlers })
  }

  #inboxOf(room: MessageRoom): Inbox {
    const { authors, sync, timeline, turn, verifier } = this
    const exceptions = new Heeding({ turn, room, suspected: this.#suspected() })
    const wasAsked = sync.came.bind(sync)
    return new Inbox({ turn, room, timeline, authors, verifier, wasAsked, exceptions })
  }

  #suspected(): Suspected {
    const { roster, turn } = this
    return {
      isToAnswer: suspect => this.presence.isToAnswer(suspect),
      isNews: (suspect, saidAt) => roster.suspectable(suspect, saidAt, turn.wall) !== undefined,
      isTimely: said => this.presence.isTimely(said),
      isSuspected: identity => roster.isSuspected(identity),
      isAnswer: (identity, device, clock) => {
        const known = roster.latestOf(identity, device)
        return known !== undefined && awaits(known, clock)
      }
    }
  }

  #broadcastOf(self: PeerKey, recent: RecentMessages): Broadcast {
    return new Broadcast({
      self,
      attendance: this.roster,
      recall: recent.recall.bind(recent),
      peek: recent.peek.bind(recent),
      has: id => recent.bytesOf(id) > 0,
      isPatient: isRoutinePresence,
      isUrgent: message => this.presence.isUrgent(message)
    })
  }

  #gossipOf(parts: Omit<GossipParts, keyof GossipHandlers>, recent: RecentMessages): Gossip {
    const handlers: GossipHandlers = {
      isDeleted: message => this.chat.takenBack.has(message),
      admits: (message, link) =>
        message.kind !== KIND_PRESENCE || this.presence.admits(message, link),
      onmessage: arrival => this.incoming.message(arrival),
      onahead: (author, clock, link, isFresh) =>
        this.presence.noteClock(author, clock, link, isFresh)
    }
    return new Gossip({ ...parts, ...handlers }, recent)
  }

  #headsOf({ identity, peer }: Link): TheirHeads | undefined {
    const said = identity && this.roster.latestOf(identity, peer)
    return said && { named: said.message.parents, digest: said.body.headsDigest }
  }
}

function membershipOf(
  { device, random, tuning }: RoomMachineOptions,
  broadcast: Broadcast
): Membership {
  return new Membership(device, random, tuning?.membership ?? {}, peer => broadcast.lazy.has(peer))
}

/** What somebody is called that asked for this nick. */
export function nickFrom(nick: string, identity: IdentityKey): string {
  return capNick(nick) || shortId(identity)
}
