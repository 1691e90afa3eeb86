import { ANNOUNCERS_MAX, HOPS_MAX, MISSING_MAX, MISSING_PER_PEER_MAX } from './config.js'
import type { MessageId, PeerKey } from './ids.js'

/** A neighbour that says it has a message, and over how many links we would get it. */
export interface Announcer {
  readonly peer: PeerKey
  readonly hops: number
}

interface Waiting {
  /** Who announced it first: whose share of the table it takes up. */
  readonly charged: PeerKey
  // BOUNDED: ANNOUNCERS_MAX, in the order in which they announced.
  readonly announcers: Announcer[]
}

/** Messages that were announced and have not come. One announcer cannot fill the table. */
export class Missing {
  // BOUNDED: MISSING_MAX; beyond, announcements are ignored, and reconciling finds the message.
  readonly #waiting = new Map<MessageId, Waiting>()
  // BOUNDED: one count per peer with an entry above.
  readonly #charges = new Map<PeerKey, number>()

  get size(): number {
    return this.#waiting.size
  }

  has(id: MessageId): boolean {
    return this.#waiting.has(id)
  }

  /** Notes an announcement; true where the message was not waited for before (then start its timer). */
  announce(id: MessageId, peer: PeerKey, hops: number): boolean {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return this.#open(id, { peer, hops })
    const known = waiting.announcers.some(each => each.peer === peer)
    if (!known && waiting.announcers.length < ANNOUNCERS_MAX) {
      waiting.announcers.push({ peer, hops })
    }
    return false
  }

  /** Removes and returns the announcer to ask next: one that `prefers` if any, else the first. */
  next(id: MessageId, prefers: (peer: PeerKey) => boolean): PeerKey | undefined {
    const announcers = this.#waiting.get(id)?.announcers ?? []
    const preferred = announcers.findIndex(({ peer }) => prefers(peer))
    return announcers.splice(Math.max(preferred, 0), 1)[0]?.peer
  }

  /** The announcer with the fewest hops. */
  nearest(id: MessageId): Announcer | undefined {
    let best: Announcer | undefined
    for (const each of this.#waiting.get(id)?.announcers ?? []) {
      if (each.hops < (best?.hops ?? HOPS_MAX + 1)) best = each
    }
    return best
  }

  /** The message has come, or nobody is left to ask. */
  delete(id: MessageId): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    this.#charge(waiting.charged, -1)
  }

  #open(id: MessageId, announcer: Announcer): boolean {
    const share = this.#charges.get(announcer.peer) ?? 0
    if (this.#waiting.size >= MISSING_MAX || share >= MISSING_PER_PEER_MAX) return false
    this.#waiting.set(id, { charged: announcer.peer, announcers: [announcer] })
    this.#charge(announcer.peer, 1)
    return true
  }

  #charge(peer: PeerKey, change: number): void {
    const count = (this.#charges.get(peer) ?? 0) + change
    if (count > 0) this.#charges.set(peer, count)
    else this.#charges.delete(peer)
  }
}
