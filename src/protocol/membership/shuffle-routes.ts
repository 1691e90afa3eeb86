import type { PeerKey } from '../../base/ids.js'

/** Most answers that one neighbour can owe. Guess: as many as a member has links. */
const ROUTES_MAX = 10

/**
 * Where answers to shuffles that we passed on belong: in the order in which they went out. A lost answer shifts the
 * others by one, which does no harm: any sample of members is as good as any other.
 */
export class ShuffleRoutes {
  // BOUNDED: one queue per link, deleted with it, ROUTES_MAX entries each.
  readonly #upstream = new Map<PeerKey, PeerKey[]>()

  get size(): number {
    return this.#upstream.size
  }

  /** A shuffle that came from `from` went on to `to`. */
  push(to: PeerKey, from: PeerKey): void {
    const queue = this.#upstream.get(to) ?? []
    queue.push(from)
    if (queue.length > ROUTES_MAX) queue.shift()
    this.#upstream.set(to, queue)
  }

  /** Whom the next answer from `to` is for; undefined when it is for us. */
  shift(to: PeerKey): PeerKey | undefined {
    return this.#upstream.get(to)?.shift()
  }

  delete(peer: PeerKey): void {
    this.#upstream.delete(peer)
  }
}
