import type { MessageId, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { IHAVE_MAX } from '../config.js'
import type { HaveEntry } from '../wire/frames.js'

interface Waiting {
  readonly hops: number
  readonly dueAt: Millis
  /** True where it is announced even to who has announced it. */
  readonly both: boolean
}

/** What a neighbour is told. */
export interface Announcement {
  readonly peer: PeerKey
  readonly entries: readonly HaveEntry[]
}

/**
 * What is to be announced to lazy neighbours, until it is sent in one frame each. With each neighbour one of the two sides
 * announces, and the other only what the first has not named in time: both having a message, one word is enough.
 */
export class LazyQueues {
  readonly #self: PeerKey | undefined
  // BOUNDED: one queue per neighbour, of IHAVE_MAX.
  readonly #queues = new Map<PeerKey, Map<MessageId, Waiting>>()

  /** `self`: our key among the neighbours'; the larger of two announces. Without it all is announced. */
  constructor(self: PeerKey | undefined) {
    this.#self = self
  }

  /** Entries in all queues. */
  get size(): number {
    let size = 0
    for (const queue of this.#queues.values()) size += queue.size
    return size
  }

  /** When something is due; undefined where nothing is waiting. */
  get nextDueAt(): Millis | undefined {
    let soonest: Millis | undefined
    for (const queue of this.#queues.values()) {
      for (const { dueAt } of queue.values()) {
        if (soonest === undefined || dueAt < soonest) soonest = dueAt
      }
    }
    return soonest
  }

  /** How long a message waits that our side is to announce after so long: twice as long where the other side goes first. */
  wait(peer: PeerKey, millis: Millis): Millis {
    return this.#goesFirst(peer) ? millis : 2 * millis
  }

  /** Adds an entry; gives all of the neighbour's where they fill a frame now. */
  add(peer: PeerKey, id: MessageId, waiting: Waiting): Announcement | undefined {
    let queue = this.#queues.get(peer)
    if (queue === undefined) {
      queue = new Map()
      this.#queues.set(peer, queue)
    }
    queue.set(id, waiting)
    return queue.size < IHAVE_MAX ? undefined : this.#take(peer, queue, Number.POSITIVE_INFINITY)
  }

  /** The neighbour is known to have this message: as a rule it need not be told. */
  has(peer: PeerKey, id: MessageId): void {
    const queue = this.#queues.get(peer)
    if (queue?.get(id)?.both === false) queue.delete(id)
  }

  /** The neighbour is gone. */
  drop(peer: PeerKey): void {
    this.#queues.delete(peer)
  }

  /** What is due; whom we announce to is told of all that is waiting as well. */
  takeDue(now: Millis): Announcement[] {
    const due: Announcement[] = []
    for (const [peer, queue] of this.#queues) {
      const isDue = [...queue.values()].some(({ dueAt }) => dueAt <= now)
      const until = this.#goesFirst(peer) ? Number.POSITIVE_INFINITY : now
      if (isDue) due.push(this.#take(peer, queue, until))
    }
    return due
  }

  #take(peer: PeerKey, queue: Map<MessageId, Waiting>, until: Millis): Announcement {
    const entries: HaveEntry[] = []
    for (const [id, { dueAt, hops }] of queue) {
      if (dueAt > until) continue
      queue.delete(id)
      entries.push({ id, hops })
    }
    return { peer, entries }
  }

  #goesFirst(peer: PeerKey): boolean {
    return this.#self === undefined || this.#self > peer
  }
}
