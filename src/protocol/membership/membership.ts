import type { PeerKey } from '../../base/ids.js'
import { pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { ACTIVE_WALK, PASSIVE_WALK } from '../config.js'
import type { MembershipInput, MembershipOutput, MembershipTimer } from '../events.js'
import type {
  ForwardJoinFrame,
  MembershipFrame,
  ShuffleFrame,
  ShuffleReplyFrame
} from '../wire/frames.js'
import { ActiveView } from './active-view.js'
import { Negotiation } from './negotiation.js'
import { Outbox } from './outbox.js'
import { Recruiting } from './recruiting.js'
import { type Exchange, Shuffles } from './shuffles.js'
import { MEMBERSHIP_TUNING, type MembershipTuning } from './tuning.js'

/** Sizes of everything that membership holds. */
export interface MembershipLoad {
  readonly links: number
  readonly dials: number
  readonly passive: number
  readonly failed: number
  readonly announced: number
  readonly routes: number
}

type WalkFrame = ForwardJoinFrame | ShuffleFrame | ShuffleReplyFrame

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
  readonly #places: Negotiation
  readonly #shuffles: Shuffles

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
    this.#shuffles = new Shuffles(self, this.#recruiting.known.passive, random)
    const onlost = (peer: PeerKey) => this.#shuffles.forget(peer)
    this.#places = new Negotiation({ ...parts, recruiting: this.#recruiting, onlost })
  }

  /** The neighbours: linked, and agreed upon by both sides. At most `activeMax`. */
  get active(): ReadonlySet<PeerKey> {
    return this.#view.neighbours
  }

  /** Members to fall back on. At most `passiveMax`. */
  get passive(): readonly PeerKey[] {
    return [...this.#recruiting.known.passive.keys()]
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): MembershipLoad {
    const { dials, known } = this.#recruiting
    return { links: this.#view.links, routes: this.#shuffles.routes, dials, ...known.load }
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
        this.#start(now)
        break
      case 'candidates':
        this.#recruiting.candidates(input.peers, input.strangers ?? input.peers, now)
        break
      case 'link-up':
        this.#places.linkUp(input, now)
        break
      case 'link-down':
        this.#places.linkDown(input.peer, now)
        break
      case 'dial-failed':
        if (!this.#view.has(input.peer))
          this.#recruiting.dialFailed(input.peer, now, input.answered)
        break
      case 'compared':
        this.#places.compared(input.peer)
        break
      case 'lacked':
        this.#places.lacked(input.peer, now)
        break
      case 'frame':
        if (this.#view.has(input.from)) this.#frame(input.from, input.frame, now)
        break
      case 'timer':
        this.#timer(input.timer, now)
        break
    }
  }

  #start(now: Millis): void {
    this.#recruiting.start(now)
    const { refillIntervalMillis, shuffleIntervalMillis, visitIntervalMillis } = this.#tuning
    this.#out.schedule(shuffleIntervalMillis, { name: 'shuffle' })
    this.#out.schedule(refillIntervalMillis, { name: 'refill' })
    this.#out.schedule(visitIntervalMillis, { name: 'visit' })
  }

  #timer(timer: MembershipTimer, now: Millis): void {
    switch (timer.name) {
      case 'shuffle':
        this.#exchange(this.#shuffles.begin(this.active), now)
        this.#out.schedule(this.#tuning.shuffleIntervalMillis, timer)
        return
      case 'refill':
        this.#recruiting.lookOver(now)
        this.#out.schedule(this.#tuning.refillIntervalMillis, timer)
        return
      case 'visit':
        this.#recruiting.visit(now)
        this.#out.schedule(this.#tuning.visitIntervalMillis, timer)
        return
      case 'dial-late':
        this.#recruiting.dialsLate(now)
        return
      case 'neighbor-timeout':
        this.#places.timeout(timer.peer, timer.attempt, now)
    }
  }

  #frame(from: PeerKey, frame: MembershipFrame, now: Millis): void {
    switch (frame.type) {
      case 'join':
        this.#places.join(from, now)
        break
      case 'neighbor':
        this.#places.asked(from, frame.priority === 'high', now)
        break
      case 'neighbor-reply':
        this.#places.neighborReply(from, frame.accepted, now)
        break
      case 'referral':
        this.#places.referral(from, frame, now)
        break
      case 'disconnect':
        this.#places.disconnected(from, now)
        break
      default:
        if (this.#view.mayWalk(from, now)) this.#walk(from, frame, now)
    }
  }

  #walk(from: PeerKey, frame: WalkFrame, now: Millis): void {
    switch (frame.type) {
      case 'forward-join':
        this.#forwardJoin(from, frame, now)
        break
      case 'shuffle':
        this.#exchange(this.#shuffles.take(from, frame, this.active), now)
        break
      case 'shuffle-reply':
        this.#exchange(this.#shuffles.takeReply(from, frame, this.active), now)
    }
  }

  #forwardJoin(from: PeerKey, frame: ForwardJoinFrame, now: Millis): void {
    if (!this.#view.isNeighbour(from) || frame.peer === this.#self) return
    const ttl = Math.min(frame.ttl, ACTIVE_WALK)
    const next = this.#stranger(from, frame.peer)
    if (ttl === PASSIVE_WALK) this.#recruiting.known.learn(frame.peer, from, now)
    if (ttl > 0 && next !== undefined) {
      this.#out.send(next, { type: 'forward-join', peer: frame.peer, ttl: ttl - 1 })
      return
    }
    this.#recruiting.takeIn(frame.peer, from, now)
  }

  /** A neighbour that is neither of these two. */
  #stranger(from: PeerKey, subject: PeerKey): PeerKey | undefined {
    const others = [...this.active].filter(peer => peer !== from && peer !== subject)
    return pick(others, this.#random)
  }

  #exchange({ by, learnt, send, spare }: Exchange, now: Millis): void {
    if (send !== undefined) this.#out.send(send.to, send.frame)
    if (by === undefined) return
    const room = [...spare]
    for (const peer of learnt) this.#recruiting.known.learn(peer, by, now, room)
  }
}
