import type { MessageId, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  ANNOUNCERS_MAX,
  GRAFT_RETRY_MILLIS,
  HOPS_MAX,
  MISSING_MAX,
  MISSING_PER_PEER_MAX
} from '../config.js'
import type { GraftTime } from './graft-delay.js'
import { type Announcer, type Asked, Promises } from './promises.js'
import { EVERYBODY_AT_TRY, MISSING_HEARSAY_MAX } from './tuning.js'

interface Waiting {
  /** When it was announced first. */
  readonly since: Millis
  /** Who announced it first: whose share of the table it takes up. */
  readonly charged: PeerKey
  dueAt: Millis
  /** When the next are asked, whoever they are, if none of those answers that were asked. */
  againAt: Millis
  /** Who is asked sooner than the others. */
  first: Announcer | undefined
  /** Who was asked last, and when. */
  asked: Asked | undefined
  /** How often it was asked for. */
  tries: number
  // BOUNDED: ANNOUNCERS_MAX, in the order in which they announced.
  readonly announcers: Announcer[]
}

/** What is known of a message that was waited for. */
export interface Wait {
  /** When it was announced first. */
  readonly since: Millis
  /** Who were asked for it last; undefined where nobody was. */
  readonly asked: Asked | undefined
  /** Who announced it and was not asked for it. */
  readonly others: readonly Announcer[]
}

/** Whom to ask. */
interface Choice {
  readonly mayAsk: (peer: PeerKey) => boolean
  /** Whoever is to be asked before the others. */
  readonly prefers: (peer: PeerKey) => boolean
}

/** When each may be asked for what it has announced. */
export interface Pace {
  readonly timeOf: (announcer: Announcer) => GraftTime
  /** That may be sooner than was known. */
  readonly sooner: boolean
  /** This one is asked for something sooner than for the rest. */
  readonly onearly: (peer: PeerKey) => void
}

/** What is due, and when of all else something is due. */
export interface Due {
  readonly ids: MessageId[]
  readonly nextAt: Millis
}

/** Messages that were announced and have not come. One announcer cannot fill the table. */
export class Missing {
  // BOUNDED: MISSING_MAX; beyond, announcements are ignored, and reconciling finds the message.
  readonly #waiting = new Map<MessageId, Waiting>()
  // BOUNDED: one count per peer with an entry above.
  readonly #charges = new Map<PeerKey, number>()

  /** Whose announcements are worth waiting for. */
  readonly promises = new Promises()

  get size(): number {
    return this.#waiting.size
  }

  /** Notes an announcement, because of which the message is due at that time. False where it changes nothing. */
  announce(id: MessageId, announcer: Announcer, dueAt: Millis): boolean {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return this.#open(id, announcer, dueAt)
    const known = waiting.announcers.some(({ peer }) => peer === announcer.peer)
    if (known || waiting.announcers.length >= ANNOUNCERS_MAX) return false
    waiting.announcers.push(announcer)
    if (waiting.asked !== undefined || waiting.dueAt <= dueAt) return false
    waiting.dueAt = dueAt
    return true
  }

  /**
   * The messages whose time is up, in the order in which they were announced. What nobody was asked for yet is due when
   * the first of its announcers may be asked, as far as is known now, whatever was known when it was announced.
   */
  due(now: Millis, { onearly, sooner, timeOf }: Pace): Due {
    const ids: MessageId[] = []
    let nextAt = Number.POSITIVE_INFINITY
    for (const [id, waiting] of this.#waiting) {
      if (sooner || waiting.dueAt <= now) reckon(waiting, timeOf)
      if (waiting.dueAt > now) nextAt = Math.min(nextAt, waiting.dueAt)
      else {
        ids.push(id)
        if (waiting.first !== undefined) onearly(waiting.first.peer)
      }
    }
    return { ids, nextAt }
  }

