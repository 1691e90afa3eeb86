import type { PeerKey } from '../../base/ids.js'
import { jitter, pick, sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import {
  ACTIVE_MAX,
  ACTIVE_TARGET,
  ACTIVE_WALK,
  EXTRA_PAUSE_MAX_MILLIS,
  EXTRA_PAUSE_MILLIS,
  LINKS_MAX,
  LOST_PAUSE_MILLIS,
  NEIGHBOR_TIMEOUT_MILLIS,
  PASSIVE_MAX,
  PASSIVE_WALK,
  PROBE_INTERVAL_MILLIS,
  REFILL_INTERVAL_MILLIS,
  REFUSED_PAUSE_MILLIS,
  RETRY_INTERVAL_MILLIS,
  SETTLED_MILLIS,
  SHUFFLE_INTERVAL_MILLIS,
  WALK_INTERVAL_MILLIS
} from '../config.js'
import type { MembershipInput, MembershipOutput, MembershipTimer } from '../events.js'
import type { ForwardJoinFrame, MembershipFrame, NeighborFrame } from '../wire/frames.js'
import { AttemptPause } from './attempt-pause.js'
import { Dials, type Purpose } from './dials.js'
import { FailedPeers } from './failed-peers.js'
import { PassiveView } from './passive-view.js'
import { type Exchange, Shuffles } from './shuffles.js'

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

/** `awaiting`: they dialled and have not asked yet; `requested`: we asked; `active`: neighbours. */
interface Link {
  readonly state: 'awaiting' | 'requested' | 'active'
  readonly purpose?: Purpose
  readonly attempt: number
  /** When it came into this state. */
  readonly since: Millis
}

/** Most peers of one lookup that are looked at. */
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
  readonly #isSpare: (peer: PeerKey) => boolean
  // BOUNDED: `linksMax`; see #linkUp.
  readonly #links = new Map<PeerKey, Link>()
  // BOUNDED: `activeMax`, the links whose state is active.
  readonly #active = new Set<PeerKey>()
  readonly #dials = new Dials()
  readonly #passive: PassiveView
  readonly #failed: FailedPeers
  readonly #shuffles: Shuffles
  // Between attempts to have more links than the target; at failed peers; at swapping for peers that lookups named;
  // and at taking in newcomers though the view is full.
  readonly #extras: AttemptPause
  readonly #retries: AttemptPause
  readonly #probes: AttemptPause
  readonly #walks: AttemptPause
  #joined = false
  #attempts = 0
  #reunitedAt: Millis = 0
  // BOUNDED: the outputs of one input.
  #out: MembershipOutput[] = []

  /**
   * `self` is the key that others dial us by; `random` drives every choice, so that a seed replays it. Of two neighbours
   * one that `isSpare` rather makes room for another: by default none is.
   */
  constructor(
    self: PeerKey,
    random: Random,
    sizes: Partial<MembershipSizes> = {},
    isSpare: (peer: PeerKey) => boolean = () => false
  ) {
    this.#self = self
    this.#random = random
    this.#sizes = { ...SIZES, ...sizes }
    this.#isSpare = isSpare
    this.#passive = new PassiveView(this.#sizes.passiveMax, random)
    this.#failed = new FailedPeers(random)
    this.#shuffles = new Shuffles(self, this.#passive, random)
    this.#extras = new AttemptPause(EXTRA_PAUSE_MILLIS, EXTRA_PAUSE_MAX_MILLIS, random)
    this.#retries = new AttemptPause(RETRY_INTERVAL_MILLIS, RETRY_INTERVAL_MILLIS, random)
    this.#probes = new AttemptPause(PROBE_INTERVAL_MILLIS, PROBE_INTERVAL_MILLIS, random)
    this.#walks = new AttemptPause(WALK_INTERVAL_MILLIS, WALK_INTERVAL_MILLIS, random)
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
      routes: this.#shuffles.routes
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
        this.#candidates(input.peers, input.strangers ?? input.peers, now)
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
        this.#exchange(this.#shuffles.begin(this.#active))
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
        this.#exchange(this.#shuffles.take(from, frame, this.#active))
        break
      case 'shuffle-reply':
        this.#exchange(this.#shuffles.takeReply(from, frame, this.#active))
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
    const purpose = this.#dials.end(peer)
    this.#passive.delete(peer)
    if (!this.#roomForLink()) {
      this.#turnAway(peer, now)
      return
    }
    if (!initiator) {
      this.#track(peer, 'awaiting', now)
      return
    }
    // Without a purpose: a better way to a neighbour took the place of the one that there was.
    if (!this.#wanted(purpose ?? 'fill')) {
      this.#turnAway(peer, now)
      return
    }
    this.#request(peer, purpose ?? 'fill', now)
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
    this.#failed.delete(peer)
    this.#learn(peer, now)
  }

  #wanted(purpose: Purpose): boolean {
    return purpose === 'walk' || purpose === 'swap' || this.#active.size < this.#sizes.activeMax
  }

  #request(peer: PeerKey, purpose: Purpose, now: Millis): void {
    this.#track(peer, 'requested', now, purpose)
    if (!this.#joined && this.#active.size === 0) {
      this.#joined = true
      this.#send(peer, { type: 'join' })
      return
    }
    const high = this.#active.size === 0 || purpose === 'swap'
    this.#send(peer, { type: 'neighbor', priority: high ? 'high' : 'low' })
  }

  #track(peer: PeerKey, state: 'awaiting' | 'requested', now: Millis, purpose?: Purpose): void {
    const attempt = ++this.#attempts
    const link = { state, attempt, since: now }
    this.#links.set(peer, purpose === undefined ? link : { ...link, purpose })
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
    if (link.state === 'active') this.#failed.add(peer, now, LOST_PAUSE_MILLIS)
    if (link.state === 'requested') this.#refused(peer, link.purpose, now)
    this.#refill(now)
  }

  /** Forgets a link that is gone. */
  #lose(peer: PeerKey): void {
    this.#links.delete(peer)
    this.#shuffles.forget(peer)
    if (this.#active.delete(peer)) this.#out.push({ type: 'neighbor-down', peer })
  }

  /** Ends a link that we no longer want. */
  #drop(peer: PeerKey): void {
    this.#lose(peer)
    this.#close(peer)
  }

  #dialFailed(peer: PeerKey, now: Millis): void {
    if (this.#links.has(peer)) return
    this.#dials.end(peer)
    this.#passive.delete(peer)
    this.#failed.add(peer, now)
    this.#refill(now)
  }

  // Neighbours

  #join(from: PeerKey, now: Millis): void {
    const known = this.#active.has(from)
    this.#accept(from, now)
    if (known) return
    for (const peer of this.#active) {
      if (peer === from) continue
      this.#send(peer, { type: 'forward-join', peer: from, ttl: ACTIVE_WALK })
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
    if (link.purpose === 'extra') this.#extras.succeeded()
    if (link.purpose === 'swap') this.#reunitedAt = now
    this.#activate(from, now)
  }

  #activate(peer: PeerKey, now: Millis): void {
    const attempt = this.#links.get(peer)?.attempt ?? 0
    this.#links.set(peer, { state: 'active', attempt, since: now })
    if (this.#active.has(peer)) return
    if (this.#active.size >= this.#sizes.activeMax) this.#pushOut(now)
    this.#active.add(peer)
    this.#out.push({ type: 'neighbor-up', peer })
    this.#refill(now)
  }

  /** HyParView's drop of a random neighbour, which keeps us passive as we keep it. */
  #pushOut(now: Millis): void {
    // Of two, and not of all: who makes itself useful to stay must not stay for ever.
    const two = sample([...this.#active], 2, this.#random)
    const victim = two.find(this.#isSpare) ?? two[0]
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
    if (purpose === 'extra') this.#extras.failed(now)
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
    this.#takeIn(frame.peer, now)
  }

  /** A newcomer's walk ends here: room is made for it, but not so often that strangers could push everybody out. */
  #takeIn(peer: PeerKey, now: Millis): void {
    const full = this.#active.size >= this.#sizes.activeMax
    const may = !full || this.#walks.isOver(now)
    if (!may || !this.#dial(peer, 'walk', now)) this.#learn(peer, now)
    else if (full) this.#walks.begin(now)
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
    if (known || full || this.#dials.full) return false
    this.#passive.delete(peer)
    this.#dials.begin(peer, purpose, now)
    this.#out.push({ type: 'dial', peer })
    return true
  }

  #lookOver(now: Millis): void {
    for (const peer of this.#dials.overdue(now)) this.#dialFailed(peer, now)
    for (const [peer, { since, state }] of this.#links) {
      if (state === 'active' && now - since >= SETTLED_MILLIS) this.#failed.delete(peer)
    }
    this.#refill(now)
    this.#retryFailed(now)
  }

  #refill(now: Millis): void {
    while (this.#expected() < this.#sizes.activeTarget) {
      if (!this.#dialPassive('fill', now)) return
    }
    if (!this.#extras.isOver(now) || this.#expected() >= this.#sizes.activeMax) return
    if (!this.#seeking('extra')) this.#dialPassive('extra', now)
  }

  #dialPassive(purpose: Purpose, now: Millis): boolean {
    if (this.#dials.full) return false
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
    if (this.#dials.serves(purpose)) return true
    for (const link of this.#links.values()) if (link.purpose === purpose) return true
    return false
  }

  #retryFailed(now: Millis): void {
    if (!this.#retries.isOver(now)) return
    const peer = this.#failed.due(now, each => !this.#links.has(each))
    if (peer === undefined) return
    // A swap disturbs four members: one mends a partition, and whoever failed before that is only looked at.
    const purpose = this.#failed.isPersistent(peer, this.#reunitedAt) ? 'swap' : 'extra'
    if (this.#dial(peer, purpose, now)) this.#retries.begin(now)
  }

  #candidates(peers: readonly PeerKey[], strangers: readonly PeerKey[], now: Millis): void {
    const named = sample(peers, LEARN_MAX, this.#random)
    // A lookup names the dead of half an hour: it must not displace what shuffles have brought.
    const share = Math.ceil(this.#sizes.passiveMax / 3)
    const room = Math.max(share, this.#sizes.passiveMax - this.#passive.size)
    for (const peer of named.slice(0, room)) this.#learn(peer, now)
    this.#refill(now)
    this.#probe(strangers, now)
  }

  /** Swaps a neighbour for a looked-up stranger now and then: overlays that never met grow together. */
  #probe(strangers: readonly PeerKey[], now: Millis): void {
    if (!this.#probes.isOver(now) || this.#active.size < this.#sizes.activeMax) return
    const known = (peer: PeerKey) => this.#links.has(peer) || this.#failed.has(peer)
    const peer = sample(strangers, LEARN_MAX, this.#random).find(each => !known(each))
    if (peer !== undefined && this.#dial(peer, 'swap', now)) this.#probes.begin(now)
  }

  #learn(peer: PeerKey, now: Millis, spare: PeerKey[] = []): void {
    const known = peer === this.#self || this.#links.has(peer) || this.#dials.has(peer)
    if (!known && !this.#failed.has(peer)) this.#passive.add(peer, now, spare)
  }

  #exchange({ learnt, send, spare }: Exchange): void {
    if (send !== undefined) this.#send(send.to, send.frame)
    const room = [...spare]
    for (const peer of learnt) this.#learn(peer, 0, room)
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
