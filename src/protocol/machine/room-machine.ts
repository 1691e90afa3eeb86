import type { KeyPair } from '../../base/crypto.js'
import {
  type IdentityKey,
  idFromBytes,
  type MessageId,
  type PeerKey,
  type RelayKey,
  shortId,
  type Topic
} from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { RoomCipher } from '../access/room-cipher.js'
import { Broadcast } from '../broadcast/broadcast.js'
import { type Arrival, Gossip, type GossipHandlers } from '../broadcast/gossip.js'
import { Inbox } from '../broadcast/inbox.js'
import { RecentMessages } from '../broadcast/recent-messages.js'
import { Chat } from '../chat/chat.js'
import { ANNOUNCE_WINDOW_MILLIS } from '../config.js'
import type { Input, Output, Timer } from '../events.js'
import { Author } from '../history/author.js'
import { KnownAuthors } from '../history/known-authors.js'
import { Sync } from '../history/sync.js'
import { Timeline } from '../history/timeline.js'
import { Handshaker } from '../links/handshaker.js'
import type { Link } from '../links/link.js'
import { type End, type LinkHandlers, Links } from '../links/links.js'
import { Membership } from '../membership/membership.js'
import { Peers } from '../membership/peers.js'
import { isRoutinePresence } from '../presence/pacer.js'
import { type KnownPeer, PeerStates } from '../presence/peer-states.js'
import { Presence } from '../presence/presence.js'
import { RoomClock } from '../presence/room-clock.js'
import { type Member, Roster } from '../presence/roster.js'
import { Self } from '../presence/self.js'
import { Turn } from '../turn.js'
import { commandNames } from '../wire/bodies/presence.js'
import type { Frame, LinkFrame, UnknownFrame } from '../wire/frames.js'
import { isEphemeral, KIND_PRESENCE, KIND_SUSPICION } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import { capNick } from '../wire/text.js'

/** What a room starts from. */
export interface RoomMachineOptions {
  /** 32 bytes: what every link proves. */
  readonly roomSecret: Uint8Array
  readonly topic: Topic
  /** Who signs our messages. */
  readonly identity: KeyPair
  /** The key of our end of every connection. */
  readonly device: PeerKey
  /** Cut to 64 bytes of UTF-8; the short identity where nothing is left. */
  readonly nick: string
  /** True: nobody chose the nick, and one that is chosen on another device of this identity counts more. Default false. */
  readonly nickIsDefault?: boolean
  /** Looks and listens, and is no member. Default false. */
  readonly observer?: boolean
  /** A program, not a person. Default false. */
  readonly bot?: boolean
  /** What a bot obeys: names without the slash; see `commandNames`. Default none. */
  readonly commands?: readonly string[]
  /** 8 random bytes, new for every running program: then another one with our device key is noticed (`device-taken`). */
  readonly instance: Uint8Array
  /** 16 bytes of the system's generator, new ones each time: no seed may give them, or they would tell what is sealed. */
  readonly nonce: () => Uint8Array
  /** Takes part and says what it says, but no presence: nobody is told that it came or went. Default false. */
  readonly quiet?: boolean
  readonly random: Random
  /** Messages kept in memory. Default MAX_TIMELINE_MESSAGES. */
  readonly maxMessages?: number
}

/** Frames that only members whose link is up may send. */
type RoomFrame = Exclude<Frame, LinkFrame | UnknownFrame>

/** A room in numbers. */
export interface Snapshot {
  /** Members present, ourselves included unless we only observe. */
  readonly members: number
  /** Links that are up, observers' included. */
  readonly links: number
  /** Streams, in whatever phase. */
  readonly streams: number
  /** Messages in memory. */
  readonly messages: number
}

/**
 * A room: everything that happens to it goes in, everything that it wants done comes out. It has no clock, no timer, no
 * I/O and no randomness of its own, and never throws for what others sent.
 */
