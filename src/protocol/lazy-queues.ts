import { IHAVE_MAX } from './config.js'
import type { HaveEntry } from './frames.js'
import type { MessageId, PeerKey } from './ids.js'

/** What is to be announced to lazy neighbours, until it is sent in one frame each. */
export class LazyQueues {
  // BOUNDED: one queue per neighbour, of IHAVE_MAX; by id, with the hops.
  readonly #queues = new Map<PeerKey, Map<MessageId, number>>()

  /** Entries in all queues. */
  get size(): number {
    let size = 0
    for (const queue of this.#queues.values()) size += queue.size
    return size
  }

  /** Adds an entry; gives all of the neighbour's where they fill a frame now. */
  add(peer: PeerKey, id: MessageId, hops: number): HaveEntry[] | undefined {
    let queue = this.#queues.get(peer)
    if (queue === undefined) {
      queue = new Map()
      this.#queues.set(peer, queue)
    }
    queue.set(id, hops)
    return queue.size < IHAVE_MAX ? undefined : this.#take(peer, queue)
  }

  /** The neighbour is known to have this message: it need not be told. */
  has(peer: PeerKey, id: MessageId): void {
    this.#queues.get(peer)?.delete(id)
  }

  /** The neighbour is gone. */
  drop(peer: PeerKey): void {
    this.#queues.delete(peer)
  }

  /** Empties all queues. */
  takeAll(): { readonly peer: PeerKey; readonly entries: HaveEntry[] }[] {
    return [...this.#queues]
      .map(([peer, queue]) => ({ peer, entries: this.#take(peer, queue) }))
      .filter(({ entries }) => entries.length > 0)
  }

  #take(peer: PeerKey, queue: ReadonlyMap<MessageId, number>): HaveEntry[] {
    this.#queues.delete(peer)
    return [...queue].map(([id, hops]) => ({ id, hops }))
  }
}
