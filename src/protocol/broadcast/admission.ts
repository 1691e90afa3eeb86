import type { Millis } from '../../base/time.js'
import type { Budget, TokenBucket } from '../../base/token-bucket.js'
import { LATE_MILLIS } from '../config.js'
import type { KnownAuthors } from '../history/known-authors.js'
import type { Link } from '../links/link.js'
import {
  type AuthorBudget,
  type AuthorBudgets,
  type Budgets,
  freshLinkBudgets,
  type Traffic,
  trafficOf
} from '../links/traffic.js'
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

/**
 * How much may come that nobody has asked for. Each author has budgets of its own, and so has each link; newcomers share
 * one on each link, unless all are newcomers. What a settled author says at a person's pace needs nothing of the link's, so it passes whatever
 * others send. Repeating what an author said earlier uses up other budgets than those for what it says now.
 */
export class Admission {
  readonly #authors: KnownAuthors
  /** What all links that are fresh may bring together. Full from the first message on. */
  #freshLinks: Budgets | undefined

  constructor(authors: KnownAuthors) {
    this.#authors = authors
  }

  /** Draws on the link's budgets; undefined if the message is over a limit. */
  admit(envelope: Envelope, link: Link, now: Millis): Permit | undefined {
    const { author: name, clock, kind, sealed } = envelope
    const traffic = trafficOf(kind)
    const budgets = this.#authors.budgetsOf(name)
    const author = budgets.of(traffic, now)
    const late = clock < author.newest - LATE_MILLIS
    const bytes = sealed.byteLength
    const directs = kind === KIND_DIRECT ? budgets.directs(now)[late ? 'late' : 'now'] : undefined
    if (!(late ? author.late : author.now).has(bytes, now)) return undefined
    if (directs?.has(now) === false) return undefined
    const isSettled = this.#authors.isSettled(name)
    const reserved = isSettled && !late && author.settled.has(bytes, now)
    if (!reserved && !this.#drawOn(link, traffic, isSettled, bytes, now)) return undefined
    return { budgets, author, directs, late, reserved }
  }

  /** The signature was good: draws on the author's budgets. Never before, or a forger would empty them. */
  charge(
    { author, directs, late, reserved }: Permit,
    { clock, sealed }: Envelope,
    now: Millis
  ): void {
    const bytes = sealed.byteLength
    directs?.take(now)
    if (late) author.late.take(bytes, now)
    else author.now.take(bytes, now)
    if (reserved) author.settled.take(bytes, now)
    author.newest = Math.max(author.newest, clock)
  }

  #drawOn(link: Link, traffic: Traffic, isSettled: boolean, bytes: number, now: Millis): boolean {
    const drawn: Budget[] = [link.budgets.all[traffic]]
    if (link.isFresh(now)) drawn.push(this.#sharedByFreshLinks(now)[traffic])
    if (!isSettled && this.#authors.hasSettled) drawn.push(link.budgets.newcomers[traffic])
    if (!drawn.every(budget => budget.has(bytes, now))) return false
    for (const budget of drawn) budget.take(bytes, now)
    return true
  }

  #sharedByFreshLinks(now: Millis): Budgets {
    this.#freshLinks ??= freshLinkBudgets(now)
    return this.#freshLinks
  }
}
