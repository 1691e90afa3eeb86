import type { Millis } from '../../base/time.js'
import { type Amount, Budget, burstOf, TokenBucket } from '../../base/token-bucket.js'
import {
  BRIEF_LIMITS,
  CHAT_LIMITS,
  DIRECT_LIMIT,
  LINK_LOOK_RATE,
  LINK_URGENT_LOOK_RATE,
  PRESENCE_LIMITS,
  type TrafficLimits
} from '../config.js'
import { isEphemeral, KIND_DELETION, KIND_PRESENCE } from '../wire/kinds.js'

/** Sorts of messages that have budgets of their own: what is stored, presences, and what else is ephemeral. */
export type Traffic = 'chat' | 'presence' | 'brief'

const LIMITS: Record<Traffic, TrafficLimits> = {
  chat: CHAT_LIMITS,
  presence: PRESENCE_LIMITS,
  brief: BRIEF_LIMITS
}

/** Which sort a message of this kind is. */
export function trafficOf(kind: number): Traffic {
  if (kind === KIND_PRESENCE) return 'presence'
  return isEphemeral(kind) ? 'brief' : 'chat'
}

/** A byte of a deletion counts as so many, for each id of 32 that it names is remembered in some 130. Measured. */
const DELETION_WEIGHT = 4

/** How many bytes of its budgets a message of so many takes. */
export function bytesCharged({ kind }: { readonly kind: number }, byteLength: number): number {
  return kind === KIND_DELETION ? DELETION_WEIGHT * byteLength : byteLength
}

/**
 * What one author may say in one sort of traffic. Budgets are made when they are drawn from, for most authors say little: one that is
 * not there is full, and a full one has room for any message.
 */
export class AuthorBudget {
  /** The greatest clock of a message that was let pass. */
  newest: Millis = 0
  readonly #limits: TrafficLimits
  #now: Budget | undefined
  #late: Budget | undefined
  #settled: Budget | undefined

  constructor(traffic: Traffic) {
    this.#limits = LIMITS[traffic]
  }

  /** What it says now, or what it said before (`isLate`): who repeats that uses up nothing of what the author says now. */
  own(isLate: boolean, now: Millis): Budget {
    const budget = (isLate ? this.#late : this.#now) ?? new Budget(this.#limits.author, now)
    if (isLate) this.#late = budget
    else this.#now = budget
    return budget
  }

  /** True if a message of so many bytes is within {@link own}. */
  has(isLate: boolean, bytes: number, now: Millis): boolean {
    return (isLate ? this.#late : this.#now)?.has(bytes, now) ?? true
  }

  /** True if one is within {@link settled}, where it counts as so many. */
  hasSettled(bytes: number, now: Millis, weight = 1): boolean {
    if (weight > 1) return this.settled(now).has(bytes, now, weight)
    return this.#settled?.has(bytes, now) ?? true
  }

  /** Forgets the budgets that are full. */
  tidy(now: Millis): void {
    if (this.#now?.isFull(now)) this.#now = undefined
    if (this.#late?.isFull(now)) this.#late = undefined
    if (this.#settled?.isFull(now)) this.#settled = undefined
  }

  /** What a settled author may say whatever else its link brings. */
  settled(now: Millis): Budget {
    this.#settled ??= new Budget(this.#limits.settled, now)
    return this.#settled
  }
}

/** How many direct messages of one author may come: of those it says now, and of those it said before. */
export interface DirectBuckets {
  readonly now: TokenBucket
  readonly late: TokenBucket
}

/** What one author may say. */
export class AuthorBudgets {
  // BOUNDED: one for each sort of traffic.
  readonly #budgets: { [sort in Traffic]?: AuthorBudget } = {}

  #directs: DirectBuckets | undefined

  /** Of its direct messages, which are chat as well. */
  directs(now: Millis): DirectBuckets {
    this.#directs ??= {
      now: new TokenBucket(DIRECT_LIMIT, now),
      late: new TokenBucket(DIRECT_LIMIT, now)
    }
    return this.#directs
  }

  /** Forgets what is full: an author that was silent for a minute needs none of it. */
  tidy(now: Millis): void {
    for (const budget of Object.values(this.#budgets)) budget.tidy(now)
    const directs = this.#directs
    if (directs?.now.isFull(now) && directs.late.isFull(now)) this.#directs = undefined
  }

  of(traffic: Traffic): AuthorBudget {
    const budget = this.#budgets[traffic] ?? new AuthorBudget(traffic)
    this.#budgets[traffic] = budget
    return budget
  }
}

/** A budget for each sort of traffic. */
export type Budgets = Readonly<Record<Traffic, Budget>>

/** What one link may bring that nobody has asked for. */
export class LinkBudgets {
  /** Messages over all limits that are looked at all the same, pushed and as history: we may have asked for them; and what is urgent. */
  readonly looks: Readonly<Record<'pushed' | 'stored' | 'urgent', TokenBucket>>
  /** What all may say, beyond what settled authors may always say. */
  readonly all: Budgets
  /** What newcomers may say of it. */
  readonly newcomers: Budgets

  constructor(now: Millis) {
    const bucket = () => new TokenBucket(LINK_LOOK_RATE, now)
    const urgent = new TokenBucket(LINK_URGENT_LOOK_RATE, now)
    this.looks = { pushed: bucket(), stored: bucket(), urgent }
    this.all = budgets('link', now)
    this.newcomers = budgets('newcomers', now)
  }
}

/** What is limited, beside what one author says. */
export type Limited = Exclude<keyof TrafficLimits, 'author'>

/** A budget for each sort of traffic, of what is said to be limited. */
function budgets(of: Limited, now: Millis): Budgets {
  return {
    chat: budgetOf('chat', of, now),
    presence: budgetOf('presence', of, now),
    brief: budgetOf('brief', of, now)
  }
}

/** A budget for one sort of traffic, of what is said to be limited. `held`: as of {@link Budget}. */
export function budgetOf(traffic: Traffic, of: Limited, now: Millis, held?: Amount): Budget {
  return new Budget(LIMITS[traffic][of], now, held)
}

/** As much as a full one has. */
export function atOnce(traffic: Traffic, of: Limited): Amount {
  return burstOf(LIMITS[traffic][of])
}
