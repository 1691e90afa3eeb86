import { CommonBudget } from '../../../base/common-budget.js'
import type { MessageId, PeerKey } from '../../../base/ids.js'
import { Recent } from '../../../base/recent.js'
import type { Millis } from '../../../base/time.js'
import { MAX_WANT_IDS } from '../../config.js'
import type { Link } from '../../links/link.js'
import { linkPool } from '../../links/link-pool.js'
import type { Links } from '../../links/links.js'
import type { Turn } from '../../turn.js'
import type { Timeline } from '../timeline.js'
import {
  ASK_IN_ORDER,
  CATCH_UP_ASK_RATE,
  type HistoryTuning,
  LINKS_ASK_RATES,
  MAX_WAITING_IDS,
  MAX_WANTED_IDS
} from '../tuning.js'
import { CatchingUp } from './catching-up.js'
import { Wants } from './wants.js'

/** What asking needs of the room. */
export interface AskingParts {
  readonly turn: Turn
  readonly links: Links
  readonly timeline: Timeline
  readonly tuning: HistoryTuning
}

/**
 * Asks for messages by id, of one peer at a time. What comes of it is under no limit but this: how much is asked for at
 * once, and how much of one link. A message that is kept gives back what it has taken of that, as long as what all links have
 * in common lasts: whoever was away for long is soon back, and links that deliver nothing, or nothing that we have room for, get
 * nothing of it.
 */
export class Asking {
  readonly #parts: AskingParts
  // BOUNDED: MAX_LINKS.
  readonly #wants = new Map<PeerKey, Wants>()
  // BOUNDED: MAX_WANTED_IDS, the oldest goes first: when anybody was asked for it last.
  readonly #askedAt = new Recent<MessageId, Millis>(MAX_WANTED_IDS)
  readonly #catchingUp = new CatchingUp()
  readonly #inCommon = new CommonBudget(CATCH_UP_ASK_RATE)
  /** The message that came last, if it was asked for: whether it is kept is about to be said. */
  #came: MessageId | undefined
  readonly #pool = linkPool(LINKS_ASK_RATES)

  constructor(parts: AskingParts) {
    this.#parts = parts
  }

  linkUp({ peer }: Link): void {
    this.#wants.set(peer, new Wants(this.#parts.tuning))
  }

  linkDown(peer: PeerKey): void {
    this.#wants.delete(peer)
  }

  /**
   * Asks the peer for those of these messages that we do not know, as soon as its turn comes. The ids are in order, the
   * oldest first; where there are many, what an author said last comes first, because it vouches for what that author
   * said before.
   */
  ask(link: Link, ids: readonly MessageId[]): void {
    const { timeline, turn } = this.#parts
    const unknown = ids.filter(id => !timeline.knows(id))
    this.#catchingUp.found(unknown, turn.now)
    this.#wants.get(link.peer)?.add(unknown.length > ASK_IN_ORDER ? unknown.reverse() : unknown)
    this.askOn(link)
  }

  /** The peer sends a message: true if it was asked for it. */
  came(link: Link, id: MessageId): boolean {
    const wasAsked = this.#wants.get(link.peer)?.came(id, this.#parts.turn.now) ?? false
    this.#came = wasAsked ? id : undefined
    if (wasAsked) this.#askedAt.delete(id)
    if (wasAsked) this.#tellProgress(id)
    return wasAsked
  }

  /** The message that the peer has sent is kept. */
  kept(link: Link, id: MessageId): void {
    if (this.#came === id) this.#giveBack(link)
    this.#came = undefined
  }

  /** True while so much is still to be asked of the peer that it had better not tell of more. */
  isFull({ peer }: Link): boolean {
    return (this.#wants.get(peer)?.waiting ?? 0) > MAX_WAITING_IDS
  }

  /** True, once, when the peer has more than we could note down, and most of what was noted is asked for. */
  takeShortage({ peer }: Link): boolean {
    return this.#wants.get(peer)?.takeShortage() ?? false
  }

  // The frame that it came in as well: it is none of those that nobody has asked for.
  #giveBack(link: Link): void {
    const { now } = this.#parts.turn
    if (!this.#inCommon.take(link, now)) return
    link.asks.giveBack(now)
    link.frames.giveBack(now)
    this.#pool.giveBack(link, now)
  }

  #tellProgress(id: MessageId): void {
    const { timeline, turn } = this.#parts
    const progress = this.#catchingUp.came(id, turn.now, other => timeline.knows(other))
    if (progress !== undefined) turn.emit({ type: 'catching-up', ...progress })
  }

  /** Asks for what waits, if there is room for it. */
  askOn(link: Link): void {
    const wants = this.#wants.get(link.peer)
    if (wants === undefined || !wants.isWaiting) return
    const { links, turn } = this.#parts
    const ids = wants.next(this.#allowance(link), id => this.#isDue(id), turn.now)
    this.#draw(link, ids.length)
    for (const id of ids) this.#askedAt.set(id, turn.now)
    for (let at = 0; at < ids.length; at += MAX_WANT_IDS) {
      links.send(link, { type: 'want', ids: ids.slice(at, at + MAX_WANT_IDS) })
    }
  }

  /** True for what is to be asked for, false for what somebody was asked for just now, undefined for what we know. */
  #isDue(id: MessageId): boolean | undefined {
    const { timeline, tuning, turn } = this.#parts
    if (timeline.knows(id)) return undefined
    const at = this.#askedAt.get(id)
    return at === undefined || turn.now - at >= tuning.wantRetryMillis
  }

  #allowance(link: Link): number {
    const { now } = this.#parts.turn
    return Math.min(link.asks.tokens(now), this.#pool.tokens(link, now))
  }

  #draw(link: Link, ids: number): void {
    const { now } = this.#parts.turn
    link.asks.take(now, ids)
    this.#pool.charge(link, now, ids)
  }
}
