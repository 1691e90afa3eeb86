import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import type { TokenBucket } from '../../base/token-bucket.js'
import { MAX_COMPLAINTS, PROTOCOL_VERSION } from '../config.js'
import type { KnownAuthors } from '../history/known-authors.js'
import type { Timeline } from '../history/timeline.js'
import { CLOCK_COMPLAINT_MILLIS, MAX_SEEN_IDS } from '../history/tuning.js'
import type { Verifier } from '../history/verifier.js'
import type { Link } from '../links/link.js'
import type { Turn } from '../turn.js'
import { type Claim, glance } from '../wire/glance.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../wire/kinds.js'
import {
  type CoveredMessage,
  digestOf,
  type Envelope,
  type FreshEnvelope,
  type MessageRoom,
  type Opened,
  type OpenedBare,
  openBare,
  parseMessage,
  readBare,
  type VerifiedMessage,
  verifyEnvelope
} from '../wire/message.js'
import { Admission, type Look, type Permit } from './admission.js'

/** How a message came: along the tree as it was said, or from a neighbour's history. */
export type Way = 'pushed' | 'stored'

/** What became of a sealed message. */
export type Verdict =
  | { readonly type: 'new'; readonly message: VerifiedMessage }
  /** History, at its author's word: to be kept and shown. */
  | { readonly type: 'covered'; readonly message: CoveredMessage }
  /** Seen before. `again`: it was pushed to us before as well, so that one of the two pushes is one too many. */
  | { readonly type: 'known'; readonly id: MessageId; readonly again: boolean }
  /** It would be turned away, but we have to answer it. Nobody else is to have it from us. */
  | { readonly type: 'for-us'; readonly message: VerifiedMessage }
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

/** What is heard though it is over limits: no signature was checked yet. */
interface Exceptions {
  /** True for what may be one, as far as that can be told before it is opened. */
  readonly isUrgent: (claim: Claim) => boolean
  /** True for what we have to answer, whoever says it, and whenever. */
  readonly isForUs: (envelope: Envelope) => boolean
  /** True for what others have to hear of. */
  readonly heeds: (envelope: Envelope, link: Link) => boolean
}

/** What the gate needs of the room. */
export interface InboxParts {
  readonly turn: Turn
  readonly room: MessageRoom
  readonly timeline: Timeline
  readonly authors: KnownAuthors
  readonly verifier: Verifier
  /** True for a message that this peer was asked for, and sends now. */
  readonly wasAsked: (link: Link, id: MessageId) => boolean
  readonly exceptions: Exceptions
}

/** The gate for messages: cheap checks first, the signature last, and never the same one twice. */
export class Inbox {
  readonly #parts: InboxParts
  readonly #admission: Admission
  // BOUNDED: MAX_SEEN_IDS, the oldest goes first; stored messages are known to the timeline as well.
  readonly #seen = new Recent<MessageId, Way>(MAX_SEEN_IDS)
  // BOUNDED: MAX_COMPLAINTS of each of three kinds, the oldest goes first.
  readonly #complained = new Recent<string, Millis>(3 * MAX_COMPLAINTS)

  constructor(parts: InboxParts) {
    this.#parts = parts
    this.#admission = new Admission(parts.authors)
  }

  /** A message of our own is known from the start. */
  own(id: MessageId): void {
    this.#seen.set(id, 'pushed')
  }

  /** The message is to be judged anew if it comes again. */
  forget(id: MessageId): void {
    this.#seen.delete(id)
  }

