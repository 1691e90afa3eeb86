import type { MessageId, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  HOPS_MAX,
  LAZY_FLUSH_MILLIS,
  LAZY_SPREAD_MILLIS,
  PATIENT_FLUSH_MILLIS,
  SETTLING_MILLIS
} from '../config.js'
import type { News } from '../events.js'
import type { KnownMessage } from '../wire/message.js'
import { type Announcement, LazyQueues } from './lazy-queues.js'
import type { Outbox } from './outbox.js'

/** Whether a message may be announced some seconds later: nobody waits for it. */
export type IsPatient = (message: KnownMessage) => boolean

/** Tells lazy neighbours what is here. */
export class Announcing {
  readonly #outbox: Outbox
  readonly #isPatient: IsPatient
  readonly #queues: LazyQueues
  /** When a neighbour came or went. */
  #changedAt: Millis = 0
  /** When the queues are sent. */
  #flushAt: Millis = Number.POSITIVE_INFINITY

  constructor(outbox: Outbox, self: PeerKey | undefined, isPatient: IsPatient = () => false) {
    this.#outbox = outbox
    this.#queues = new LazyQueues(self)
    this.#isPatient = isPatient
  }

  /** Announcements that wait. */
  get size(): number {
    return this.#queues.size
  }

  /** A neighbour came. */
  neighborUp(): void {
    this.#changedAt = this.#outbox.now
  }

  /** A neighbour went. */
  neighborDown(peer: PeerKey): void {
    this.#changedAt = this.#outbox.now
    this.#queues.drop(peer)
  }

  /** `shapes`: the message may change the tree, so that either side is to know over how many hops the other has it. */
  tell(peer: PeerKey, message: KnownMessage, hops: number, shapes = false): void {
    const wait = this.#canWait(message) ? PATIENT_FLUSH_MILLIS : LAZY_FLUSH_MILLIS
    const dueAt = this.#outbox.now + (shapes ? wait : this.#queues.wait(peer, wait))
    const full = this.#queues.add(peer, message.id, { hops, dueAt, both: shapes })
    if (full !== undefined) this.#announce(full)
    else this.#flushAtLatest(dueAt)
  }

  /** What came as history is told to all but whom it came from. Over how many links it came nobody knows. */
  tellOthers(peers: Iterable<PeerKey>, { from, message }: News): void {
    for (const peer of peers) if (peer !== from) this.tell(peer, message, HOPS_MAX)
  }

  /** The neighbour is known to have this message. */
  peerHas(peer: PeerKey, id: MessageId): void {
    this.#queues.has(peer, id)
  }

  /** The timer fired that was to at that time; another one may have been set since for an earlier one. */
  flush(at: Millis): void {
    if (at !== this.#flushAt) return
    const { now } = this.#outbox
    this.#flushAt = Number.POSITIVE_INFINITY
    for (const due of this.#queues.takeDue(Math.max(at, now))) this.#announce(due)
    const next = this.#queues.nextDueAt
    if (next !== undefined) this.#flushAtLatest(Math.max(next, now + LAZY_SPREAD_MILLIS))
  }

  #canWait(message: KnownMessage): boolean {
    return this.#isPatient(message) && this.#outbox.now - this.#changedAt >= SETTLING_MILLIS
  }

  #flushAtLatest(at: Millis): void {
    if (at >= this.#flushAt) return
    this.#flushAt = at
    this.#outbox.timer(at, { name: 'lazy-flush', at })
  }

  #announce({ entries, peer }: Announcement): void {
    this.#outbox.send(peer, { type: 'ihave', entries })
  }
}
