import type { Millis } from '../../base/time.js'
import type { Budget, TokenBucket } from '../../base/token-bucket.js'
import { LATE_MILLIS } from '../config.js'
import type { KnownAuthors } from '../history/known-authors.js'
import { MAX_RESERVE_WEIGHT, RESERVED_AUTHORS } from '../history/tuning.js'
import type { Link } from '../links/link.js'
import { PushPool } from '../links/push-pool.js'
import { type AuthorBudget, type AuthorBudgets, bytesCharged, trafficOf } from '../links/traffic.js'
import type { Claim } from '../wire/glance.js'
import { KIND_DIRECT } from '../wire/kinds.js'
import type { Envelope } from '../wire/message.js'

/** A message that is within all limits, as long as its signature is good. */
export interface Permit {
  readonly budgets: AuthorBudgets
  readonly author: AuthorBudget
  /** What direct messages draw on as well; undefined for all others. */
  readonly directs: TokenBucket | undefined
  /** True if the message is none of what its author says now. */
  readonly late: boolean
  /** True if it is of what a settled author may always say. */
  readonly reserved: boolean
}

/** What was found out about a message before it was hashed. */
export interface Look {
  /** True for one that would be refused. */
  readonly isOver: boolean
  /** Undefined for one of an author that is not known yet, and for one that would be refused. */
  readonly permit: Permit | undefined
}

const OVER: Look = { isOver: true, permit: undefined }
const NEW_AUTHORS: Look = { isOver: false, permit: undefined }

/**
 * How much may come that nobody has asked for. Each author has budgets of its own, and so has each link; newcomers share
 * one on each link, unless all are newcomers. What a settled author says at a person's pace needs nothing of the link's, so it passes whatever
 * others send. Repeating what an author said earlier uses up other budgets than those for what it says now.
 */
export class Admission {
  readonly #authors: KnownAuthors
  readonly #pool = new PushPool()

  constructor(authors: KnownAuthors) {
    this.#authors = authors
  }

  /** Looks whether {@link admit} would refuse a message of so many bytes. Draws on nothing, and makes no budgets. */
  look(claim: Claim, byteLength: number, link: Link, now: Millis): Look {
    const bytes = bytesCharged(claim, byteLength)
    const isKnown = this.#authors.knows(claim.author)
    const permit = isKnown ? this.#permit(claim, bytes, now) : undefined
    if (isKnown && permit === undefined) return OVER
    const isReserved = permit?.reserved === true
    if (!isReserved && !this.#has(claim, bytes, link, now)) return OVER
    return permit === undefined ? NEW_AUTHORS : { isOver: false, permit }
  }

  /** Draws on the link's budgets; undefined if the message is over a limit. `seen`: what {@link look} has found in this turn. */
  admit(envelope: Envelope, link: Link, now: Millis, seen: Look): Permit | undefined {
    const bytes = bytesCharged(envelope, envelope.sealed.byteLength)
    const permit = seen.permit ?? this.#permit(envelope, bytes, now)
    if (permit === undefined || permit.reserved) return permit
    if (seen.permit === undefined && !this.#has(envelope, bytes, link, now)) return undefined
    this.#everyBudget(envelope, bytes, link, now, budget => {
      budget.take(bytes, now)
      return true
    })
    return permit
  }

  /** The signature was good: draws on the author's budgets. Never before, or a forger would empty them. */
  charge({ author, directs, late, reserved }: Permit, envelope: Envelope, now: Millis): void {
    const { clock, sealed } = envelope
    const bytes = bytesCharged(envelope, sealed.byteLength)
    directs?.take(now)
    author.own(late, now).take(bytes, now)
    if (reserved) author.settled(now).take(bytes, now, this.#reserveWeight)
    author.newest = Math.max(author.newest, clock)
  }

  // Identities cost nothing but a wait: where very many are settled each may say less, so that all of them together can be borne.
  get #reserveWeight(): number {
    const many = this.#authors.settledCount / RESERVED_AUTHORS
    return Math.min(Math.max(1, many), MAX_RESERVE_WEIGHT)
  }

  // What the author itself may say, whatever the link may bring.
  #permit({ author: name, clock, kind }: Claim, bytes: number, now: Millis): Permit | undefined {
    const budgets = this.#authors.budgetsOf(name)
    const author = budgets.of(trafficOf(kind))
    const late = clock < author.newest - LATE_MILLIS
    const directs = kind === KIND_DIRECT ? budgets.directs(now)[late ? 'late' : 'now'] : undefined
    if (!author.has(late, bytes, now)) return undefined
    if (directs?.has(now) === false) return undefined
    const reserved =
      !late && this.#authors.isSettled(name) && author.hasSettled(bytes, now, this.#reserveWeight)
    return { budgets, author, directs, late, reserved }
  }

  #has(claim: Claim, bytes: number, link: Link, now: Millis): boolean {
    return this.#everyBudget(claim, bytes, link, now, budget => budget.has(bytes, now))
  }

  /** Whether that is so for each budget that a message draws on which is not reserved. No list is made: most of a flood ends here. */
  #everyBudget(
    { author, kind }: Claim,
    bytes: number,
    link: Link,
    now: Millis,
    isSo: (budget: Budget) => boolean
  ): boolean {
    const traffic = trafficOf(kind)
    if (!isSo(link.budgets.all[traffic])) return false
    if (!isSo(this.#pool.drawnBy(link, traffic, bytes, now))) return false
    const isNewcomer = !this.#authors.isSettled(author) && this.#authors.hasSettled
    return !isNewcomer || isSo(link.budgets.newcomers[traffic])
  }
}
