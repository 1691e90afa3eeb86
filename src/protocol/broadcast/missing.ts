import type { MessageId, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  ANNOUNCERS_MAX,
  GRAFT_PROBE_PAUSE_MILLIS,
  HOPS_MAX,
  MISSING_MAX,
  MISSING_PER_PEER_MAX
} from '../config.js'
import { type Asked, Promises } from './promises.js'

/** A neighbour that says it has a message, and over how many links we would get it. */
export interface Announcer {
  readonly peer: PeerKey
  readonly hops: number
  /** True where it only sent something that names the message, and may not have it. */
  readonly isHearsay?: boolean
}

interface Waiting {
  /** Who announced it first: whose share of the table it takes up. */
  readonly charged: PeerKey
  readonly since: Millis
  dueAt: Millis
  /** Who was asked last, and when. */
  asked: Asked | undefined
  // BOUNDED: ANNOUNCERS_MAX, in the order in which they announced.
  readonly announcers: Announcer[]
}

/** What is known of a message that was waited for. */
export interface Wait {
  /** When it was announced first. */
  readonly since: Millis
  /** Who was asked for it last; undefined where nobody was. */
  readonly asked: Asked | undefined
  /** The announcer with the fewest hops of those that were not asked. */
  readonly nearest: Announcer | undefined
}

/** Whom to ask. */
interface Choice {
  readonly mayAsk: (peer: PeerKey) => boolean
  readonly prefers: (peer: PeerKey) => boolean
}

/** How long messages are waited for. */
export interface Waits {
  readonly patience: Millis
  /** One message is asked for sooner: after `patience`, not before `at`. */
  readonly probe: { readonly patience: Millis; readonly at: Millis }
}

/** What is due, when the next probe may be made, and when of all else something is due. */
export interface Due {
  readonly ids: MessageId[]
  readonly probeAt: Millis
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
  due(now: Millis, { patience, probe }: Waits): Due {
    const ids: MessageId[] = []
    let probeAt = probe.at
    let nextAt = Number.POSITIVE_INFINITY
    for (const [id, waiting] of this.#waiting) {
      if (waiting.dueAt > now) {
        nextAt = Math.min(nextAt, waiting.dueAt)
        continue
      }
      const soonest = Math.max(waiting.since + probe.patience, probeAt)
      const dueAt = waiting.asked?.at ?? Math.min(waiting.since + patience, soonest)
      if (dueAt <= now) ids.push(id)
      else {
        waiting.dueAt = dueAt
        nextAt = Math.min(nextAt, dueAt)
      }
      if (dueAt === soonest && soonest <= now) probeAt = now + GRAFT_PROBE_PAUSE_MILLIS
    }
    return { ids, probeAt, nextAt }
  }

  /** What nobody was asked for yet is due after `graftDelay`, if that is sooner. */
  hurry(graftDelay: Millis): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.asked !== undefined) continue
      waiting.dueAt = Math.min(waiting.dueAt, waiting.since + graftDelay)
    }
  }

  /**
   * Removes and returns the announcer to ask, of those that we may ask: one that we prefer if any, else the first. The
   * message is due again then.
   */
  ask(id: MessageId, choice: Choice, now: Millis, dueAt: Millis): PeerKey | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    if (waiting.asked?.promised === true) this.promises.broken(waiting.asked.peer, id, now)
    const announcer = takeChosen(waiting.announcers, choice)
    if (announcer === undefined) return undefined
    const { isHearsay, peer } = announcer
    waiting.asked = { peer, at: now, promised: isHearsay !== true }
    waiting.dueAt = dueAt
    return peer
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
    if (this.#waiting.size >= MISSING_MAX || share >= MISSING_PER_PEER_MAX) return false
    const dueAt = now + graftDelay
    const announcers = [announcer]
    this.#waiting.set(id, {
      charged,
      since: now,
      dueAt,
      asked: undefined,
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

function takeChosen(announcers: Announcer[], { mayAsk, prefers }: Choice): Announcer | undefined {
  const choice = announcers.filter(({ peer }) => mayAsk(peer))
  const chosen = choice.find(({ peer }) => prefers(peer)) ?? choice[0]
  if (chosen !== undefined) announcers.splice(announcers.indexOf(chosen), 1)
  return chosen
}

function nearestOf(announcers: readonly Announcer[]): Announcer | undefined {
  let best: Announcer | undefined
  for (const each of announcers) if (each.hops < (best?.hops ?? HOPS_MAX + 1)) best = each
  return best
}
