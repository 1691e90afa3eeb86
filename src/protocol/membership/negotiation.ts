import type { PeerKey } from '../../base/ids.js'
import { sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { ACTIVE_WALK, REFERRAL_PEERS } from '../config.js'
import type { MembershipInput } from '../events.js'
import type { ReferralFrame } from '../wire/frames.js'
import type { ActiveView, Place } from './active-view.js'
import { addressBlock } from './address-block.js'
import type { Purpose } from './dials.js'
import type { Outbox } from './outbox.js'
import type { Neighbour as Newcomer } from './places.js'
import type { Recruiting } from './recruiting.js'
import type { MembershipTuning } from './tuning.js'

/** What negotiating about places takes. */
export interface NegotiationParts {
  /** The key that others dial us by. */
  readonly self: PeerKey
  readonly random: Random
  readonly tuning: MembershipTuning
  readonly out: Outbox
  readonly view: ActiveView
  readonly recruiting: Recruiting
  /** A link is gone, whatever was agreed on it. */
  readonly onlost: (peer: PeerKey) => void
}

type LinkUp = Extract<MembershipInput, { type: 'link-up' }>

/** Places in the view: what we ask of those that we dialled, and what those get that dialled us. */
export class Negotiation {
  readonly #parts: NegotiationParts
  #joined = false
  /** Whom we have sent a join, until it answers. */
  #joining: PeerKey | undefined

  constructor(parts: NegotiationParts) {
    this.#parts = parts
  }

  get #view(): ActiveView {
    return this.#parts.view
  }

  get #recruiting(): Recruiting {
    return this.#parts.recruiting
  }

  get #out(): Outbox {
    return this.#parts.out
  }

  // Links

  /** A link on which both sides have proved the room secret. */
  linkUp({ address, identity, initiator, peer }: LinkUp, now: Millis): void {
    if (peer === this.#parts.self) {
      this.#out.close(peer)
      return
    }
    if (this.#view.has(peer)) this.#lose(peer)
    const chosen = initiator && this.#recruiting.known.chose(peer)
    const dial = this.#recruiting.reached(peer)
    // Without a dial: a better way to a neighbour took the place of the one that there was.
    const { own, purpose } = dial ?? { own: chosen, purpose: 'fill' }
    const block = address === undefined ? undefined : addressBlock(address)
    const newcomer: Newcomer = { peer, own, identity, block, since: now }
    if (initiator && this.#isOneMore(newcomer)) this.#putOff(newcomer, now)
    else if (!this.#roomForLink(newcomer)) this.#turnAway(newcomer)
    else if (!initiator) this.#track({ ...newcomer, state: 'awaiting' }, now)
    else this.#ask(newcomer, purpose, now)
  }

  /** True when one more link may be; one that waits for nothing makes room. */
  #roomForLink(newcomer: Newcomer): boolean {
    if (!this.#view.isFullOfLinks) return true
    const peer = this.#view.dispensable(newcomer)
    if (peer !== undefined) this.#drop(peer)
    return peer !== undefined
  }

  #turnAway({ own, peer }: Newcomer): void {
    this.#out.close(peer)
    this.#recruiting.known.spared(peer, own)
  }

  #ask(newcomer: Newcomer, purpose: Purpose, now: Millis): void {
    if (purpose === 'visit') this.#track({ ...newcomer, state: 'visiting' }, now)
    else if (this.#wants(newcomer, purpose)) this.#request(newcomer, purpose, now)
    else this.#turnAway(newcomer)
  }

  #wants({ own }: Newcomer, purpose: Purpose): boolean {
    if (purpose === 'walk' || purpose === 'swap' || !this.#view.isFull) return true
    return this.#view.hasSurplus || (own && this.#view.own < this.#view.half)
  }

  /** True for one more of a kind that has places which others are looked for. */
  #isOneMore(newcomer: Newcomer): boolean {
    return this.#view.isFull && this.#view.hasSurplus && this.#view.isSurplus(newcomer)
  }

  #putOff({ own, peer }: Newcomer, now: Millis): void {
    this.#out.close(peer)
    this.#recruiting.known.postpone(peer, own, now)
    this.#recruiting.refill(now)
  }

  #request(newcomer: Newcomer & Pick<Place, 'visited'>, purpose: Purpose, now: Millis): void {
    this.#track({ ...newcomer, state: 'requested', since: now, purpose }, now)
    const { own, peer } = newcomer
    const alone = this.#view.size === 0
    // Whoever dialled us may keep the room from us: to have joined takes somebody of our choice.
    const joins = alone || (purpose !== 'swap' && own && this.#view.own === 0)
    if (joins && !this.#joined && this.#joining === undefined) {
      this.#joining = peer
      this.#out.send(peer, { type: 'join' })
      return
    }
    const priority = alone || purpose === 'swap' ? 'high' : 'low'
    this.#out.send(peer, { type: 'neighbor', priority })
  }

  #track(newcomer: Newcomer & Place, now: Millis): void {
    const { peer, ...place } = newcomer
    const attempt = this.#view.track(peer, place, now)
    const timer = { name: 'neighbor-timeout', peer, attempt } as const
    this.#out.timer(this.#patience(place), timer)
  }

  /** How long a link may stay in this state. */
  #patience({ state }: Place): Millis {
    const { neighborTimeoutMillis, refusedPauseMillis, visitMillis } = this.#parts.tuning
    if (state === 'visiting') return visitMillis
    return state === 'refused' ? refusedPauseMillis : neighborTimeoutMillis
  }

  /** A link has been in a state without a place for as long as it may. */
  timeout(peer: PeerKey, attempt: number, now: Millis): void {
    const link = this.#view.get(peer)
    if (link?.attempt !== attempt || link.state === 'active') return
    const { own, purpose, state } = link
    this.#drop(peer)
    if (state === 'requested') this.#recruiting.refused(peer, own, purpose, now)
    else if (state === 'visiting') this.#recruiting.known.spared(peer, own)
    this.#recruiting.refill(now)
  }

  /** A link ended, and not because we closed it. */
  linkDown(peer: PeerKey, now: Millis): void {
    const link = this.#view.get(peer)
    if (link === undefined) return
    const { own, purpose, state } = link
    this.#lose(peer)
    if (state === 'active') this.#recruiting.lost(peer, own, now)
    if (state === 'requested') this.#recruiting.refused(peer, own, purpose, now)
    this.#recruiting.refill(now)
  }

  /** Forgets a link that is gone. */
  #lose(peer: PeerKey): void {
    if (this.#joining === peer) this.#joining = undefined
    this.#parts.onlost(peer)
    if (this.#view.remove(peer)) this.#out.push({ type: 'neighbor-down', peer })
  }

  /** Ends a link that we no longer want. */
  #drop(peer: PeerKey): void {
    this.#lose(peer)
    this.#out.close(peer)
  }

  // Neighbours

  /** A newcomer asks for a place: our neighbours are told of it. */
  join(from: PeerKey, now: Millis): void {
    const known = this.#view.isNeighbour(from)
    if (!this.asked(from, true, now) || known) return
    for (const peer of this.#view.neighbours) {
      if (peer === from) continue
      this.#out.send(peer, { type: 'forward-join', peer: from, ttl: ACTIVE_WALK })
    }
  }

  /** Somebody asks for a place, and `needs` it if it has none; true when it gets it. */
  asked(from: PeerKey, needs: boolean, now: Millis): boolean {
    const free = !this.#view.isFull || this.#view.isNeighbour(from)
    const victim = free ? undefined : this.#view.victimOf(from, needs, now)
    if (!free && victim === undefined) {
      this.#refuse(from, needs, now)
      return false
    }
    this.#out.send(from, { type: 'neighbor-reply', accepted: true })
    this.#activate(from, victim, now)
    return true
  }

  /** Who has no neighbour is told of other members, and keeps the link for history. */
  #refuse(from: PeerKey, needs: boolean, now: Millis): void {
    const link = this.#view.get(from)
    if (needs && link !== undefined && link.state !== 'refused') {
      this.#out.send(from, { type: 'referral', peers: this.#othersThan(from) })
      this.#track({ ...link, peer: from, state: 'refused', since: now }, now)
    }
    this.#out.send(from, { type: 'neighbor-reply', accepted: false })
  }

  #othersThan(peer: PeerKey): PeerKey[] {
    const { random, recruiting, view } = this.#parts
    const others = new Set([...view.neighbours, ...recruiting.known.passive.keys()])
    others.delete(peer)
    return sample(others, REFERRAL_PEERS, random)
  }

  /** Somebody who has no place for us names members that may have one. */
  referral(from: PeerKey, { peers }: ReferralFrame, now: Millis): void {
    const link = this.#view.get(from)
    if (link?.state !== 'requested' || link.referred === true) return
    this.#track({ ...link, peer: from, referred: true }, now)
    for (const peer of peers.slice(0, REFERRAL_PEERS)) this.#recruiting.known.learn(peer, from, now)
  }

  /** The answer to what we asked. */
  neighborReply(from: PeerKey, accepted: boolean, now: Millis): void {
    const link = this.#view.get(from)
    if (link?.state !== 'requested') return
    if (accepted) this.#accepted(from, link, now)
    else this.#refused(from, link, now)
  }

  #accepted(from: PeerKey, { purpose }: Place, now: Millis): void {
    if (this.#joining === from) this.#joined = true
    this.#recruiting.accepted(purpose, now)
    const victim = this.#view.isFull ? this.#view.victim(from, true) : undefined
    if (!this.#view.isFull || victim !== undefined) this.#activate(from, victim, now)
    else this.#pushOut(from, now)
  }

  #refused(from: PeerKey, link: Place, now: Millis): void {
    const { own, purpose, referred, visited } = link
    if (visited === true || (own && this.#recruiting.visitsInstead(from))) {
      this.#track({ ...link, peer: from, state: 'visiting', since: now }, now)
    } else if (referred === true && this.#view.size === 0) {
      this.#joining = undefined
      this.#track({ ...link, peer: from, state: 'refused', since: now }, now)
    } else {
      this.#drop(from)
    }
    this.#recruiting.refused(from, own, purpose, now)
    this.#recruiting.refill(now)
  }

  #activate(peer: PeerKey, victim: PeerKey | undefined, now: Millis): void {
    if (victim !== undefined) this.#pushOut(victim, now)
    if (!this.#view.activate(peer, now)) return
    this.#out.push({ type: 'neighbor-up', peer })
    if (this.#view.size === 1) this.#leaveHosts()
    this.#recruiting.refill(now)
  }

  /** We have a neighbour, so those that had no place for us need not keep the link. */
  #leaveHosts(): void {
    for (const peer of this.#view.inState('refused')) {
      if (this.#view.get(peer)?.purpose !== undefined) this.#drop(peer)
    }
  }

  /** HyParView's drop of a neighbour, which keeps us passive as we keep it. */
  #pushOut(peer: PeerKey, now: Millis): void {
    const own = this.#view.get(peer)?.own === true
    this.#out.send(peer, { type: 'disconnect' })
    this.#drop(peer)
    this.#recruiting.known.postpone(peer, own, now)
  }

  /** The other side wants the link no longer. */
  disconnected(from: PeerKey, now: Millis): void {
    const own = this.#view.get(from)?.own === true
    this.#drop(from)
    this.#recruiting.known.postpone(from, own, now)
    this.#recruiting.refill(now)
  }

  /** Whom we only visit has compared what both have. */
  compared(peer: PeerKey): void {
    if (this.#view.get(peer)?.state === 'visiting') this.#recruiting.compared()
  }

  /** Whom we only visit has told us what no neighbour had: we ask it for a place, once. */
  lacked(peer: PeerKey, now: Millis): void {
    const link = this.#view.get(peer)
    if (link?.state !== 'visiting' || link.visited === true) return
    this.#recruiting.told(peer, now)
    this.#request({ ...link, peer, visited: true }, 'swap', now)
  }
}
