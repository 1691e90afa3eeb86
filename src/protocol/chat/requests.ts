import type { IdentityKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import type { DirectMessage } from '../said.js'
import type { Turn } from '../turn.js'
import {
  MAX_CORRESPONDENTS,
  MAX_HELD_REQUESTS,
  MAX_REQUESTERS,
  REQUEST_PAUSE_MILLIS
} from './tuning.js'

interface Held {
  /** One of theirs was shown. */
  hasAsked: boolean
  readonly messages: DirectMessage[]
}

/** Words of strangers: one is shown a minute, and the others wait until their author is accepted or ignored. */
export class Requests {
  readonly #turn: Turn
  readonly #isOpen: boolean
  // BOUNDED: MAX_CORRESPONDENTS. True: accepted; false: ignored.
  readonly #judged = new Recent<IdentityKey, boolean>(MAX_CORRESPONDENTS)
  // BOUNDED: MAX_REQUESTERS authors, who came first goes first; MAX_HELD_REQUESTS messages of each.
  readonly #held = new Map<IdentityKey, Held>()
  #shownAt: Millis = Number.NEGATIVE_INFINITY
  #toldAt: Millis = Number.NEGATIVE_INFINITY

  /** `isOpen`: nobody's are held back, but of who is ignored. */
  constructor(turn: Turn, isOpen = false) {
    this.#turn = turn
    this.#isOpen = isOpen
  }

  /** Tells of words for us, or holds them back. */
  take(message: DirectMessage): void {
    const judged = this.#judged.get(message.from)
    if (judged === true || (judged === undefined && this.#isOpen)) this.#tell(message)
    else if (judged === undefined) this.#ask(message)
  }

  /** True if words of this author are shown. */
  isAccepted(identity: IdentityKey): boolean {
    return this.#judged.get(identity) ?? this.#isOpen
  }

  /** Words of this author are shown from now on, those that were held first. */
  accept(identity: IdentityKey): void {
    if (this.#judged.get(identity) === true) return
    this.#judged.set(identity, true)
    const held = this.#held.get(identity)
    this.#held.delete(identity)
    for (const message of held?.messages ?? []) this.#tell(message)
  }

  /** Words of this author are not shown, and not counted any more. */
  ignore(identity: IdentityKey): void {
    this.#judged.set(identity, false)
    this.#held.delete(identity)
  }

  #ask(message: DirectMessage): void {
    const { now } = this.#turn
    const held = this.#hold(message.from)
    held.messages.push(message)
    if (held.messages.length > MAX_HELD_REQUESTS) held.messages.shift()
    if (!held.hasAsked && now - this.#shownAt >= REQUEST_PAUSE_MILLIS) {
      this.#shownAt = now
      held.hasAsked = true
      const first = held.messages.shift() ?? message
      this.#tell({ ...first, isRequest: true })
    } else this.#count(message, held.messages.length)
  }

  #count({ from: identity, nick }: DirectMessage, count: number): void {
    if (this.#turn.now - this.#toldAt < REQUEST_PAUSE_MILLIS) return
    this.#toldAt = this.#turn.now
    this.#turn.emit({ type: 'direct-held', identity, nick, count })
  }

  #hold(author: IdentityKey): Held {
    const held = this.#held.get(author) ?? { hasAsked: false, messages: [] }
    this.#held.set(author, held)
    const [first] = this.#held.keys()
    if (this.#held.size > MAX_REQUESTERS && first !== undefined) this.#held.delete(first)
    return held
  }

  #tell(message: DirectMessage): void {
    this.#turn.emit({ type: 'direct', message })
  }
}
