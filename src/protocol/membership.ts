import {
  ACTIVE_MAX,
  ACTIVE_TARGET,
  ACTIVE_WALK,
  DIAL_TIMEOUT_MILLIS,
  DIALS_MAX,
  LINKS_MAX,
  type Millis,
  NEIGHBOR_TIMEOUT_MILLIS,
  OPTIONAL_PAUSE_MAX_MILLIS,
  OPTIONAL_PAUSE_MILLIS,
  PASSIVE_MAX,
  PASSIVE_WALK,
  PROBE_INTERVAL_MILLIS,
  REFILL_INTERVAL_MILLIS,
  REFUSED_PAUSE_MILLIS,
  RETRY_INTERVAL_MILLIS,
  SHUFFLE_ACTIVE,
  SHUFFLE_INTERVAL_MILLIS,
  SHUFFLE_PASSIVE
} from './config.js'
import type { MembershipInput, MembershipOutput, MembershipTimer, Random } from './events.js'
import { FailedPeers } from './failed-peers.js'
import type {
  ForwardJoinFrame,
  MembershipFrame,
  NeighborFrame,
  ShuffleFrame,
  ShuffleReplyFrame
} from './frames.js'
import type { PeerKey } from './ids.js'
import { PassiveView } from './passive-view.js'
import { jitter, pick, sample } from './pick.js'
import { ShuffleRoutes } from './shuffle-routes.js'

/** How large the views are, in members; the defaults are the constants of the same names. */
export interface MembershipSizes {
  /** Links to have at once. Default ACTIVE_TARGET. */
  readonly activeTarget: number
  /** Largest active view. Default ACTIVE_MAX. */
  readonly activeMax: number
  /** Most links, those under negotiation included. Default LINKS_MAX. */
  readonly linksMax: number
  /** Largest passive view. Default PASSIVE_MAX. */
  readonly passiveMax: number
}

const SIZES: MembershipSizes = {
  activeTarget: ACTIVE_TARGET,
  activeMax: ACTIVE_MAX,
  linksMax: LINKS_MAX,
  passiveMax: PASSIVE_MAX
}

/**
 * Why a peer is dialled: `fill` and `extra` to have more links (below the target, and above it), `walk`
 * because a newcomer's forward-join ended here, `swap` to take the place of a neighbour in a full view.
 */
type Purpose = 'fill' | 'extra' | 'walk' | 'swap'

interface Dial {
  readonly purpose: Purpose
  readonly since: Millis
}

/** `awaiting`: they dialled and have not asked yet; `requested`: we asked; `active`: neighbours. */
interface Link {
  readonly state: 'awaiting' | 'requested' | 'active'
  readonly purpose?: Purpose
  readonly attempt: number
}

/** Most peers of one lookup or shuffle that are looked at. */
const LEARN_MAX = 64

/**
 * HyParView (Leitão, Pereira, Rodrigues, DSN 2007): a small symmetric active view whose members are linked, and
 * a larger passive view that replaces the links that die. A link is a real connection here: a peer is dialled
 * first, the dialling side then asks for a place, and a link without a place is closed.
 *
 * Beyond the paper: failed peers are tried again with growing pauses, and such a peer that answers, or one that
 * a lookup named, takes the place of a neighbour even in a full view: that is how overlays that were
 * parted grow together.
 */
export class Membership {
  readonly #self: PeerKey
  readonly #random: Random
  readonly #sizes: MembershipSizes
  // BOUNDED: `linksMax`; see #linkUp.
  readonly #links = new Map<PeerKey, Link>()
  // BOUNDED: `activeMax`, the links whose state is active.
  readonly #active = new Set<PeerKey>()
  // BOUNDED: DIALS_MAX.
  readonly #dials = new Map<PeerKey, Dial>()
  readonly #passive: PassiveView
  readonly #failed: FailedPeers
  readonly #routes: ShuffleRoutes
  // BOUNDED: SHUFFLE_PASSIVE, what our last shuffle named: first to make room for what it brings.
  #sent: PeerKey[] = []
  #joined = false
  #attempts = 0
  #extraPause = OPTIONAL_PAUSE_MILLIS
  #extraAt: Millis = 0
  #retryAt: Millis = 0
  #probeAt: Millis = 0
  // BOUNDED: the outputs of one input.
  #out: MembershipOutput[] = []

