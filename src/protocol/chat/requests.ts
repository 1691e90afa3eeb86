import type { IdentityKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import type { DirectMessage, DirectRequest } from '../said.js'
import type { Turn } from '../turn.js'
import { MAX_CORRESPONDENTS, REQUEST_PAUSE_MILLIS } from './tuning.js'
import { type Standing, WaitingRequests } from './waiting-requests.js'

/** Words of strangers: one is shown a minute, and the others wait until their author is accepted or ignored. */
export class Requests {
  readonly #turn: Turn
  readonly #isOpen: boolean
  // BOUNDED: MAX_CORRESPONDENTS. True: accepted; false: ignored.
  readonly #judged = new Recent<IdentityKey, boolean>(MAX_CORRESPONDENTS)
  readonly #waiting = new WaitingRequests()
  #shownAt: Millis = Number.NEGATIVE_INFINITY
  #toldAt: Millis = Number.NEGATIVE_INFINITY
  /** A timer runs until the next one may be shown. */
  #isTimed = false

  /** `isOpen`: nobody's are held back, but of who is ignored. */
  constructor(turn: Turn, isOpen = false) {
    this.#turn = turn
    this.#isOpen = isOpen
  }

  /** Tells of words for us, or holds them back. */
  take(message: DirectMessage, standing: Standing): void {
    const judged = this.#judged.get(message.from)
    if (judged === true || (judged === undefined && this.#isOpen)) this.#tell(message)
    else if (judged === undefined) this.#ask(message, standing)
  }

  /** True if words of this author are shown. */
  isAccepted(identity: IdentityKey): boolean {
    return this.#judged.get(identity) ?? this.#isOpen
  }

  /** Words of this author are shown from now on, those that were held first. */
  accept(identity: IdentityKey): void {
    if (this.#judged.get(identity) === true) return
    this.#judged.set(identity, true)
    for (const message of this.#waiting.take(identity)) this.#tell(message)
  }

  /** Words of this author are not shown, and not counted any more. */
  ignore(identity: IdentityKey): void {
    this.#judged.set(identity, false)
    this.#waiting.take(identity)
  }

  /** Words of this author are those of a stranger again. */
  forget(identity: IdentityKey): void {
    this.#judged.delete(identity)
  }

  /** Whose words wait, in the order in which one of each is shown. */
  list(): DirectRequest[] {
    return this.#waiting.list().map(({ identity, messages, nick }) => {
      return { identity, nick, count: messages.length, time: messages[0]?.time ?? 0 }
    })
  }

  /** The next one may be shown. */
  timer(): void {
    this.#isTimed = false
    this.#showNext()
  }

  #ask(message: DirectMessage, standing: Standing): void {
    const held = this.#waiting.add(message, standing, this.#turn.now)
    this.#showNext()
    const count = held?.messages.length ?? 0
    if (count > 0) this.#count(message, count)
  }

  #showNext(): void {
    if (this.#isTimed || !this.#waiting.hasNext) return
    const { now } = this.#turn
    const wait = this.#shownAt + REQUEST_PAUSE_MILLIS - now
    const next = wait > 0 ? undefined : this.#waiting.takeNext(now)
    if (next !== undefined) this.#shownAt = now
    if (next !== undefined) this.#tell({ ...next, isRequest: true })
    if (!this.#waiting.hasNext) return
    this.#isTimed = true
    this.#turn.timer(next === undefined ? wait : REQUEST_PAUSE_MILLIS, { name: 'requests' })
  }

  #count({ from: identity, nick }: DirectMessage, count: number): void {
    if (this.#turn.now - this.#toldAt < REQUEST_PAUSE_MILLIS) return
    this.#toldAt = this.#turn.now
    this.#turn.emit({ type: 'direct-held', identity, nick, count, people: this.#waiting.people })
  }

  #tell(message: DirectMessage): void {
    this.#turn.emit({ type: 'direct', message })
  }
}