export class RoomMachine {
  readonly #turn = new Turn()
  readonly #observer: boolean
  readonly #self: Self
  readonly #author: Author
  readonly #roster: Roster
  readonly #timeline: Timeline
  readonly #links: Links
  readonly #peers: Peers
  readonly #sync: Sync
  readonly #gossip: Gossip
  readonly #presence: Presence
  readonly #chat: Chat
  readonly #peerStates = new PeerStates()
  readonly #clock = new RoomClock()
  #left = false

  constructor(options: RoomMachineOptions) {
    const { device, identity, nonce, observer = false, quiet = false, random, topic } = options
    const room = { topic, cipher: new RoomCipher(options.roomSecret) }
    const turn = this.#turn
    const self = idFromBytes<IdentityKey>(identity.publicKey)
    const authors = new KnownAuthors(self, (name, isSettled) => timeline.settle(name, isSettled))
    const timeline = new Timeline({
      max: options.maxMessages,
      isSettled: name => authors.isSettled(name),
      onforget: message => this.#forget(message)
    })
    const author = new Author({ identity, room, timeline, nonce })
    const roster = new Roster(author.key)
    const links = new Links(turn, new Handshaker({ ...options, observer }), this.#linkHandlers())
    const recent = new RecentMessages(turn, timeline)
    const recall = recent.recall.bind(recent)
    const shared = { turn, author, timeline, roster, links, random, device, observer }
    this.#timeline = timeline
    this.#author = author
    this.#roster = roster
    this.#links = links
    this.#observer = observer
    const ours = { identity: author.key, nick: this.#nickFrom(options.nick) }
    this.#self = new Self({ ...options, ...ours, observer: observer || quiet })
    this.#sync = new Sync({ ...shared, recall, headsOf: link => this.#headsOf(link) })
    const wasAsked = this.#sync.came.bind(this.#sync)
    const inbox = new Inbox({ turn, room, timeline, authors, wasAsked })
    const broadcast = new Broadcast({ self: device, recall, isPatient: isRoutinePresence })
    const handlers = this.#gossipHandlers()
    this.#gossip = new Gossip(
      { ...shared, inbox, broadcast, sync: this.#sync, ...handlers },
      recent
    )
    const publish = this.#gossip.publish.bind(this.#gossip)
    const peerStates = this.#peerStates
    const membership = new Membership(device, random, {}, peer => broadcast.lazy.has(peer))
    const onneighbor = this.#gossip.feed.bind(this.#gossip)
    this.#peers = new Peers({ ...shared, membership, peerStates, onneighbor })
    const clock = this.#clock
    this.#presence = new Presence({ ...shared, self: this.#self, peerStates, clock, publish })
    this.#chat = new Chat({ ...shared, publish })
  }

  /** What we are called: by this device, or by another one of our identity whose user chose later. */
  get nick(): string {
    return this.#presence.nick
  }

  /** Everybody present; ourselves first, unless we only observe or are quiet. */
  members(): Member[] {
    const all = this.#roster.members()
    if (this.#self.observer) return all
    return [this.#ourselves(), ...all.filter(({ identity }) => identity !== this.#self.identity)]
  }

  /** One of them; costs the same however many there are. */
  member(identity: IdentityKey): Member | undefined {
    const isOurs = identity === this.#self.identity && !this.#self.observer
    return isOurs ? this.#ourselves() : this.#roster.member(identity)
  }

  /** Every device that we know of, and how sure we are of it; ours is not among them. At most 4,096. */
  peers(): (KnownPeer & { readonly device: PeerKey })[] {
    return this.#peerStates.all()
  }

  /** How far the other devices' clocks seem to be ahead of our own, in ms. */
  clocks(): Millis[] {
    return this.#roster.clocks().map(ahead => ahead + this.#clock.correction)
  }

  /** The relays that other devices offer, the latest first. */
  relays(): RelayKey[] {
    return this.#roster.relays()
  }

  /** The room in numbers, as it is now. */
  snapshot(): Snapshot {
    const links = this.#links.up().length
    const members = this.#roster.otherCount + (this.#self.observer ? 0 : 1)
    return { members, links, streams: this.#links.size, messages: this.#timeline.size }
  }

  /** The stored messages, in the room's one order. */
  history(): VerifiedMessage[] {
    return this.#timeline.messages()
  }

  /**
   * Takes one event and says what is to be done, in order. `now` is in ms on a clock that never jumps; `wall`, in ms since
   * 1970, may: messages are dated with it.
   */
  handle(input: Input, now: Millis, wall: Millis = now): Output[] {
    if (this.#left) return []
    this.#turn.begin(now, this.#clock.read(now, wall))
    this.#lookAtClock()
    this.#take(input)
    return this.#turn.end()
  }

  #lookAtClock(): void {
    const by = this.#author.takeSetBack(this.#turn.wall)
    if (by === 0) return
    const redated = this.#chat.redate()
    this.#turn.emit({ type: 'clock-back', by, redated })
    this.#presence.changed()
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'start':
        this.#start()
        break
      case 'candidates':
        this.#peers.candidates(input.peers)
        break
      case 'connected':
        this.#peers.connected(input)
        break
      case 'disconnected':
        this.#links.disconnected(input.peer)
        break
      case 'dial-failed':
        this.#peers.unreached(input.peer)
        break
      case 'frame':
        this.#frame(input.from, input.frame)
        break
      case 'bad-frame':
        this.#links.closePeer(input.from, 'protocol-error')
        break
      case 'timer':
        this.#timer(input.timer)
        break
      case 'restore':
        for (const message of input.messages) this.#restore(message, input.isUntold === true)
        break
      case 'say':
        this.#chat.say(this.nick, input.text)
        break
      case 'rename':
        this.#presence.rename(this.#nickFrom(input.nick))
        break
      case 'offer-relay':
        this.#self.relay = input.relay
        this.#presence.changed()
        break
      case 'offer-commands':
        this.#offerCommands(input.commands)
        break
      case 'leave':
        this.#leave()
    }
  }

  #timer(timer: Timer): void {
    switch (timer.name) {
      case 'hello':
        this.#links.helloTimeout(timer.peer, timer.link)
        break
      case 'ping':
        this.#links.heartbeat(timer.peer, timer.link)
        break
      case 'redial':
        this.#links.redial(timer.peer)
        break
      case 'presence':
        this.#presence.due(timer.round)
        break
      case 'expire':
        this.#presence.look()
        break
      case 'suspicion-over':
        this.#presence.expire()
        break
      case 'suspect':
        this.#presence.accuse(timer.suspect)
        break
      case 'reconcile':
        this.#sync.periodic()
        break
      case 'reconcile-soon':
        this.#sync.soon()
        break
      case 'graft':
      case 'lazy-flush':
        this.#gossip.feed({ type: 'timer', timer })
        break
      default:
        this.#peers.timer(timer)
    }
  }

  #frame(from: PeerKey, frame: Frame): void {
    const link = this.#links.get(from)
    if (link === undefined || !this.#links.admit(link, frame)) return
    switch (frame.type) {
      case 'hello':
      case 'identify':
      case 'ping':
      case 'pong':
      case 'goodbye':
        this.#links.frame(link, frame)
        break
      case 'unknown':
        return
      default:
        if (link.phase === 'up') this.#roomFrame(link, frame)
        else this.#links.close(link, 'protocol-error')
    }
  }

  // An observer is no member: it is told who is here, and nothing that it says is passed on.
  #roomFrame(link: Link, frame: RoomFrame): void {
    if (link.observer) return
    switch (frame.type) {
      case 'message':
      case 'stored':
        this.#gossip.receive(link, frame)
        break
      case 'mesh':
        // As if it had been pushed along the tree: to pass it on is never wrong.
        this.#gossip.receive(link, { type: 'message', hops: 0, sealed: frame.sealed })
        break
      case 'bare':
        // Without its author's deletion it is missing as before: somebody else may have all of it.
        break
      case 'want':
        this.#sync.wanted(link, frame)
        break
      case 'offer':
        this.#sync.offered(link, frame)
        break
      case 'reconcile':
        this.#sync.reconcile(link, frame)
        break
      case 'ihave':
      case 'graft':
      case 'prune':
        this.#gossip.frame(link, frame)
        break
      default:
        this.#peers.frame(link.peer, frame)
    }
  }

  #start(): void {
    this.#chat.start()
    this.#presence.start()
    if (this.#observer) return
    this.#peers.feed({ type: 'start' })
    this.#sync.start()
  }

  // A clock that is wrong for now makes nobody lose what is dated by the right one: it is left where it is.
  #restore(message: VerifiedMessage, isUntold: boolean): void {
    if (isUntold && this.#timeline.fault(message, this.#turn.wall) === 'ahead') return
    const { kept } = this.#timeline.add(message, this.#turn.now)
    if (kept) this.#chat.restore(message, isUntold)
    else if (isUntold) this.#turn.push({ type: 'forget', message })
  }

  #forget(message: VerifiedMessage): void {
    this.#chat.forget(message)
    this.#turn.push({ type: 'forget', message })
  }

  #offerCommands(names: readonly string[]): void {
    if (!this.#self.bot) return
    this.#self.commands = commandNames(names)
    this.#presence.changed()
  }

  #leave(): void {
    this.#presence.leave()
    this.#left = true
    for (const link of this.#links.up()) this.#links.send(link, { type: 'goodbye' })
    for (const link of this.#links.all()) this.#links.close(link, 'leaving')
  }

  #linkHandlers(): LinkHandlers {
    return {
      onup: link => this.#onUp(link),
      ondown: (link, end) => this.#onDown(link, end),
      ongoodbye: link => this.#onGoodbye(link),
      onpong: link => this.#sync.pong(link)
    }
  }

  #gossipHandlers(): GossipHandlers {
    return {
      admits: (message, link) =>
        message.kind !== KIND_PRESENCE || this.#presence.admits(message, link),
      onmessage: arrival => this.#onMessage(arrival),
      onahead: (author, clock, link, isFresh) =>
        this.#presence.noteClock(author, clock, link, isFresh)
    }
  }

