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

/** What waits for one neighbour. */
interface Queue {
  // BOUNDED: IHAVE_MAX.
  readonly waiting: Map<MessageId, Waiting>
  /** Nothing in it is due before this, though something may be due later only. */
  dueAt: Millis
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
  // BOUNDED: one queue per neighbour.
  readonly #queues = new Map<PeerKey, Queue>()

  /** `self`: our key among the neighbours'; the larger of two announces. Without it all is announced. */
  constructor(self: PeerKey | undefined) {
    this.#self = self
  }

  /** Entries in all queues. */
  get size(): number {
    let size = 0
    for (const { waiting } of this.#queues.values()) size += waiting.size
    return size
  }

  /** When something may be due; undefined where nothing is waiting. Costs as much as there are neighbours. */
  get nextDueAt(): Millis | undefined {
    let soonest = Number.POSITIVE_INFINITY
    for (const { dueAt } of this.#queues.values()) soonest = Math.min(soonest, dueAt)
    return soonest === Number.POSITIVE_INFINITY ? undefined : soonest
  }

  /** How long a message waits that our side is to announce after so long: twice as long where the other side goes first. */
  wait(peer: PeerKey, millis: Millis): Millis {
    return this.#goesFirst(peer) ? millis : 2 * millis
  }

  /** Adds an entry; gives all of the neighbour's where they fill a frame now. */
  add(peer: PeerKey, id: MessageId, waiting: Waiting): Announcement | undefined {
    let queue = this.#queues.get(peer)
    if (queue === undefined) {
      queue = { waiting: new Map(), dueAt: Number.POSITIVE_INFINITY }
      this.#queues.set(peer, queue)
    }
    queue.waiting.set(id, waiting)
    queue.dueAt = Math.min(queue.dueAt, waiting.dueAt)
    if (queue.waiting.size < IHAVE_MAX) return undefined
    return { peer, entries: take(queue, Number.POSITIVE_INFINITY) }
  }

  /** The neighbour is known to have this message: as a rule it need not be told. */
  has(peer: PeerKey, id: MessageId): void {
    const queue = this.#queues.get(peer)
    if (queue?.waiting.get(id)?.both !== false) return
    queue.waiting.delete(id)
    if (queue.waiting.size === 0) queue.dueAt = Number.POSITIVE_INFINITY
  }

  /** The neighbour is gone. */
  drop(peer: PeerKey): void {
    this.#queues.delete(peer)
  }

  /** What is due; whom we announce to is told of all that is waiting as well. */
  takeDue(now: Millis): Announcement[] {
    const due: Announcement[] = []
    for (const [peer, queue] of this.#queues) {
      if (queue.dueAt > now || !isDue(queue, now)) continue
      const until = this.#goesFirst(peer) ? Number.POSITIVE_INFINITY : now
      due.push({ peer, entries: take(queue, until) })
    }
    return due
  }

  #goesFirst(peer: PeerKey): boolean {
    return this.#self === undefined || this.#self > peer
  }
}

/** True if something is due; what was first may have been taken out since. */
function isDue(queue: Queue, now: Millis): boolean {
  queue.dueAt = soonestOf(queue)
  return queue.dueAt <= now
}

function take(queue: Queue, until: Millis): HaveEntry[] {
  const entries: HaveEntry[] = []
  for (const [id, { dueAt, hops }] of queue.waiting) {
    if (dueAt > until) continue
    queue.waiting.delete(id)
    entries.push({ id, hops })
  }
  queue.dueAt = soonestOf(queue)
  return entries
}

function soonestOf({ waiting }: Queue): Millis {
  let soonest = Number.POSITIVE_INFINITY
  for (const { dueAt } of waiting.values()) soonest = Math.min(soonest, dueAt)
  return soonest
}
