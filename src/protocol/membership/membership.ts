import type { PeerKey } from '../../base/ids.js'
import { pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { ACTIVE_WALK, PASSIVE_WALK } from '../config.js'
import type { MembershipInput, MembershipOutput, MembershipTimer } from '../events.js'
import type { ForwardJoinFrame, MembershipFrame, NeighborFrame } from '../wire/frames.js'
import { ActiveView, type Place } from './active-view.js'
import type { Purpose } from './dials.js'
import { Outbox } from './outbox.js'
import { Recruiting } from './recruiting.js'
import { type Exchange, Shuffles } from './shuffles.js'
import { MEMBERSHIP_TUNING, type MembershipTuning } from './tuning.js'

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
  readonly #tuning: MembershipTuning
  readonly #out: Outbox
  readonly #view: ActiveView
  readonly #recruiting: Recruiting
  readonly #shuffles: Shuffles
  #joined = false

  /**
   * `self` is the key that others dial us by; `random` drives every choice, so that a seed replays it. Of two neighbours
   * one that `isSpare` rather makes room for another: by default none is.
   */
  constructor(
    self: PeerKey,
    random: Random,
    tuning: Partial<MembershipTuning> = {},
    isSpare: (peer: PeerKey) => boolean = () => false
  ) {
    this.#self = self
    this.#random = random
    this.#tuning = { ...MEMBERSHIP_TUNING, ...tuning }
    this.#out = new Outbox(random)
    this.#view = new ActiveView({ tuning: this.#tuning, random, isSpare })
    const parts = { self, random, tuning: this.#tuning, view: this.#view, out: this.#out }
    this.#recruiting = new Recruiting(parts)
    this.#shuffles = new Shuffles(self, this.#recruiting.passive, random)
  }

  /** The neighbours: linked, and agreed upon by both sides. At most `activeMax`. */
  get active(): ReadonlySet<PeerKey> {
    return this.#view.neighbours
  }

  /** Members to fall back on. At most `passiveMax`. */
  get passive(): readonly PeerKey[] {
    return [...this.#recruiting.passive.keys()]
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { links: number; dials: number; passive: number; failed: number; routes: number } {
    const [links, routes] = [this.#view.links, this.#shuffles.routes]
    return { links, routes, ...this.#recruiting.load }
  }

  /** Takes one event at the time `now` and says what is to be done, in order. Never throws. */
  handle(input: MembershipInput, now: Millis): MembershipOutput[] {
    this.#out.begin()
    this.#take(input, now)
    return this.#out.end()
  }

  #take(input: MembershipInput, now: Millis): void {
    switch (input.type) {
      case 'start':
        this.#start()
        break
      case 'candidates':
        this.#recruiting.candidates(input.peers, input.strangers ?? input.peers, now)
        break
      case 'link-up':
        this.#linkUp(input.peer, input.initiator, now)
        break
      case 'link-down':
        this.#linkDown(input.peer, now)
        break
      case 'dial-failed':
        if (!this.#view.has(input.peer)) this.#recruiting.dialFailed(input.peer, now)
        break
      case 'frame':
        if (this.#view.has(input.from)) this.#frame(input.from, input.frame, now)
        break
      case 'timer':
        this.#timer(input.timer, now)
        break
    }
  }

  #start(): void {
    this.#out.schedule(this.#tuning.shuffleIntervalMillis, { name: 'shuffle' })
    this.#out.schedule(this.#tuning.refillIntervalMillis, { name: 'refill' })
  }

  #timer(timer: MembershipTimer, now: Millis): void {
    switch (timer.name) {
      case 'shuffle':
        this.#exchange(this.#shuffles.begin(this.active))
        this.#out.schedule(this.#tuning.shuffleIntervalMillis, timer)
        return
      case 'refill':
        this.#recruiting.lookOver(now)
        this.#out.schedule(this.#tuning.refillIntervalMillis, timer)
        return
      case 'neighbor-timeout':
        this.#neighborTimeout(timer.peer, timer.attempt, now)
        break
    }
  }

  #frame(from: PeerKey, frame: MembershipFrame, now: Millis): void {
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
        this.#exchange(this.#shuffles.take(from, frame, this.active))
        break
      case 'shuffle-reply':
        this.#exchange(this.#shuffles.takeReply(from, frame, this.active))
        break
    }
  }

  // Links

  #linkUp(peer: PeerKey, initiator: boolean, now: Millis): void {
    if (peer === this.#self) {
      this.#out.close(peer)
      return
    }
    if (this.#view.has(peer)) this.#lose(peer)
    // Without a purpose: a better way to a neighbour took the place of the one that there was.
    const purpose = this.#recruiting.reached(peer) ?? 'fill'
    if (!this.#roomForLink() || (initiator && !this.#wanted(purpose))) this.#turnAway(peer, now)
    else if (initiator) this.#request(peer, purpose, now)
    else this.#track(peer, { state: 'awaiting', since: now })
  }

  /** True when one more link may be; the link that has waited longest for nothing makes room. */
  #roomForLink(): boolean {
    if (!this.#view.isFullOfLinks) return true
    const peer = this.#view.mostUseless()
    if (peer !== undefined) this.#drop(peer)
    return peer !== undefined
  }

  #turnAway(peer: PeerKey, now: Millis): void {
    this.#out.close(peer)
    this.#recruiting.spared(peer, now)
  }

  #wanted(purpose: Purpose): boolean {
    return purpose === 'walk' || purpose === 'swap' || !this.#view.isFull
  }

  #request(peer: PeerKey, purpose: Purpose, now: Millis): void {
    this.#track(peer, { state: 'requested', since: now, purpose })
    const alone = this.#view.size === 0
    if (!this.#joined && alone) {
      this.#joined = true
      this.#out.send(peer, { type: 'join' })
      return
    }
    const priority = alone || purpose === 'swap' ? 'high' : 'low'
    this.#out.send(peer, { type: 'neighbor', priority })
  }

  #track(peer: PeerKey, place: Omit<Place, 'attempt'>): void {
    const attempt = this.#view.track(peer, place)
    const timer = { name: 'neighbor-timeout', peer, attempt } as const
    this.#out.timer(this.#tuning.neighborTimeoutMillis, timer)
  }

  #neighborTimeout(peer: PeerKey, attempt: number, now: Millis): void {
    const link = this.#view.get(peer)
    if (link?.attempt !== attempt || link.state === 'active') return
    this.#drop(peer)
    if (link.state === 'requested') this.#recruiting.refused(peer, link.purpose, now)
  }

  #linkDown(peer: PeerKey, now: Millis): void {
    const link = this.#view.get(peer)
    if (link === undefined) return
    this.#lose(peer)
    if (link.state === 'active') this.#recruiting.lost(peer, now)
    if (link.state === 'requested') this.#recruiting.refused(peer, link.purpose, now)
    this.#recruiting.refill(now)
  }

  /** Forgets a link that is gone. */
  #lose(peer: PeerKey): void {
    this.#shuffles.forget(peer)
    if (this.#view.remove(peer)) this.#out.push({ type: 'neighbor-down', peer })
  }

  /** Ends a link that we no longer want. */
  #drop(peer: PeerKey): void {
    this.#lose(peer)
    this.#out.close(peer)
  }

  // Neighbours

  #join(from: PeerKey, now: Millis): void {
    const known = this.#view.isNeighbour(from)
    this.#accept(from, now)
    if (known) return
    for (const peer of this.active) {
      if (peer === from) continue
      this.#out.send(peer, { type: 'forward-join', peer: from, ttl: ACTIVE_WALK })
    }
  }

  #neighbor(from: PeerKey, { priority }: NeighborFrame, now: Millis): void {
    const free = this.#view.isNeighbour(from) || !this.#view.isFull
    if (free || priority === 'high') this.#accept(from, now)
    else this.#out.send(from, { type: 'neighbor-reply', accepted: false })
  }

  #accept(from: PeerKey, now: Millis): void {
    this.#out.send(from, { type: 'neighbor-reply', accepted: true })
    this.#activate(from, now)
  }

  #neighborReply(from: PeerKey, accepted: boolean, now: Millis): void {
    const link = this.#view.get(from)
    if (link?.state !== 'requested') return
    if (accepted) {
      this.#recruiting.accepted(link.purpose, now)
      this.#activate(from, now)
      return
    }
    this.#drop(from)
    this.#recruiting.refused(from, link.purpose, now)
    this.#recruiting.refill(now)
  }

  #activate(peer: PeerKey, now: Millis): void {
    if (this.#view.isFull && !this.#view.isNeighbour(peer)) this.#pushOut(now)
    if (!this.#view.activate(peer, now)) return
    this.#out.push({ type: 'neighbor-up', peer })
    this.#recruiting.refill(now)
  }

  /** HyParView's drop of a random neighbour, which keeps us passive as we keep it. */
  #pushOut(now: Millis): void {
    const victim = this.#view.victim()
    if (victim === undefined) return
    this.#out.send(victim, { type: 'disconnect' })
    this.#drop(victim)
    this.#recruiting.postpone(victim, now)
  }

  #disconnected(from: PeerKey, now: Millis): void {
    this.#drop(from)
    this.#recruiting.postpone(from, now)
    this.#recruiting.refill(now)
  }

  #forwardJoin(from: PeerKey, frame: ForwardJoinFrame, now: Millis): void {
    if (!this.#view.isNeighbour(from) || frame.peer === this.#self) return
    const ttl = Math.min(frame.ttl, ACTIVE_WALK)
    const next = this.#stranger(from, frame.peer)
    if (ttl === PASSIVE_WALK) this.#recruiting.learn(frame.peer, now)
    if (ttl > 0 && next !== undefined) {
      this.#out.send(next, { type: 'forward-join', peer: frame.peer, ttl: ttl - 1 })
      return
    }
    this.#recruiting.takeIn(frame.peer, now)
  }

  /** A neighbour that is neither of these two. */
  #stranger(from: PeerKey, subject: PeerKey): PeerKey | undefined {
    const others = [...this.active].filter(peer => peer !== from && peer !== subject)
    return pick(others, this.#random)
  }

  #exchange({ learnt, send, spare }: Exchange): void {
    if (send !== undefined) this.#out.send(send.to, send.frame)
    const room = [...spare]
    for (const peer of learnt) this.#recruiting.learn(peer, 0, room)
  }
}
