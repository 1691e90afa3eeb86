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
import { EVERYBODY_AT_TRY, MISSING_HEARSAY_MAX, MISSING_UNASKED_MAX } from './tuning.js'

interface Waiting {
  /** When it was announced first. */
  readonly since: Millis
  /** Who announced it first: whose share of the table it takes up. */
  readonly charged: PeerKey
  dueAt: Millis
  /** When the next are asked, whoever they are, if none of those answers that were asked. */
  againAt: Millis
  /** True where it is asked for at once, because too much waits. */
  isPressed: boolean
  /** Who is asked sooner than the others. */
  first: Announcer | undefined
  /** Who was asked last, and when. */
  asked: Asked | undefined
  /** How often it was asked for. */
  tries: number
  // BOUNDED: ANNOUNCERS_MAX, in the order in which they announced.
  readonly announcers: Announcer[]
}

/** What one announcer takes up of the table. */
interface Share {
  size: number
  // BOUNDED: MISSING_UNASKED_MAX: what nobody was asked for yet, in the order in which it was announced.
  readonly unasked: Set<MessageId>
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
  /** How long is waited for an answer now. */
  readonly again: Millis
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
  // BOUNDED: one share per peer with an entry above.
  readonly #shares = new Map<PeerKey, Share>()

  /** Whose announcements are worth waiting for. */
  readonly promises = new Promises()

  get size(): number {
    return this.#waiting.size
  }

  /**
   * Notes an announcement, because of which the message is due at `dueAt`. When something is due now that it is noted; undefined where
   * it changes nothing.
   */
  announce(id: MessageId, announcer: Announcer, dueAt: Millis): Millis | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return this.#open(id, announcer, dueAt)
    if (!join(waiting.announcers, announcer)) return undefined
    if (waiting.asked !== undefined || waiting.dueAt <= dueAt) return undefined
    waiting.dueAt = dueAt
    return dueAt
  }

  /**
   * The messages whose time is up, in the order in which they were announced. What nobody was asked for yet is due when
   * the first of its announcers may be asked, as far as is known now, whatever was known when it was announced.
   */
  due(now: Millis, { onearly, sooner, ...pace }: Pace): Due {
    const ids: MessageId[] = []
    let nextAt = Number.POSITIVE_INFINITY
    for (const [id, waiting] of this.#waiting) {
      if (sooner || waiting.dueAt <= now) reckon(waiting, pace)
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
    this.#shares.get(waiting.charged)?.unasked.delete(id)
    // Nobody waits for whoever is asked sooner.
    const believed = (peer: PeerKey) =>
      choice.mayAsk(peer) && (peer === waiting.first?.peer || this.promises.believes(peer, now))
    const few = waiting.tries < EVERYBODY_AT_TRY
    const some = few ? takeChosen(waiting, { ...choice, mayAsk: believed }, waiting.tries) : []
    const announcers = some.length > 0 ? some : takeChosen(waiting, choice, ANNOUNCERS_MAX)
    if (announcers.length === 0) return []
    waiting.asked = { announcers, at: now }
    // ... nor do those who are asked next because somebody was asked sooner in between.
    waiting.againAt = isEarly ? Math.min(waiting.againAt, dueAt) : dueAt
    // Another one that may be asked sooner does not wait for this one.
    waiting.dueAt = isEarly ? Math.min(waiting.againAt, now + GRAFT_RETRY_MILLIS) : dueAt
    return announcers.map(({ peer }) => peer)
  }

  /** The message has come, or nobody is left to ask. What was known of it; undefined where it was not waited for. */
  take(id: MessageId): Wait | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(id)
    this.#discharge(id, waiting)
    const { announcers, asked, since } = waiting
    return { since, asked, others: announcers }
  }

  #open(id: MessageId, announcer: Announcer, dueAt: Millis): Millis | undefined {
    const { at: since, isHearsay, peer: charged } = announcer
    const share = this.#shares.get(charged) ?? { size: 0, unasked: new Set() }
    // Who passes on what names much that nobody has is to have room for what it announces itself.
    const most = isHearsay ? MISSING_HEARSAY_MAX : MISSING_PER_PEER_MAX
    if (this.#waiting.size >= MISSING_MAX || share.size >= most) return undefined
    this.#waiting.set(id, {
      charged,
      since,
      dueAt,
      againAt: Number.POSITIVE_INFINITY,
      isPressed: false,
      first: undefined,
      asked: undefined,
      tries: 0,
      announcers: [announcer]
    })
    this.#shares.set(charged, share)
    share.size += 1
    share.unasked.add(id)
    if (share.unasked.size <= MISSING_UNASKED_MAX) return dueAt
    this.#press(share.unasked)
    return since
  }

  /** Much waits: what has waited longest is due at once, so that there is room for what is announced next. */
  #press(unasked: Set<MessageId>): void {
    for (const id of unasked) {
      const waiting = this.#waiting.get(id)
      unasked.delete(id)
      if (waiting === undefined) continue
      waiting.isPressed = true
      waiting.dueAt = waiting.since
      return
    }
  }

  #discharge(id: MessageId, { charged }: Waiting): void {
    const share = this.#shares.get(charged)
    if (share === undefined) return
    share.unasked.delete(id)
    share.size -= 1
    if (share.size === 0) this.#shares.delete(charged)
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
function reckon(waiting: Waiting, { again, timeOf }: Pick<Pace, 'again' | 'timeOf'>): void {
  const { announcers, asked, isPressed } = waiting
  if (isPressed && asked === undefined) return
  // Where answers are waited for less than when somebody was asked, that one is as well.
  if (asked !== undefined) waiting.againAt = Math.min(waiting.againAt, asked.at + again)
  waiting.dueAt = waiting.againAt
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

/** Adds one that is new, or that had only named the message so far; false for any other. */
function join(announcers: Announcer[], announcer: Announcer): boolean {
  const at = announcers.findIndex(({ peer }) => peer === announcer.peer)
  if (at < 0 && announcers.length >= ANNOUNCERS_MAX) return false
  if (at >= 0 && (announcers[at]?.isHearsay !== true || announcer.isHearsay === true)) return false
  announcers.splice(at < 0 ? announcers.length : at, 1, announcer)
  return true
}

/** The announcer with the fewest hops. */
export function nearestOf(announcers: readonly Announcer[]): Announcer | undefined {
  let best: Announcer | undefined
  for (const each of announcers) if (each.hops < (best?.hops ?? HOPS_MAX + 1)) best = each
  return best
}