  #onUp(link: Link): void {
    this.#presence.linkUp(link)
    this.#peers.linkUp(link)
    // Membership may have had no place for it.
    if (link.isMember && this.#links.get(link.peer) === link) this.#sync.linkUp(link)
  }

  #onDown(link: Link, end: End): void {
    if (this.#left) return
    if (link.isMember) this.#presence.linkDown(link)
    if (end !== 'closed' && link.isMember) this.#presence.lost(link, end)
    this.#sync.linkDown(link.peer)
    this.#peers.linkDown(link)
  }

  #onGoodbye({ identity, peer }: Link): void {
    if (identity !== undefined) this.#presence.goodbye(identity, peer)
  }

  #onMessage(arrival: Arrival): boolean {
    const { from, headsChanged, kept, message, missing, way } = arrival
    const link = from === undefined ? undefined : this.#links.get(from)
    const isPresence = message.kind === KIND_PRESENCE
    const isFresh = way === 'pushed'
    if (isFresh || isPresence)
      this.#presence.noteClock(message.author, message.clock, link, isFresh)
    this.#chat.hear(message, kept, missing)
    if (from !== undefined && this.#isLate(arrival)) this.#peers.lacked(from)
    if (headsChanged) this.#presence.hurry()
    if (message.kind === KIND_SUSPICION) this.#presence.hearSuspicion(message)
    if (!isPresence) return false
    const attended = this.#presence.hear(message, way, link)
    if (attended?.device !== undefined) this.#peers.heardFrom(attended.device)
    return attended?.isNew === true
  }

  #ourselves(): Member {
    const { identity } = this.#self
    return this.#self.with(this.#roster.member(identity), this.#roster.namingOf(identity))
  }

  /** True for history that a neighbour ought to have told us of. */
  #isLate({ message, way }: Arrival): boolean {
    const { clock, kind } = message
    return (
      way === 'stored' && !isEphemeral(kind) && clock < this.#turn.wall - ANNOUNCE_WINDOW_MILLIS
    )
  }

  #headsOf({ identity, peer }: Link): readonly MessageId[] | undefined {
    return identity && this.#roster.headsOf(identity, peer)
  }

  #nickFrom(nick: string): string {
    return capNick(nick) || shortId(this.#author.key)
  }
}