  /**
   * Removes and returns those to ask, of those that we may ask: one that we believe, if possible one that we prefer; then two of
   * them; then all that are left, believed or not, so that several who send nothing hold nobody up for long. The message is due
   * again then.
   */
  ask(id: MessageId, choice: Choice, now: Millis, dueAt: Millis): PeerKey[] {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return []
    if (waiting.asked !== undefined) this.promises.broken(waiting.asked, id, now)
    const isEarly = waiting.first !== undefined
    if (!isEarly || waiting.asked === undefined) waiting.tries += 1
    const believed = (peer: PeerKey) => choice.mayAsk(peer) && this.promises.believes(peer, now)
    const few = waiting.tries < EVERYBODY_AT_TRY
    const some = few ? takeChosen(waiting, { ...choice, mayAsk: believed }, waiting.tries) : []
    const announcers = some.length > 0 ? some : takeChosen(waiting, choice, ANNOUNCERS_MAX)
    if (announcers.length === 0) return []
    waiting.asked = { announcers, at: now }
    waiting.againAt = dueAt
    // Another one that may be asked sooner does not wait for this one.
    waiting.dueAt = isEarly ? Math.min(dueAt, now + GRAFT_RETRY_MILLIS) : dueAt
    return announcers.map(({ peer }) => peer)
  }

  /** The message has come, or nobody is left to ask. What was known of it; undefined where it was not waited for. */
  take(id: MessageId): Wait | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(id)
    this.#charge(waiting.charged, -1)
    const { announcers, asked, since } = waiting
    return { since, asked, others: announcers }
  }

  #open(id: MessageId, announcer: Announcer, dueAt: Millis): boolean {
    const charged = announcer.peer
    const share = this.#charges.get(charged) ?? 0
    // Who passes on what names much that nobody has is to have room for what it announces itself.
    const most = announcer.isHearsay ? MISSING_HEARSAY_MAX : MISSING_PER_PEER_MAX
    if (this.#waiting.size >= MISSING_MAX || share >= most) return false
    const announcers = [announcer]
    this.#waiting.set(id, {
      charged,
      since: announcer.at,
      dueAt,
      againAt: Number.POSITIVE_INFINITY,
      first: undefined,
      asked: undefined,
      tries: 0,
      announcers
    })
    this.#charge(charged, 1)
    return true
  }

  #charge(peer: PeerKey, change: number): void {
    const count = (this.#charges.get(peer) ?? 0) + change
    if (count > 0) this.#charges.set(peer, count)
    else this.#charges.delete(peer)
  }
}

function takeChosen(
  { announcers, first: own }: Waiting,
  { mayAsk, prefers }: Choice,
  most: number
): Announcer[] {
  const choice = announcers.filter(({ peer }) => mayAsk(peer))
  if (own !== undefined && mayAsk(own.peer)) return takeOut(announcers, [own])
  const first = choice.filter(({ peer }) => prefers(peer))
  const chosen = [...first, ...choice.filter(each => !first.includes(each))].slice(0, most)
  return takeOut(announcers, chosen)
}

function takeOut(announcers: Announcer[], chosen: Announcer[]): Announcer[] {
  for (const each of chosen) announcers.splice(announcers.indexOf(each), 1)
  return chosen
}

/** When the first of those who announced it may be asked; once somebody was, only whoever may be asked sooner than others counts. */
function reckon(waiting: Waiting, timeOf: Pace['timeOf']): void {
  const { announcers, asked, againAt } = waiting
  waiting.dueAt = againAt
  waiting.first = undefined
  for (const announcer of announcers) {
    const { at, isEarly } = timeOf(announcer)
    if (asked !== undefined && !isEarly) continue
    const soonest = asked === undefined ? at : Math.max(at, asked.at + GRAFT_RETRY_MILLIS)
    if (soonest >= waiting.dueAt) continue
    waiting.dueAt = soonest
    waiting.first = isEarly ? announcer : undefined
  }
}

/** The announcer with the fewest hops. */
export function nearestOf(announcers: readonly Announcer[]): Announcer | undefined {
  let best: Announcer | undefined
  for (const each of announcers) if (each.hops < (best?.hops ?? HOPS_MAX + 1)) best = each
  return best
}
