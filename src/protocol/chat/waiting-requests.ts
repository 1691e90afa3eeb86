import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { DirectMessage } from '../said.js'
import {
  MAX_HELD_CHARACTERS,
  MAX_HELD_REQUESTS,
  MAX_REQUEST_BEARERS,
  MAX_REQUESTERS
} from './tuning.js'

/** Who brought words of a stranger: whose link they came over. */
export type Bearer = IdentityKey | 'kept'

/** How somebody's words came, and since when that author is known here, by the clock that never jumps. */
export interface Standing {
  readonly bearer: Bearer
  readonly since: Millis
}

/** Somebody whose words wait. */
export interface Requester extends Standing {
  readonly identity: IdentityKey
  /** What they were called in the newest of what waits. */
  nick: string
  /** When the first of it came. */
  readonly waitsSince: Millis
  /** One of theirs was shown. */
  hasAsked: boolean
  // BOUNDED: MAX_HELD_REQUESTS, and MAX_HELD_CHARACTERS but for one; the oldest goes first.
  readonly messages: DirectMessage[]
}

/**
 * Whose words for us wait. Identities cost nothing, so those who bring them take turns: the bearer whose turn was
 * longest ago is next, with the author that is known here longest. If there are too many authors, the bearer that brought
 * most loses the one that would be last. So a flood of identities makes nobody wait whom another link tells of.
 */
export class WaitingRequests {
  // BOUNDED: MAX_REQUESTERS.
  readonly #all = new Map<IdentityKey, Requester>()
  // BOUNDED: MAX_REQUEST_BEARERS; when each had its last turn, the latest last.
  readonly #turns = new Map<Bearer, Millis>()

  /** Holds this message; gives its author, or undefined if there is no room for that one. */
  add(message: DirectMessage, standing: Standing, now: Millis): Requester | undefined {
    const { from: identity, nick } = message
    const fresh = { identity, nick, waitsSince: now, hasAsked: false, messages: [], ...standing }
    const requester = this.#all.get(identity) ?? fresh
    requester.nick = nick
    requester.messages.push(message)
    while (isTooMuch(requester.messages)) requester.messages.shift()
    this.#all.set(identity, requester)
    if (this.#all.size > MAX_REQUESTERS) this.#dropOne()
    return this.#all.get(identity)
  }

  /** Nothing of this author waits any more; gives what did. */
  take(identity: IdentityKey): readonly DirectMessage[] {
    const { messages = [] } = this.#all.get(identity) ?? {}
    this.#all.delete(identity)
    return messages
  }

  /** The first message of whose turn it is, which is over with it. Undefined if all have had theirs. */
  takeNext(now: Millis): DirectMessage | undefined {
    const [next] = this.#inTurn([...this.#all.values()].filter(({ hasAsked }) => !hasAsked))
    const message = next?.messages.shift()
    if (next === undefined || message === undefined) return undefined
    next.hasAsked = true
    this.#turns.delete(next.bearer)
    this.#turns.set(next.bearer, now)
    const [longest] = this.#turns.keys()
    if (this.#turns.size > MAX_REQUEST_BEARERS && longest !== undefined) this.#turns.delete(longest)
    return message
  }

  /** True if words of somebody wait of whom none was shown yet. */
  get hasNext(): boolean {
    for (const { hasAsked } of this.#all.values()) if (!hasAsked) return true
    return false
  }

  /** How many people have something that waits. */
  get people(): number {
    let count = 0
    for (const { messages } of this.#all.values()) if (messages.length > 0) count += 1
    return count
  }

  /** Whose words wait, in the order in which they have their turns. */
  list(): Requester[] {
    return this.#inTurn([...this.#all.values()].filter(({ messages }) => messages.length > 0))
  }

  /** Each bearer's longest known author, then each one's second, and so on. */
  #inTurn(requesters: readonly Requester[]): Requester[] {
    const queues = [...byBearer(requesters).values()].map(queue => queue.sort(compareRequesters))
    queues.sort((a, b) => this.#placeOf(a) - this.#placeOf(b))
    const order: Requester[] = []
    for (let at = 0; order.length < requesters.length; at += 1)
      for (const { [at]: requester } of queues) if (requester) order.push(requester)
    return order
  }

  // A bearer that comes anew goes behind those that have waited, so that new links bring no new turns.
  #placeOf(queue: readonly Requester[]): Millis {
    const cameAt = queue.reduce((first, { waitsSince }) => Math.min(first, waitsSince), Infinity)
    const [first] = queue
    return Math.max(cameAt, (first && this.#turns.get(first.bearer)) ?? cameAt)
  }

  #dropOne(): void {
    let most: Requester[] = []
    for (const queue of byBearer(this.#all.values()).values())
      if (queue.length > most.length) most = queue
    const [first] = most
    if (first === undefined) return
    const last = most.reduce((a, b) => (compareRequesters(a, b) > 0 ? a : b), first)
    this.#all.delete(last.identity)
  }
}

function isTooMuch(messages: readonly DirectMessage[]): boolean {
  if (messages.length > MAX_HELD_REQUESTS) return true
  const characters = messages.reduce((sum, { text }) => sum + text.length, 0)
  return messages.length > 1 && characters > MAX_HELD_CHARACTERS
}

function byBearer(requesters: Iterable<Requester>): Map<Bearer, Requester[]> {
  // BOUNDED: by MAX_REQUESTERS, whose requesters these are.
  const queues = new Map<Bearer, Requester[]>()
  for (const requester of requesters) {
    const queue = queues.get(requester.bearer)
    if (queue === undefined) queues.set(requester.bearer, [requester])
    else queue.push(requester)
  }
  return queues
}

/** Who is known longest comes first; of several, whoever wrote first. */
function compareRequesters(a: Requester, b: Requester): number {
  return a.since - b.since || a.waitsSince - b.waitsSince
}