  /** `self` is the key that others dial us by; `random` drives every choice, so that a seed replays it. */
  constructor(self: PeerKey, random: Random, sizes: Partial<MembershipSizes> = {}) {
    this.#self = self
    this.#random = random
    this.#sizes = { ...SIZES, ...sizes }
    this.#passive = new PassiveView(this.#sizes.passiveMax, random)
    this.#failed = new FailedPeers(random)
    this.#routes = new ShuffleRoutes()
  }

  /** The neighbours: linked, and agreed upon by both sides. At most `activeMax`. */
  get active(): ReadonlySet<PeerKey> {
    return this.#active
  }

  /** Members to fall back on. At most `passiveMax`. */
  get passive(): readonly PeerKey[] {
    return [...this.#passive.keys()]
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { links: number; dials: number; passive: number; failed: number; routes: number } {
    return {
      links: this.#links.size,
      dials: this.#dials.size,
      passive: this.#passive.size,
      failed: this.#failed.size,
      routes: this.#routes.size
    }
  }

  /** Takes one event at the time `now` and says what is to be done, in order. Never throws. */
  handle(input: MembershipInput, now: Millis): MembershipOutput[] {
    this.#out = []
    this.#take(input, now)
    return this.#out
  }

  #take(input: MembershipInput, now: Millis): void {
    switch (input.type) {
      case 'start':
        this.#start()
        break
      case 'candidates':
        this.#candidates(input.peers, now)
        break
      case 'link-up':
        this.#linkUp(input.peer, input.initiator, now)
        break
      case 'link-down':
        this.#linkDown(input.peer, now)
        break
      case 'dial-failed':
        this.#dialFailed(input.peer, now)
        break
      case 'frame':
        this.#frame(input.from, input.frame, now)
        break
      case 'timer':
        this.#timer(input.timer, now)
        break
    }
  }

  #start(): void {
    this.#schedule(SHUFFLE_INTERVAL_MILLIS, { name: 'shuffle' })
    this.#schedule(REFILL_INTERVAL_MILLIS, { name: 'refill' })
  }