  /** What the bytes of a bare message claim; undefined for what is none. */
  glanceBare(bare: Uint8Array): Envelope | undefined {
    return readBare(bare, this.#parts.room.topic)
  }

  /** Checks the signature of a bare message. */
  openBare(bare: Uint8Array): OpenedBare {
    return openBare(bare, this.#parts.room.topic)
  }

  /** Judges what came over a link. */
  take(sealed: Uint8Array, way: Way, link: Link): Verdict {
    if (isUnreadable(sealed)) return DROPPED
    const claim = glance(sealed)
    const seen = claim && this.#look(claim, sealed, link)
    const looks = claim && seen?.isOver ? this.#looksOf(claim, way, link) : undefined
    if (looks?.has(this.#parts.turn.now) === false) return DROPPED
    const { topic, verified } = this.#parts.room
    const digest = digestOf(sealed, topic)
    const id = digest?.id
    const wasAsked = way === 'stored' && id !== undefined && this.#parts.wasAsked(link, id)
    const known = id && this.#known(id, way)
    if (known !== undefined) return known
    if (!wasAsked) looks?.take(this.#parts.turn.now)
    const opened = id && verified?.get(id)
    if (opened !== undefined) return this.#judge(opened, way, link, wasAsked ? undefined : seen)
    const parsed = parseMessage(sealed, topic, digest)
    if (!parsed.ok) return parsed.reason === 'unknown-version' ? DROPPED : FORGED
    return this.#judge(parsed.envelope, way, link, wasAsked ? undefined : seen)
  }

  /** Whether it would be dropped unless it is known, was asked for, or is an exception. */
  #look(claim: Claim, { byteLength }: Uint8Array, link: Link): Look {
    return this.#admission.look(claim, byteLength, link, this.#parts.turn.now)
  }

  #looksOf(claim: Claim, way: Way, { budgets }: Link): TokenBucket {
    return budgets.looks[this.#parts.exceptions.isUrgent(claim) ? 'urgent' : way]
  }

  #known(id: MessageId, way: Way): Verdict | undefined {
    const seen = this.#seen.get(id) ?? (this.#parts.timeline.knows(id) ? 'stored' : undefined)
    if (seen === undefined) return undefined
    if (way === 'pushed') this.#seen.set(id, way)
    return { type: 'known', id, again: way === 'pushed' && seen === 'pushed' }
  }

  #judge(
    envelope: FreshEnvelope | VerifiedMessage,
    way: Way,
    link: Link,
    seen: Look | undefined
  ): Verdict {
    const verdict = this.#judgeForAll(envelope, way, link, seen)
    const isTurnedAway = verdict.type === 'dropped' || verdict.type === 'ahead'
    if (!isTurnedAway || !this.#parts.exceptions.isForUs(envelope)) return verdict
    const opened = this.#open(envelope)
    return opened.ok ? { type: 'for-us', message: opened.message } : FORGED
  }

  // What was asked for is nobody's flood: it was limited when we asked.
  #judgeForAll(
    envelope: FreshEnvelope | VerifiedMessage,
    way: Way,
    link: Link,
    seen: Look | undefined
  ): Verdict {
    const { authors, exceptions, timeline, turn, verifier } = this.#parts
    const wasAsked = seen === undefined
    authors.advance(turn.now)
    const isRefused = verifier.refuses(envelope.author)
    if (isRefused && envelope.kind !== KIND_SUSPICION) return this.#refused(envelope, wasAsked)
    const fault = timeline.fault(envelope, turn.wall)
    if (fault === 'old' && !isFirstHand(envelope, link)) return DROPPED
    if (fault === 'ahead' && !this.#isDue(complaintOf(envelope, link))) return DROPPED
    const permit = isRefused
      ? undefined
      : seen && this.#admission.admit(envelope, link, turn.now, seen)
    if (!wasAsked && permit === undefined && !exceptions.heeds(envelope, link)) return DROPPED
    const covered = wasAsked && fault === undefined ? verifier.cover(envelope) : undefined
    if (covered !== undefined) return this.#covered(covered, link)
    const opened = this.#open(envelope)
    if (!opened.ok) return FORGED
    return fault === 'ahead'
      ? this.#ahead(envelope, link)
      : this.#new(opened.message, way, link, permit)
  }

  #open(envelope: FreshEnvelope | VerifiedMessage): Opened {
    return 'isVerified' in envelope
      ? asOpened(envelope)
      : verifyEnvelope(envelope, this.#parts.room)
  }

  #new(message: VerifiedMessage, way: Way, link: Link, permit: Permit | undefined): Verdict {
    const { authors, turn } = this.#parts
    const { author, id } = message
    if (permit !== undefined) this.#admission.charge(permit, message, turn.now)
    authors.heard(author, link.peer, permit?.budgets ?? authors.budgetsOf(author), turn.now)
    this.#seen.set(id, way)
    return { type: 'new', message }
  }

  #covered(message: CoveredMessage, link: Link): Verdict {
    const { authors, turn } = this.#parts
    const { author, id } = message
    authors.heard(author, link.peer, authors.budgetsOf(author), turn.now)
    this.#seen.set(id, 'stored')
    return { type: 'covered', message }
  }

  // Whoever hands it on has found nothing wrong with it. What we asked for we need not ask for again.
  #refused(envelope: Envelope, wasAsked: boolean): Verdict {
    if (wasAsked) this.#parts.timeline.refuse(envelope)
    return DROPPED
  }

  #isDue(complaint: string): boolean {
    const last = this.#complained.get(complaint) ?? Number.NEGATIVE_INFINITY
    return this.#parts.turn.now - last >= CLOCK_COMPLAINT_MILLIS
  }

  #ahead(envelope: Envelope, link: Link): Verdict {
    const { author, clock } = envelope
    const { turn } = this.#parts
    const tell = this.#isDue(author)
    if (tell) this.#complained.set(author, turn.now)
    this.#complained.set(complaintOf(envelope, link), turn.now)
    return { type: 'ahead', author, ahead: clock - turn.wall, tell }
  }
}

function asOpened(message: VerifiedMessage): Opened {
  return { ok: true, message }
}

/** True for a message of a version that is not ours. */
export function isUnreadable([version = PROTOCOL_VERSION]: Uint8Array): boolean {
  return version !== PROTOCOL_VERSION
}

// What its author sends us itself says what time it is there: what others hand on must not keep us from hearing it.
function complaintOf({ author }: Envelope, { identity }: Link): string {
  return `${author} ${author === identity ? 'itself' : 'by others'}`
}

/** A presence that its own member sends is no replay, however wrong that member's clock is. */
function isFirstHand({ author, kind }: Envelope, { identity }: Link): boolean {
  return kind === KIND_PRESENCE && author === identity
}
