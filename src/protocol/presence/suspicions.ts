import type { MessageId } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { SUSPICION_MILLIS } from '../config.js'
import type { PresenceTimer, Suspect } from '../events.js'
import type { Author } from '../history/author.js'
import type { Link } from '../links/link.js'
import type { End, Links } from '../links/links.js'
import type { Turn } from '../turn.js'
import { decodeSuspicionBody, encodeSuspicionBody } from '../wire/bodies/suspicion.js'
import { KIND_SUSPICION } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import { mayHurry } from './device.js'
import type { Roster } from './roster.js'
import {
  MAX_HURRIED,
  MAX_SUSPICION_AGE_MILLIS,
  MAX_SUSPICION_LEAD_MILLIS,
  type PresenceTuning
} from './tuning.js'

/** Whom a suspicion is about; undefined for what is none. */
export function suspectIn({ body }: VerifiedMessage): Suspect | undefined {
  return body && decodeSuspicionBody(body)
}

/** What suspicions need of the room. */
export interface SuspicionParts {
  readonly turn: Turn
  readonly links: Links
  readonly author: Author
  readonly roster: Roster
  readonly random: Random
  readonly tuning: PresenceTuning
  /** An observer suspects nobody aloud. */
  readonly observer: boolean
  readonly publish: (message: VerifiedMessage) => void
}

/** Who may be gone, and since when. */
type Doubt = Omit<Extract<PresenceTimer, { name: 'suspect' }>, 'name'>

/**
 * Who is gone without a word, after SWIM (Das, Gupta, Motivala, DSN 2002, §4.2): whoever has lost a neighbour, or misses a
 * presence, says so to the room, and the suspect is gone unless it speaks. So presences can be rare, and a dead member is
 * still noticed in seconds.
 */
export class Suspicions {
  readonly #parts: SuspicionParts
  // BOUNDED: MAX_HURRIED, the oldest goes first.
  readonly #hurried = new Recent<MessageId, true>(MAX_HURRIED)

  constructor(parts: SuspicionParts) {
    this.#parts = parts
  }

  /** The link to a member broke: it may be gone. Where another one took its place, that has a moment to come up. */
  lost({ identity, peer }: Link, end: End): void {
    const { roster, tuning, turn } = this.#parts
    const suspect = identity && roster.suspectOf(identity, peer)
    if (suspect === undefined) return
    const grace = end === 'replaced' ? tuning.suspectGraceMillis : 0
    // Where nobody else is, nobody else can say it first.
    const spread = roster.deviceCount > 1 ? tuning.suspectSpreadMillis : 0
    this.#doubt({ suspect, lostAt: turn.wall }, spread, grace)
  }

  /** Looks for devices whose presences are overdue. */
  look(): void {
    const { roster, tuning } = this.#parts
    const spread = (roster.deviceCount + 1) * tuning.suspectSpreadPerDeviceMillis
    for (const suspect of roster.overdue(tuning.suspectsAtOnceMax)) {
      this.#doubt({ suspect }, Math.min(spread, tuning.suspectSpreadMaxMillis))
    }
  }

  /** We have waited for somebody else to say it, or for the suspect to speak. */
  accuse({ lostAt = Number.NEGATIVE_INFINITY, suspect: { clock, device, identity } }: Doubt): void {
    const { author, links, publish, roster, turn } = this.#parts
    const suspect = roster.suspectOf(identity, device)
    if (suspect === undefined) return
    // What it said before its link broke, and came later, is no sign of life.
    if (suspect.clock !== clock && suspect.clock > lostAt) return
    const link = links.get(device)
    if (link?.phase === 'up' && link.identity === identity) return
    publish(author.write(KIND_SUSPICION, encodeSuspicionBody(suspect), turn.wall))
  }

  /**
   * True for one that is dated so that everybody takes it, whatever their clocks: else its suspect may not hear of it. An
   * observer, whom members tell what they have taken, hears it later.
   */
  isTimely({ clock }: Pick<VerifiedMessage, 'clock'>): boolean {
    const { observer, turn } = this.#parts
    if (observer) return true
    const ahead = clock - turn.wall
    return ahead >= -MAX_SUSPICION_AGE_MILLIS && ahead <= MAX_SUSPICION_LEAD_MILLIS
  }

  /** Takes somebody's suspicion, or our own. True if that is new. */
  hear(suspect: Suspect, { clock, id }: VerifiedMessage): boolean {
    const { roster, turn } = this.#parts
    if (this.#mayHurry(suspect, clock)) this.#hurried.set(id, true)
    const isNews = roster.suspect(suspect, clock, turn.now, turn.wall)
    if (isNews) turn.timer(SUSPICION_MILLIS + 1, { name: 'suspicion-over' })
    return isNews
  }

  /**
   * True for a suspicion that goes to all neighbours at once: the first that counts. Along the tree it might take longer than its
   * suspect has time, for whoever holds the places there need not pass it on.
   */
  isHurried(message: VerifiedMessage): boolean {
    const suspect = suspectIn(message)
    if (suspect === undefined || !this.isTimely(message)) return false
    return this.#hurried.has(message.id) || this.#mayHurry(suspect, message.clock)
  }

  #mayHurry(suspect: Suspect, saidAt: Millis): boolean {
    const { roster, turn } = this.#parts
    const known = roster.suspectable(suspect, saidAt, turn.wall)
    return known !== undefined && mayHurry(known, turn.now)
  }

  #doubt(doubt: Doubt, spread: Millis, grace: Millis = 0): void {
    const { observer, random, turn } = this.#parts
    const after = grace + Math.floor(random() * spread)
    if (!observer) turn.timer(after, { name: 'suspect', ...doubt })
  }
}