  #timer(timer: MembershipTimer, now: Millis): void {
    switch (timer.name) {
      case 'shuffle':
        this.#shuffle()
        this.#schedule(SHUFFLE_INTERVAL_MILLIS, timer)
        return
      case 'refill':
        this.#lookOver(now)
        this.#schedule(REFILL_INTERVAL_MILLIS, timer)
        return
      case 'neighbor-timeout':
        this.#neighborTimeout(timer.peer, timer.attempt, now)
        break
    }
  }

  #frame(from: PeerKey, frame: MembershipFrame, now: Millis): void {
    if (!this.#links.has(from)) return
    switch (frame.type) {
      case 'join':
        this.#join(from, now)
        break
      case 'neighbor':
        this.#neighbor(from, frame, now)
        break
      case 'neighbor-reply':
        this.#neighborReply(from, frame.accepted, now)
        break
      case 'disconnect':
        this.#disconnected(from, now)
        break
      case 'forward-join':
        this.#forwardJoin(from, frame, now)
        break
      case 'shuffle':
        this.#shuffled(from, frame)
        break
      case 'shuffle-reply':
        this.#shuffleReply(from, frame)
        break
    }
  }

  // Links

  #linkUp(peer: PeerKey, initiator: boolean, now: Millis): void {
    if (peer === this.#self) {
      this.#close(peer)
      return
    }
    if (this.#links.has(peer)) this.#lose(peer)
    const dial = this.#dials.get(peer)
    this.#dials.delete(peer)
    this.#passive.delete(peer)
    this.#failed.delete(peer)
    if (!this.#roomForLink()) {
      this.#turnAway(peer, now)
      return
    }
    if (!initiator) {
      this.#await(peer)
      return
    }
    if (dial === undefined || !this.#wanted(dial.purpose)) {
      this.#turnAway(peer, now)
      return
    }
    this.#request(peer, dial.purpose)
  }

  /** True where one more link may be; the link that has waited longest for nothing makes room. */
  #roomForLink(): boolean {
    if (this.#links.size < this.#sizes.linksMax) return true
    for (const [peer, link] of this.#links) {
      if (link.state !== 'awaiting') continue
      this.#drop(peer)
      return true
    }
    return false
  }

  #turnAway(peer: PeerKey, now: Millis): void {
    this.#close(peer)
    this.#learn(peer, now)
  }

  #wanted(purpose: Purpose): boolean {
    return purpose === 'walk' || purpose === 'swap' || this.#active.size < this.#sizes.activeMax
  }

  #await(peer: PeerKey): void {
    this.#track(peer, 'awaiting')
  }

  #request(peer: PeerKey, purpose: Purpose): void {
    this.#track(peer, 'requested', purpose)
    if (!this.#joined && this.#active.size === 0) {
      this.#joined = true
      this.#send(peer, { type: 'join' })
      return
    }
    const high = this.#active.size === 0 || purpose === 'swap'
    this.#send(peer, { type: 'neighbor', priority: high ? 'high' : 'low' })
  }

  #track(peer: PeerKey, state: 'awaiting' | 'requested', purpose?: Purpose): void {
    const attempt = ++this.#attempts
    this.#links.set(peer, purpose === undefined ? { state, attempt } : { state, purpose, attempt })
    const timer = { name: 'neighbor-timeout', peer, attempt } as const
    this.#out.push({ type: 'timer', after: NEIGHBOR_TIMEOUT_MILLIS, timer })
  }

  #neighborTimeout(peer: PeerKey, attempt: number, now: Millis): void {
    const link = this.#links.get(peer)
    if (link?.attempt !== attempt || link.state === 'active') return
    this.#drop(peer)
    if (link.state === 'requested') this.#refused(peer, link.purpose, now)
  }

  #linkDown(peer: PeerKey, now: Millis): void {
    const link = this.#links.get(peer)
    if (link === undefined) return
    this.#lose(peer)
    if (link.state === 'active') this.#failed.add(peer, now)
    if (link.state === 'requested') this.#refused(peer, link.purpose, now)
    this.#refill(now)
  }

  /** Forgets a link that is gone. */
  #lose(peer: PeerKey): void {
    this.#links.delete(peer)
    this.#routes.delete(peer)
    if (this.#active.delete(peer)) this.#out.push({ type: 'neighbor-down', peer })
  }

  /** Ends a link that we no longer want. */
  #drop(peer: PeerKey): void {
    this.#lose(peer)
    this.#close(peer)
  }

  #dialFailed(peer: PeerKey, now: Millis): void {
    if (this.#links.has(peer)) return
    this.#dials.delete(peer)
    this.#passive.delete(peer)
    this.#failed.add(peer, now)
    this.#refill(now)
  }

  // Neighbours

  #join(from: PeerKey, now: Millis): void {
    const others = [...this.#active].filter(peer => peer !== from)
    this.#accept(from, now)
    for (const peer of others) {
      if (this.#active.has(peer)) {
        this.#send(peer, { type: 'forward-join', peer: from, ttl: ACTIVE_WALK })
      }
    }
  }

  #neighbor(from: PeerKey, { priority }: NeighborFrame, now: Millis): void {
    const free = this.#active.has(from) || this.#active.size < this.#sizes.activeMax
    if (free || priority === 'high') {
      this.#accept(from, now)
      return
    }
    this.#send(from, { type: 'neighbor-reply', accepted: false })
  }

  #accept(from: PeerKey, now: Millis): void {
    this.#send(from, { type: 'neighbor-reply', accepted: true })
    this.#activate(from, now)
  }

  #neighborReply(from: PeerKey, accepted: boolean, now: Millis): void {
    const link = this.#links.get(from)
    if (link?.state !== 'requested') return
    if (!accepted) {
      this.#drop(from)
      this.#refused(from, link.purpose, now)
      this.#refill(now)
      return
    }
    if (link.purpose === 'extra') this.#extraPause = OPTIONAL_PAUSE_MILLIS
    this.#activate(from, now)
  }

  #activate(peer: PeerKey, now: Millis): void {
    const attempt = this.#links.get(peer)?.attempt ?? 0
    this.#links.set(peer, { state: 'active', attempt })
    if (this.#active.has(peer)) return
    if (this.#active.size >= this.#sizes.activeMax) this.#pushOut(now)
    this.#active.add(peer)
    this.#out.push({ type: 'neighbor-up', peer })
    this.#refill(now)
  }

  /** HyParView's drop of a random neighbour, which keeps us passive as we keep it. */
  #pushOut(now: Millis): void {
    const victim = pick(this.#active, this.#random)
    if (victim === undefined) return
    this.#send(victim, { type: 'disconnect' })
    this.#drop(victim)
    this.#passive.postpone(victim, now + jitter(REFUSED_PAUSE_MILLIS, this.#random))
  }

  #disconnected(from: PeerKey, now: Millis): void {
    this.#drop(from)
    this.#passive.postpone(from, now + jitter(REFUSED_PAUSE_MILLIS, this.#random))
    this.#refill(now)
  }

  #refused(peer: PeerKey, purpose: Purpose | undefined, now: Millis): void {
    this.#passive.postpone(peer, now + jitter(REFUSED_PAUSE_MILLIS, this.#random))
    if (purpose !== 'extra') return
    this.#extraAt = now + jitter(this.#extraPause, this.#random)
    this.#extraPause = Math.min(this.#extraPause * 2, OPTIONAL_PAUSE_MAX_MILLIS)
  }

  #forwardJoin(from: PeerKey, frame: ForwardJoinFrame, now: Millis): void {
    if (!this.#active.has(from) || frame.peer === this.#self) return
    const ttl = Math.min(frame.ttl, ACTIVE_WALK)
    const next = this.#stranger(from, frame.peer)
    if (ttl === PASSIVE_WALK) this.#learn(frame.peer, now)
    if (ttl > 0 && next !== undefined) {
      this.#send(next, { type: 'forward-join', peer: frame.peer, ttl: ttl - 1 })
      return
    }
    if (!this.#dial(frame.peer, 'walk', now)) this.#learn(frame.peer, now)
  }

  /** A neighbour that is neither of these two. */
  #stranger(from: PeerKey, subject: PeerKey): PeerKey | undefined {
    const others = [...this.#active].filter(peer => peer !== from && peer !== subject)
    return pick(others, this.#random)
  }

  // Whom to dial

  #dial(peer: PeerKey, purpose: Purpose, now: Millis): boolean {
    const known = peer === this.#self || this.#links.has(peer) || this.#dials.has(peer)
    const full = this.#links.size + this.#dials.size >= this.#sizes.linksMax
    if (known || full || this.#dials.size >= DIALS_MAX) return false
    this.#passive.delete(peer)
    this.#dials.set(peer, { purpose, since: now })
    this.#out.push({ type: 'dial', peer })
    return true
  }

  #lookOver(now: Millis): void {
    for (const [peer, { since }] of this.#dials) {
      if (now - since > DIAL_TIMEOUT_MILLIS) this.#dialFailed(peer, now)
    }
    this.#refill(now)
    this.#retryFailed(now)
  }

  #refill(now: Millis): void {
    while (this.#expected() < this.#sizes.activeTarget) {
      if (!this.#dialPassive('fill', now)) return
    }
    if (now < this.#extraAt || this.#expected() >= this.#sizes.activeMax) return
    if (!this.#seeking('extra')) this.#dialPassive('extra', now)
  }

  #dialPassive(purpose: Purpose, now: Millis): boolean {
    if (this.#dials.size >= DIALS_MAX) return false
    const peer = this.#passive.take(now)
    if (peer === undefined) return false
    if (this.#dial(peer, purpose, now)) return true
    this.#learn(peer, now)
    return false
  }

  /** Neighbours, and those that may become neighbours. */
  #expected(): number {
    let count = this.#active.size + this.#dials.size
    for (const { state } of this.#links.values()) if (state === 'requested') count++
    return count
  }

  #seeking(purpose: Purpose): boolean {
    for (const dial of this.#dials.values()) if (dial.purpose === purpose) return true
    for (const link of this.#links.values()) if (link.purpose === purpose) return true
    return false
  }

  #retryFailed(now: Millis): void {
    if (now < this.#retryAt) return
    const peer = this.#failed.due(now)
    if (peer === undefined || !this.#dial(peer, 'swap', now)) return
    this.#retryAt = now + jitter(RETRY_INTERVAL_MILLIS, this.#random)
  }

  #candidates(peers: readonly PeerKey[], now: Millis): void {
    const named = sample(peers, LEARN_MAX, this.#random)
    // A lookup names the dead of half an hour: it must not displace what shuffles have brought.
    const share = Math.ceil(this.#sizes.passiveMax / 3)
    const room = Math.max(share, this.#sizes.passiveMax - this.#passive.size)
    for (const peer of named.slice(0, room)) this.#learn(peer, now)
    this.#refill(now)
    this.#probe(named, now)
  }

  /** Swaps a neighbour for a looked-up peer now and then: overlays that never met grow together. */
  #probe(named: readonly PeerKey[], now: Millis): void {
    if (now < this.#probeAt || this.#active.size < this.#sizes.activeMax) return
    const peer = named.find(each => !this.#links.has(each) && !this.#failed.has(each))
    if (peer === undefined || !this.#dial(peer, 'swap', now)) return
    this.#probeAt = now + jitter(PROBE_INTERVAL_MILLIS, this.#random)
  }

  #learn(peer: PeerKey, now: Millis, spare: PeerKey[] = []): void {
    const known = peer === this.#self || this.#links.has(peer) || this.#dials.has(peer)
    if (!known && !this.#failed.has(peer)) this.#passive.add(peer, now, spare)
  }

  // Shuffles

  #shuffle(): void {
    const to = pick(this.#active, this.#random)
    if (to === undefined) return
    this.#sent = this.#passive.sample(SHUFFLE_PASSIVE)
    const neighbours = [...this.#active].filter(peer => peer !== to)
    const peers = [...sample(neighbours, SHUFFLE_ACTIVE, this.#random), ...this.#sent]
    this.#send(to, { type: 'shuffle', origin: this.#self, ttl: ACTIVE_WALK, peers })
  }

  #shuffled(from: PeerKey, frame: ShuffleFrame): void {
    if (!this.#active.has(from) || frame.origin === this.#self) return
    const ttl = Math.min(frame.ttl, ACTIVE_WALK) - 1
    const next = this.#stranger(from, frame.origin)
    if (ttl > 0 && next !== undefined) {
      this.#routes.push(next, from)
      this.#send(next, { ...frame, ttl })
      return
    }
    const peers = this.#passive.sample(frame.peers.length + 1)
    this.#send(from, { type: 'shuffle-reply', peers })
    this.#integrate([frame.origin, ...frame.peers], peers)
  }

  /** Answers go back the way that the shuffle came: a connection only for them would cost too much. */
  #shuffleReply(from: PeerKey, frame: ShuffleReplyFrame): void {
    const back = this.#routes.shift(from)
    if (back === undefined) {
      this.#integrate(frame.peers, this.#sent)
      return
    }
    if (this.#active.has(back)) this.#send(back, frame)
  }

  #integrate(peers: readonly PeerKey[], sent: readonly PeerKey[]): void {
    const spare = [...sent]
    for (const peer of peers.slice(0, LEARN_MAX)) this.#learn(peer, 0, spare)
  }

  // Outputs

  #send(to: PeerKey, frame: MembershipFrame): void {
    this.#out.push({ type: 'send', to, frame })
  }

  #close(peer: PeerKey): void {
    this.#out.push({ type: 'close', peer, reason: 'not-needed' })
  }

  #schedule(span: Millis, timer: MembershipTimer): void {
    this.#out.push({ type: 'timer', after: jitter(span, this.#random), timer })
  }
}
