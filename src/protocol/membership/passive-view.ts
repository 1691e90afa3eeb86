import type { PeerKey } from '../../base/ids.js'
import { pick, sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'

/** How we know of a member. */
export interface Knowledge {
  /** The neighbour that named it first; undefined when we met it ourselves. */
  readonly by?: PeerKey | undefined
  /** True when no single neighbour made us know it: we had chosen it before, or several named it. */
  readonly own: boolean
}

interface Entry extends Knowledge {
  /** Not to be asked before this. */
  readonly notBefore: Millis
}

/** HyParView's passive view: members to fall back on. */
export class PassiveView {
  readonly #max: number
  readonly #random: Random
  // BOUNDED: `#max`, a third of it for what one neighbour alone has named, and for who came by itself; see #makeRoom.
  readonly #peers = new Map<PeerKey, Entry>()

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

  get(peer: PeerKey): Knowledge | undefined {
    return this.#peers.get(peer)
  }

  keys(): IterableIterator<PeerKey> {
    return this.#peers.keys()
  }

  /** Adds a peer; one of `spare` makes room for it if there is one. */
  add(peer: PeerKey, knowledge: Knowledge, spare: PeerKey[] = []): void {
    if (!this.#peers.has(peer)) this.#makeRoom(knowledge, spare)
    const known = this.#peers.get(peer)
    const own = knowledge.own || known?.own === true
    this.#peers.set(peer, { notBefore: 0, ...knowledge, ...known, own })
  }

  /** A known or new peer that is not to be asked before a time. */
  postpone(peer: PeerKey, knowledge: Knowledge, notBefore: Millis): void {
    this.add(peer, knowledge)
    const known = this.#peers.get(peer)
    if (known !== undefined) this.#peers.set(peer, { ...known, notBefore })
  }

  delete(peer: PeerKey): void {
    this.#peers.delete(peer)
  }

  /** A random peer that may be asked now, of those that are `free`; it stays here. */
  next(now: Millis, free: (peer: PeerKey) => boolean): PeerKey | undefined {
    const ready = [...this.#peers].filter(([peer, { notBefore }]) => notBefore <= now && free(peer))
    return pick(ready, this.#random)?.[0]
  }

  sample(count: number): PeerKey[] {
    return sample(this.#peers.keys(), count, this.#random)
  }

  /**
   * A neighbour that has named its third replaces what it named before. Otherwise one of `spare` goes, or one of those that
   * most are known by: nobody who names many can push out what others named.
   */
  #makeRoom(knowledge: Knowledge, spare: PeerKey[]): void {
    const sources = this.#bySource()
    const same = knowledge.own ? [] : (sources.get(sourceOf(knowledge)) ?? [])
    if (same.length >= Math.ceil(this.#max / 3)) this.#deleteOneOf(same)
    if (this.#peers.size < this.#max) return
    const known = spare.findLastIndex(peer => this.#peers.has(peer))
    const [given] = known < 0 ? [] : spare.splice(known, 1)
    this.#deleteOneOf(given === undefined ? largest(sources.values()) : [given])
  }

  #bySource(): Map<Source, PeerKey[]> {
    const sources = new Map<Source, PeerKey[]>()
    for (const [peer, entry] of this.#peers) {
      const source = sourceOf(entry)
      sources.set(source, [...(sources.get(source) ?? []), peer])
    }
    return sources
  }

  #deleteOneOf(peers: readonly PeerKey[]): void {
    const victim = pick(peers, this.#random)
    if (victim !== undefined) this.#peers.delete(victim)
  }
}

/** Who made us know a peer: one neighbour, ourselves, or the peer, which came by itself. */
type Source = PeerKey | 'own' | 'met'

function sourceOf({ by, own }: Knowledge): Source {
  return own ? 'own' : (by ?? 'met')
}

function largest(groups: Iterable<readonly PeerKey[]>): readonly PeerKey[] {
  let most: readonly PeerKey[] = []
  for (const group of groups) if (group.length > most.length) most = group
  return most
}
