import type { PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import {
  HELLO_TIMEOUT_MILLIS,
  LINK_TIMEOUT_MILLIS,
  MAX_KNOWN_PEERS,
  PING_INTERVAL_MILLIS
} from '../config.js'
import type { LinkTimer, Reason } from '../events.js'
import type { Turn } from '../turn.js'
import type { Frame, LinkFrame } from '../wire/frames.js'
import { makesRoom, observerToGo } from './crowding.js'
import { costOf, isMessage } from './frame-cost.js'
import type { Handshaker, Step } from './handshaker.js'
import { Link, type LinkOptions } from './link.js'
import { Penalties } from './penalties.js'
import { HELLO_RETRIES, REDIAL_MILLIS } from './tuning.js'

/** What the owner of the links hears. */
export interface LinkHandlers {
  /** Both sides have proved the room secret and named themselves. */
  readonly onup: (link: Link) => void
  /** The link is gone, or never came up; not where it is being dialled again. */
  readonly ondown: (link: Link, end: End) => void
  /** The peer leaves the room on purpose. */
  readonly ongoodbye: (link: Link) => void
  readonly onpong: (link: Link) => void
}

/**
 * How a link ended: said to, by either side; lost, where it broke or fell silent; or replaced by another stream to the same
 * peer, of which nobody knows yet whether it lives.
 */
export type End = 'closed' | 'lost' | 'replaced'

/** Reasons that count against the peer. */
const FOR_CAUSE: ReadonlySet<Reason> = new Set([
  'not-a-member',
  'protocol-error',
  'forged-message',
  'flooding'
])

/** Every link of a room: handshake, heartbeat, closing, and whom to leave alone. */
export class Links {
  readonly #turn: Turn
  readonly #handshaker: Handshaker
  readonly #handlers: LinkHandlers
  // BOUNDED: MAX_STREAMS; see makesRoom.
  readonly #links = new Map<PeerKey, Link>()
  // BOUNDED: MAX_KNOWN_PEERS: how often a mute link was dialled again.
  readonly #retries = new Recent<PeerKey, number>(MAX_KNOWN_PEERS)
  readonly #penalties = new Penalties()
  #opened = 0

  constructor(turn: Turn, handshaker: Handshaker, handlers: LinkHandlers) {
    this.#turn = turn
    this.#handshaker = handshaker
    this.#handlers = handlers
  }

  /** How many streams there are, in whatever phase. */
  get size(): number {
    return this.#links.size
  }

  get(peer: PeerKey): Link | undefined {
    return this.#links.get(peer)
  }

  /** The links that are up: to members, and to observers. */
  up(): Link[] {
    return this.all().filter(link => link.phase === 'up')
  }

  /** How many these are. */
  get upCount(): number {
    let count = 0
    for (const { phase } of this.#links.values()) if (phase === 'up') count += 1
    return count
  }

  /** All links, also those that shake hands still. */
  all(): Link[] {
    return [...this.#links.values()]
  }

  /** True where the peer was closed for cause not long ago. */
  isPenalised(peer: PeerKey): boolean {
    return this.#penalties.has(peer, this.#turn.now)
  }

  /** Says hello on a new stream. One that we had to the same peer is replaced by it. */
  open(options: LinkOptions): void {
    const former = this.#links.get(options.peer)
    if (former?.phase === 'up') this.#forget(former, 'replaced')
    const link = new Link(options, ++this.#opened, this.#turn.now)
    this.#links.set(link.peer, link)
    if (this.isPenalised(link.peer)) {
      this.close(link, 'not-needed')
      return
    }
    this.#makeRoom(link)
    this.send(link, this.#handshaker.hello(link))
    const timer = { name: 'hello', peer: link.peer, link: link.number } as const
    this.#turn.timer(HELLO_TIMEOUT_MILLIS, timer)
  }

  /** The stream ended by itself. */
  disconnected(peer: PeerKey): void {
    const link = this.#links.get(peer)
    if (link !== undefined) this.#forget(link, 'lost')
  }

  /** Sends to a peer whose link is up; otherwise nothing happens. */
  sendTo(peer: PeerKey, frame: Frame): void {
    const link = this.#links.get(peer)
    if (link?.phase === 'up') this.send(link, frame)
  }

  send(link: Link, frame: Frame): void {
    link.sentAt = this.#turn.now
    if (frame.type === 'ping') link.pings += 1
    this.#turn.push({ type: 'send', to: link.peer, frame })
  }

  /** Closes a link. Where it is for cause the peer is left alone for a while, and the owner of the room is told. */
  close(link: Link, reason: Reason): void {
    if (this.#links.get(link.peer) !== link) return
    // Or else the other side would take us for lost.
    if (reason === 'not-needed' && link.isMember) this.send(link, { type: 'disconnect' })
    this.#turn.push({ type: 'close', peer: link.peer, reason })
    if (FOR_CAUSE.has(reason)) {
      this.#penalties.add(link.peer, this.#turn.now)
      this.#turn.emit({ type: 'refused', peer: link.peer, reason })
    }
    this.#forget(link, reason === 'silent' ? 'lost' : 'closed')
  }

  /** Closes the link to this peer, if there is one. */
  closePeer(peer: PeerKey, reason: Reason): void {
    const link = this.#links.get(peer)
    if (link !== undefined) this.close(link, reason)
  }

  /**
   * Notes that a frame came; false if it is one too many, or names too many ids. An honest peer may pass on more messages
   * than it should when others flood it, so only all else ends the link, and what nobody passes on.
   */
  admit(link: Link, frame: Frame): boolean {
    const { now } = this.#turn
    const cost = costOf(frame)
    link.receivedAt = now
    const isFlood = !link.flood.take(now, cost)
    const budget = isMessage(frame) ? link.messages : link.frames
    if (!isFlood && budget.take(now, cost)) return true
    if (isFlood || !isMessage(frame)) this.close(link, 'flooding')
    return false
  }

  /** Asks every member that is linked whether it is still there; the owner is told of each that is. */
  probe(): void {
    for (const link of this.up().filter(({ isMember }) => isMember)) {
      link.isProbed = true
      this.send(link, { type: 'ping' })
    }
  }

  /** The peer did what an honest one does once in a while; closes the link if it does it all the time. */
  tolerate(link: Link): void {
    if (!link.excess.take(this.#turn.now)) this.close(link, 'flooding')
  }

  frame(link: Link, frame: LinkFrame): void {
    switch (frame.type) {
      case 'ping':
        this.send(link, { type: 'pong' })
        break
      case 'pong':
        this.#pong(link)
        break
      case 'goodbye':
        if (link.phase === 'up') this.#handlers.ongoodbye(link)
        this.close(link, 'goodbye')
        break
      default:
        this.#step(link, this.#handshaker.take(link, frame))
    }
  }

  /** One of our timers is over: a handshake's or a heartbeat's, if that link is still there, or a mute peer is due again. */
  timer(timer: LinkTimer): void {
    const link = this.#links.get(timer.peer)
    if (timer.name === 'redial') this.#redial(timer.peer)
    else if (link?.number !== timer.link) return
    else if (timer.name === 'hello') this.#helloTimeout(link)
    else this.#heartbeat(link)
  }

  #helloTimeout(link: Link): void {
    if (link.phase === 'up') return
    const { peer } = link
    if (link.initiator && this.#mayRetry(peer)) {
      this.#links.delete(peer)
      this.#turn.push({ type: 'close', peer, reason: 'hello-timeout' })
      this.#turn.timer(REDIAL_MILLIS, { name: 'redial', peer })
      return
    }
    this.#turn.emit({ type: 'refused', peer, reason: 'hello-timeout' })
    this.close(link, 'hello-timeout')
  }

  // The mute link is gone: another try, unless the peer has come by itself.
  #redial(peer: PeerKey): void {
    if (!this.#links.has(peer)) this.#turn.push({ type: 'dial', peer })
  }

  // Time to look whether the link lives, and to say that we do.
  #heartbeat(link: Link): void {
    const { now } = this.#turn
    if (now - link.receivedAt >= LINK_TIMEOUT_MILLIS) {
      this.close(link, 'silent')
      return
    }
    if (now - link.sentAt >= PING_INTERVAL_MILLIS) this.send(link, { type: 'ping' })
    this.#scheduleHeartbeat(link)
  }

  // A pong answers a ping: without one it says nothing.
  #pong(link: Link): void {
    if (link.pings === 0) {
      this.tolerate(link)
      return
    }
    link.pings -= 1
    this.#tellProved(link)
    this.#handlers.onpong(link)
  }

  #tellProved(link: Link): void {
    const { identity, isProbed, peer } = link
    link.isProbed = false
    if (!isProbed || identity === undefined) return
    this.#turn.emit({ type: 'peer', device: peer, state: 'verified', identity })
  }

  #step(link: Link, step: Step): void {
    if (step.type === 'fault') {
      this.close(link, step.reason)
      return
    }
    if (step.type === 'up') {
      this.#up(link, step)
      return
    }
    link.phase = 'proved'
    this.#makeRoom(link)
    if (this.#links.get(link.peer) === link) this.send(link, step.frame)
  }

  #makeRoom(newcomer: Link): void {
    const link = makesRoom(this.#links.values(), newcomer)
    if (link !== undefined) this.close(link, 'not-needed')
  }

  #makeRoomToObserve(newcomer: Link): void {
    const observers = this.up().filter(({ observer }) => observer)
    const link = observerToGo(observers, newcomer)
    if (link !== undefined) this.close(link, 'not-needed')
  }

  #up(link: Link, { identity, instance, observer }: Extract<Step, { type: 'up' }>): void {
    link.identity = identity
    link.instance = Uint8Array.from(instance)
    link.observer = observer
    if (observer) this.#makeRoomToObserve(link)
    if (this.#links.get(link.peer) !== link) return
    link.phase = 'up'
    this.#retries.delete(link.peer)
    this.#scheduleHeartbeat(link)
    this.#handlers.onup(link)
  }

  #scheduleHeartbeat(link: Link): void {
    const at = Math.min(link.sentAt + PING_INTERVAL_MILLIS, link.receivedAt + LINK_TIMEOUT_MILLIS)
    const timer = { name: 'ping', peer: link.peer, link: link.number } as const
    this.#turn.timer(at - this.#turn.now, timer)
  }

  #mayRetry(peer: PeerKey): boolean {
    const retries = this.#retries.get(peer) ?? 0
    this.#retries.set(peer, retries < HELLO_RETRIES ? retries + 1 : 0)
    return retries < HELLO_RETRIES
  }

  #forget(link: Link, end: End): void {
    this.#links.delete(link.peer)
    this.#handlers.ondown(link, end)
  }
}
