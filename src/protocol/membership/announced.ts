import type { PeerKey } from '../../base/ids.js'
import { jitter, pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { MembershipTuning } from './tuning.js'

interface Announcement {
  /** In how many answers of DHT nodes it was named; several at once may count as one. */
  readonly answers: number
  /** Dials that failed since the last one that did not. */
  readonly tries: number
  readonly notBefore: Millis
}

/** Of so many that might make room, those named least make it. */
const COMPARED = 8

/**
 * Peers that lookups named. Anybody can announce many keys, so they are dialled in an order that nobody can own: those
 * that several answers named and all of them, in turns, and at random among them.
 */
export class Announced {
  readonly #tuning: MembershipTuning
  readonly #random: Random
  // BOUNDED: `announcedMax`; of a few random ones who was named in the fewest answers makes room.
  readonly #peers = new Map<PeerKey, Announcement>()
  // BOUNDED: the keys of #peers, to choose from in constant time.
  readonly #keys: PeerKey[] = []
  #several = false

  constructor(tuning: MembershipTuning, random: Random) {
    this.#tuning = tuning
    this.#random = random
  }

  get size(): number {
    return this.#peers.size
  }

  has(peer: PeerKey): boolean {
    return this.#peers.has(peer)
  }

  /** True while a peer that did not answer is left alone. */
  isFailing(peer: PeerKey, now: Millis): boolean {
    const known = this.#peers.get(peer)
    return known !== undefined && known.tries > 0 && known.notBefore > now
  }

  /** A node answered that it is announced. */
  name(peer: PeerKey): void {
    const known = this.#peers.get(peer)
    if (known === undefined) this.#makeRoomFor(peer)
    const { answers, notBefore, tries } = known ?? { answers: 0, tries: 0, notBefore: 0 }
    this.#peers.set(peer, { answers: answers + 1, tries, notBefore })
  }

  /** It is tried again after a pause that doubles each time; at first soon, if it has answered. */
  failed(peer: PeerKey, answered: boolean, now: Millis): void {
    const known = this.#peers.get(peer)
    if (known === undefined) return
    const { failedPauseMillis, lostPauseMillis, pauseMaxMillis } = this.#tuning
    const isFirst = answered && known.tries === 0
    const pause = isFirst ? lostPauseMillis : failedPauseMillis * 2 ** known.tries
    const notBefore = now + jitter(Math.min(pause, pauseMaxMillis), this.#random)
    this.#peers.set(peer, { ...known, tries: known.tries + 1, notBefore })
  }

  /** It lives. */
  reached(peer: PeerKey): void {
    const known = this.#peers.get(peer)
    if (known !== undefined) this.#peers.set(peer, { ...known, tries: 0 })
  }

  /** It is not to be asked before this. */
  postpone(peer: PeerKey, notBefore: Millis): void {
    const known = this.#peers.get(peer)
    if (known !== undefined) this.#peers.set(peer, { ...known, notBefore })
  }

  /** Somebody to dial now, of those that are `free`; it stays here. */
  next(now: Millis, free: (peer: PeerKey) => boolean): PeerKey | undefined {
    const ready = [...this.#peers].filter(([peer, { notBefore }]) => notBefore <= now && free(peer))
    this.#several = !this.#several
    const several = this.#several ? ready.filter(([, { answers }]) => answers > 1) : []
    return pick(several.length > 0 ? several : ready, this.#random)?.[0]
  }

  #makeRoomFor(peer: PeerKey): void {
    if (this.#keys.length < this.#tuning.announcedMax) {
      this.#keys.push(peer)
      return
    }
    let place = this.#anyPlace()
    for (let n = 1; n < COMPARED; n++) {
      const other = this.#anyPlace()
      if (this.#answersAt(other) < this.#answersAt(place)) place = other
    }
    const [victim] = this.#keys.splice(place, 1, peer)
    if (victim !== undefined) this.#peers.delete(victim)
  }

  #anyPlace(): number {
    return Math.floor(this.#random() * this.#keys.length)
  }

  #answersAt(place: number): number {
    const peer = this.#keys[place]
    return (peer && this.#peers.get(peer)?.answers) ?? 0
  }
}
