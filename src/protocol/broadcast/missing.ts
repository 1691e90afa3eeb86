import type { MessageId, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  ANNOUNCERS_MAX,
  GRAFT_PROBE_PAUSE_MILLIS,
  HOPS_MAX,
  MISSING_MAX,
  MISSING_PER_PEER_MAX
} from '../config.js'
import { type Announcer, type Asked, Promises } from './promises.js'
import { EVERYBODY_AT_TRY, MISSING_HEARSAY_MAX } from './tuning.js'

interface Waiting {
  /** Who announced it first: whose share of the table it takes up. */
  readonly charged: PeerKey
  readonly since: Millis
  dueAt: Millis
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
  /** The announcer with the fewest hops of those that were not asked. */
  readonly nearest: Announcer | undefined
}

/** Whom to ask. */
interface Choice {
  readonly mayAsk: (peer: PeerKey) => boolean
  /** Whoever is to be asked before the others. */
  readonly prefers: (peer: PeerKey) => boolean
}

/** How long messages are waited for. */
export interface Waits {
  readonly patience: Millis
  /** One message is asked for sooner, once in a while. */
  readonly probe: Millis
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

  /** When one message may be asked for sooner again. */
  #probeAt: Millis = 0

  /** Whose announcements are worth waiting for. */
  readonly promises = new Promises()

  get size(): number {
    return this.#waiting.size
  }

  /** Notes an announcement; true where the message was not waited for before: then it is due after `graftDelay`. */
  announce(id: MessageId, announcer: Announcer, now: Millis, graftDelay: Millis): boolean {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return this.#open(id, announcer, now, graftDelay)
    const known = waiting.announcers.some(({ peer }) => peer === announcer.peer)
    if (!known && waiting.announcers.length < ANNOUNCERS_MAX) waiting.announcers.push(announcer)
    return false
  }

  /**
   * The messages whose time is up, in the order in which they were announced. What nobody was asked for yet has
   * `patience` now, whatever it had when it was announced; but for one, if it is time for a probe.
   */
  due(now: Millis, waits: Waits): Due {
    const ids: MessageId[] = []
    let nextAt = Number.POSITIVE_INFINITY
    for (const [id, waiting] of this.#waiting) {
      const dueAt = waiting.dueAt > now ? waiting.dueAt : this.#dueAt(waiting, now, waits)
      waiting.dueAt = dueAt
      if (dueAt <= now) ids.push(id)
      else nextAt = Math.min(nextAt, dueAt)
    }
    return { ids, nextAt }
  }

  #dueAt({ asked, since }: Waiting, now: Millis, { patience, probe }: Waits): Millis {
    if (asked !== undefined) return asked.at
    const soonest = Math.max(since + probe, this.#probeAt)
    if (since + patience < soonest) return since + patience
    if (soonest <= now) this.#probeAt = now + GRAFT_PROBE_PAUSE_MILLIS
    return soonest
  }

  /** What nobody was asked for yet is due after `graftDelay`, if that is sooner. */
  hurry(graftDelay: Millis): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.asked !== undefined) continue
      waiting.dueAt = Math.min(waiting.dueAt, waiting.since + graftDelay)
    }
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
    waiting.tries += 1
    const believed = (peer: PeerKey) => choice.mayAsk(peer) && this.promises.believes(peer, now)
    const few = waiting.tries < EVERYBODY_AT_TRY
    const some = few ? takeChosen(waiting, { ...choice, mayAsk: believed }, waiting.tries) : []
    const announcers = some.length > 0 ? some : takeChosen(waiting, choice, ANNOUNCERS_MAX)
    if (announcers.length === 0) return []
    waiting.asked = { announcers, at: now }
    waiting.dueAt = dueAt
    return announcers.map(({ peer }) => peer)
  }

  /** The message has come, or nobody is left to ask. What was known of it; undefined where it was not waited for. */
  take(id: MessageId): Wait | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(id)
    this.#charge(waiting.charged, -1)
    const { announcers, asked, since } = waiting
    return { asked, since, nearest: nearestOf(announcers) }
  }

  #open(id: MessageId, announcer: Announcer, now: Millis, graftDelay: Millis): boolean {
    const charged = announcer.peer
    const share = this.#charges.get(charged) ?? 0
    // Who passes on what names much that nobody has is to have room for what it announces itself.
    const most = announcer.isHearsay ? MISSING_HEARSAY_MAX : MISSING_PER_PEER_MAX
    if (this.#waiting.size >= MISSING_MAX || share >= most) return false
    const dueAt = now + graftDelay
    const announcers = [announcer]
    this.#waiting.set(id, {
      charged,
      since: now,
      dueAt,
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
  { announcers }: Waiting,
  { mayAsk, prefers }: Choice,
  most: number
): Announcer[] {
  const choice = announcers.filter(({ peer }) => mayAsk(peer))
  const first = choice.filter(({ peer }) => prefers(peer))
  const chosen = [...first, ...choice.filter(each => !first.includes(each))].slice(0, most)
  for (const each of chosen) announcers.splice(announcers.indexOf(each), 1)
  return chosen
}

function nearestOf(announcers: readonly Announcer[]): Announcer | undefined {
  let best: Announcer | undefined
  for (const each of announcers) if (each.hops < (best?.hops ?? HOPS_MAX + 1)) best = each
  return best
}
