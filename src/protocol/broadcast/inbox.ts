import type { IdentityKey, MessageId, Topic } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { TokenBuckets } from '../../base/token-bucket.js'
import {
  AUTHOR_HISTORY_RATE,
  AUTHOR_RATE,
  CLOCK_COMPLAINT_MILLIS,
  MAX_LIMITED_AUTHORS,
  MAX_SEEN_IDS
} from '../config.js'
import type { Timeline } from '../history/timeline.js'
import type { Link } from '../links/link.js'
import {
  type Envelope,
  messageId,
  parseMessage,
  type VerifiedMessage,
  verifyEnvelope
} from '../wire/message.js'

/** How a message came: along the tree as it was said, or from a neighbour's history. */
export type Way = 'pushed' | 'stored'

/** What became of a sealed message. */
export type Verdict =
  | { readonly type: 'new'; readonly message: VerifiedMessage }
  /** Seen before. `again`: it was pushed to us before as well, so that one of the two pushes is one too many. */
  | { readonly type: 'known'; readonly id: MessageId; readonly again: boolean }
  /** Over a limit, too old, or of a version that we cannot read: nobody's fault, and it may come again. */
  | { readonly type: 'dropped' }
  /** By how many ms the author's clock is too far ahead. `tell`: the owner of the room was not told lately. */
  | {
      readonly type: 'ahead'
      readonly author: IdentityKey
      readonly ahead: Millis
      readonly tell: boolean
    }
  /** No honest peer sends this. */
  | { readonly type: 'forged' }

const DROPPED: Verdict = { type: 'dropped' }
const FORGED: Verdict = { type: 'forged' }

/** The gate for messages: cheap checks first, the signature last, and never the same one twice. */
export class Inbox {
  readonly #topic: Topic
  readonly #timeline: Timeline
  // BOUNDED: MAX_SEEN_IDS, the oldest goes first; stored messages are known to the timeline as well.
  readonly #seen = new Recent<MessageId, Way>(MAX_SEEN_IDS)
  // BOUNDED: MAX_LIMITED_AUTHORS each.
  readonly #authors = {
    pushed: new TokenBuckets<IdentityKey>(AUTHOR_RATE, MAX_LIMITED_AUTHORS),
    stored: new TokenBuckets<IdentityKey>(AUTHOR_HISTORY_RATE, MAX_LIMITED_AUTHORS)
  }
  // BOUNDED: MAX_LIMITED_AUTHORS.
  readonly #complained = new Recent<IdentityKey, Millis>(MAX_LIMITED_AUTHORS)

  constructor(topic: Topic, timeline: Timeline) {
    this.#topic = topic
    this.#timeline = timeline
  }

  /** A message of our own is known from the start. */
  own(id: MessageId): void {
    this.#seen.set(id, 'pushed')
  }

  /** Judges what came over a link; its date by the wall clock. */
  take(sealed: Uint8Array, way: Way, link: Link, now: Millis, wall: Millis): Verdict {
    const id = messageId(sealed)
    const known = this.#known(id, way)
    if (known !== undefined) return known
    if (!link[way].take(now)) return DROPPED
    const parsed = parseMessage(sealed, id)
    if (!parsed.ok) return parsed.reason === 'unknown-version' ? DROPPED : FORGED
    return this.#judge(parsed.envelope, way, now, wall)
  }

  #known(id: MessageId, way: Way): Verdict | undefined {
    const seen = this.#seen.get(id) ?? (this.#timeline.has(id) ? 'stored' : undefined)
    if (seen === undefined) return undefined
    if (way === 'pushed') this.#seen.set(id, way)
    return { type: 'known', id, again: way === 'pushed' && seen === 'pushed' }
  }

  // The author's bucket is looked into before the costly check, and drawn from after it: a forger cannot empty it.
  #judge(envelope: Envelope, way: Way, now: Millis, wall: Millis): Verdict {
    const fault = this.#timeline.fault(envelope, wall)
    if (fault === 'old' || !this.#authors[way].has(envelope.author, now)) return DROPPED
    const opened = verifyEnvelope(envelope, this.#topic)
    if (!opened.ok) return FORGED
    if (fault === 'ahead') return this.#ahead(envelope, now, wall)
    this.#authors[way].take(envelope.author, now)
    this.#seen.set(envelope.id, way)
    return { type: 'new', message: opened.message }
  }

  #ahead({ author, clock }: Envelope, now: Millis, wall: Millis): Verdict {
    const last = this.#complained.get(author) ?? Number.NEGATIVE_INFINITY
    const tell = now - last >= CLOCK_COMPLAINT_MILLIS
    if (tell) this.#complained.set(author, now)
    return { type: 'ahead', author, ahead: clock - wall, tell }
  }
}
