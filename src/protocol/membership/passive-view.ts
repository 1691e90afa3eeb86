import type { PeerKey } from '../../base/ids.js'
import { pick, sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'

/** HyParView's passive view: members to fall back on, each with the time before which it is not asked. */
export class PassiveView {
  readonly #max: number
  readonly #random: Random
  // BOUNDED: `#max`; a random entry makes room for a new one (paper, section 4.1).
  readonly #peers = new Map<PeerKey, Millis>()

  constructor(max: number, random: Random) {
    this.#max = max
    this.#random = random
  }

  get size(): number {
    return this.#peers.size
  }

  has(peer: PeerKey): boolean {
    return this.#peers.has(peer)
  }

  keys(): IterableIterator<PeerKey> {
    return this.#peers.keys()
  }

  /** Adds a peer, pushing out one of `spare` if there is one, else a random one. Known peers keep their time. */
  add(peer: PeerKey, notBefore: Millis = 0, spare: PeerKey[] = []): void {
    if (this.#peers.has(peer)) return
    if (this.#peers.size >= this.#max) this.#makeRoom(spare)
    this.#peers.set(peer, notBefore)
  }

  /** A known or new peer that is not to be asked before a time. */
  postpone(peer: PeerKey, notBefore: Millis): void {
    this.add(peer, notBefore)
    this.#peers.set(peer, notBefore)
  }

  delete(peer: PeerKey): void {
    this.#peers.delete(peer)
  }

  /** Removes and returns a random peer that may be asked now. */
  take(now: Millis): PeerKey | undefined {
    const ready = [...this.#peers].filter(([, notBefore]) => notBefore <= now)
    const peer = pick(ready, this.#random)?.[0]
    if (peer !== undefined) this.#peers.delete(peer)
    return peer
  }

  sample(count: number): PeerKey[] {
    return sample(this.#peers.keys(), count, this.#random)
  }

  #makeRoom(spare: PeerKey[]): void {
    let victim = spare.pop()
    while (victim !== undefined && !this.#peers.has(victim)) victim = spare.pop()
    victim ??= pick(this.#peers.keys(), this.#random)
    if (victim !== undefined) this.#peers.delete(victim)
  }
}
