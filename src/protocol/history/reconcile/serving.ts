import { CommonBudget } from '../../../base/common-budget.js'
import type { MessageId } from '../../../base/ids.js'
import type { Millis } from '../../../base/time.js'
import type { Link } from '../../links/link.js'
import { linkPool } from '../../links/link-pool.js'
import type { Links } from '../../links/links.js'
import type { Turn } from '../../turn.js'
import type { BareMessage, CheckedMessage, VerifiedMessage } from '../../wire/message.js'
import type { Timeline } from '../timeline.js'
import {
  CATCH_UP_SERVE_RATE,
  LINKS_SERVE_RATES,
  SERVE_PAUSE_MILLIS,
  SERVE_PER_TURN
} from '../tuning.js'
import type { Verifier } from '../verifier.js'
import { Packer, type Parcel } from './history-frames.js'
import type { HistoryQueue } from './history-queue.js'

/** What sending history needs of the room. */
export interface ServingParts {
  readonly turn: Turn
  readonly links: Links
  /** A message that we have, stored or recent, to be handed on. */
  readonly recall: (id: MessageId) => CheckedMessage | undefined
  /** The deletion by which a message was taken back. */
  readonly deletionOf: (message: BareMessage) => VerifiedMessage | undefined
  readonly timeline: Pick<Timeline, 'size'>
  readonly verifier: Pick<Verifier, 'goOn' | 'hasTime'>
}

/** Bytes of messages that cost as much as another message. */
const BYTES_PER_UNIT = 4_096

/**
 * Sends what peers have asked for. Each message is read from the store, so whoever asks for all of it again and again would
 * have our processor: how much a link is sent is bounded, and more than a member asks for. What is over draws on what all
 * links have in common, for whoever was away for long, and then waits.
 */
export class Serving {
  readonly #parts: ServingParts
  readonly #pool = linkPool(LINKS_SERVE_RATES)
  readonly #inCommon = new CommonBudget(CATCH_UP_SERVE_RATE)
  /** When what waits is looked at again. */
  #resumesAt: Millis = Number.POSITIVE_INFINITY
  #servedAt: Millis = 0
  /** Messages that were sent at that time. */
  #served = 0
  /** Which of all links comes first. */
  #first = 0

  constructor(parts: ServingParts) {
    this.#parts = parts
  }

  /** Sends of this queue what there is time for. */
  drain(link: Link, queue: HistoryQueue): void {
    const { links, turn, verifier } = this.#parts
    const mayGoOn = () => this.#hasTime && this.#admits(link, queue)
    const { batch, isCut, ping } = queue.next(this.#fetcher(), mayGoOn)
    if (isCut && verifier.hasTime) this.#resumeIn(this.#hasTime ? SERVE_PAUSE_MILLIS : 0)
    else if (isCut) verifier.goOn()
    this.#charge(link, batch, turn.now)
    for (const { frames } of batch) for (const frame of frames) links.send(link, frame)
    if (!ping) return
    links.send(link, { type: 'ping' })
    queue.pinged(link.pings)
  }

  /** The same for each of these. There may be time for one alone: it is another one each time. */
  drainAll(links: readonly Link[], queueOf: (link: Link) => HistoryQueue | undefined): void {
    this.#first = (this.#first + 1) % Math.max(1, links.length)
    const inTurn = [...links.slice(this.#first), ...links.slice(0, this.#first)]
    for (const link of inTurn) {
      const queue = queueOf(link)
      if (queue !== undefined) this.drain(link, queue)
    }
  }

  /** Gives the messages of one batch. */
  #fetcher(): (id: MessageId) => Parcel | undefined {
    const { deletionOf, recall } = this.#parts
    const packer = new Packer(deletionOf)
    return id => {
      this.#spend()
      const message = recall(id)
      return message && packer.pack(message)
    }
  }

  /** Our timer is over, and what waits is to be drained again. False if another one counts by now. */
  resumed(at: Millis): boolean {
    if (at !== this.#resumesAt) return false
    this.#resumesAt = Number.POSITIVE_INFINITY
    this.#served = 0
    return true
  }

  #resumeIn(after: Millis): void {
    const { turn } = this.#parts
    const at = turn.now + after
    if (at >= this.#resumesAt) return
    this.#resumesAt = at
    turn.timer(after, { name: 'serve', at })
  }

  /** False if so many messages were sent in this turn that the rest is for another one. */
  get #hasTime(): boolean {
    const isInTurn = this.#servedAt !== this.#parts.turn.now || this.#served < SERVE_PER_TURN
    return isInTurn && this.#parts.verifier.hasTime
  }

  #spend(): void {
    const { now } = this.#parts.turn
    this.#served = this.#servedAt === now ? this.#served + 1 : 1
    this.#servedAt = now
  }

  // Who was sent as much as there is asks for some of it again.
  #admits(link: Link, { sent }: HistoryQueue): boolean {
    const { timeline, turn } = this.#parts
    if (this.#isWithinOwn(link, turn.now)) return true
    return sent < timeline.size && this.#inCommon.has(link, turn.now)
  }

  #isWithinOwn(link: Link, now: Millis): boolean {
    return link.serves.has(now) && this.#pool.has(link, now)
  }

  #charge(link: Link, batch: readonly Parcel[], now: Millis): void {
    let cost = 0
    for (const { bytes, frames } of batch)
      cost += Math.max(1, frames.length) + bytes / BYTES_PER_UNIT
    if (!this.#isWithinOwn(link, now)) {
      this.#inCommon.charge(link, now, cost)
      return
    }
    link.serves.charge(now, cost)
    this.#pool.charge(link, now, cost)
  }
}
