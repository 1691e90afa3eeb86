import { MAX_DEVICES, MAX_TRACKED_MESSAGES } from './config.js'
import type { IdentityKey, MessageId } from './ids.js'
import type { VerifiedMessage } from './message.js'

/** A message of ours that more members are now known to have. */
export interface Receipt {
  readonly id: MessageId
  /** How many others have it. */
  readonly have: number
}

type Lookup = (id: MessageId) => VerifiedMessage | undefined

/** Most messages that are looked through for one set of heads. Guess: all that was said since our oldest tracked one. */
const MAX_ANCESTORS = 2_048

/**
 * Who has our messages: whoever names as a head, or as a parent, the message itself or one that descends from it. Only
 * the most recent of ours are tracked.
 */
export class Receipts {
  readonly #lookup: Lookup
  // BOUNDED: MAX_TRACKED_MESSAGES, the oldest goes first; each with at most MAX_DEVICES members.
  readonly #tracked = new Map<MessageId, Set<IdentityKey>>()

  /** `lookup` finds stored messages. */
  constructor(lookup: Lookup) {
    this.#lookup = lookup
  }

  /** Starts counting for a message of ours. */
  track(id: MessageId): void {
    this.#tracked.set(id, new Set())
    const [oldest] = this.#tracked.keys()
    if (this.#tracked.size > MAX_TRACKED_MESSAGES && oldest !== undefined) {
      this.#tracked.delete(oldest)
    }
  }

  /** A member has these messages, and with them all that they descend from. What is new by it, newest first. */
  seen(member: IdentityKey, heads: readonly MessageId[]): Receipt[] {
    const open = this.#openFor(member)
    if (open.size === 0) return []
    const receipts: Receipt[] = []
    for (const id of this.#ancestors(heads, open)) {
      const have = this.#tracked.get(id)
      if (have === undefined || have.size >= MAX_DEVICES) continue
      have.add(member)
      receipts.push({ id, have: have.size })
    }
    return receipts
  }

  #openFor(member: IdentityKey): Set<MessageId> {
    const open = new Set<MessageId>()
    for (const [id, have] of this.#tracked) if (!have.has(member)) open.add(id)
    return open
  }

  /** Those of `open` among the heads and their ancestors. */
  #ancestors(heads: readonly MessageId[], open: Set<MessageId>): MessageId[] {
    const found: MessageId[] = []
    const visited = new Set(heads)
    // The set grows while it is walked, which is what makes this a breadth-first search.
    for (const id of visited) {
      if (open.delete(id)) found.push(id)
      if (open.size === 0 || visited.size > MAX_ANCESTORS) break
      for (const parent of this.#lookup(id)?.parents ?? []) visited.add(parent)
    }
    return found
  }
}
