import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { type Entry, Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import { AuthorBudgets } from '../links/traffic.js'
import {
  MAX_NEWCOMERS,
  MAX_SETTLED_AUTHORS,
  NEWCOMER_MILLIS,
  SETTLED_SILENCE_MILLIS
} from './tuning.js'

interface Newcomer extends Entry {
  readonly id: IdentityKey
  /** When it was first seen. */
  readonly clock: Millis
  readonly budgets: AuthorBudgets
}

interface Settled {
  heardAt: Millis
  readonly budgets: AuthorBudgets
}

/** How many are remembered. For tests. */
export interface KnownAuthorsOptions {
  readonly maxNewcomers?: number
  readonly maxSettled?: number
}

/**
 * Since when authors are known here. An author that was first seen less than ten minutes ago is a newcomer: identities
 * cost nothing, so newcomers share what one author may have; after that it is settled.
 *
 * A flood of identities cannot make us forget the others: newcomers are forgotten of whichever link brought most, and a
 * settled author is forgotten only for another one and only if it was silent for an hour.
 */
export class KnownAuthors {
  readonly #self: IdentityKey
  readonly #own = new AuthorBudgets()
  readonly #onsettle: (author: IdentityKey, isSettled: boolean) => void
  readonly #maxNewcomers: number
  readonly #maxSettled: number
  // BOUNDED: #maxNewcomers, in the order in which they were first seen.
  readonly #newcomers = new Map<IdentityKey, Newcomer>()
  // BOUNDED: the same newcomers, by the links that they were first heard over.
  readonly #shares = new Shares<PeerKey, Newcomer>()
  // BOUNDED: #maxSettled, in the order in which they were last heard.
  readonly #settled = new Map<IdentityKey, Settled>()
  /** No newcomer settles before this. */
  #nextAt: Millis = Number.POSITIVE_INFINITY

  /** `self`: settled from the start, and always. `onsettle` hears who is settled, or is not any more. */
  constructor(
    self: IdentityKey,
    onsettle: (author: IdentityKey, isSettled: boolean) => void,
    { maxNewcomers = MAX_NEWCOMERS, maxSettled = MAX_SETTLED_AUTHORS }: KnownAuthorsOptions = {}
  ) {
    this.#self = self
    this.#onsettle = onsettle
    this.#maxNewcomers = maxNewcomers
    this.#maxSettled = maxSettled
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { readonly newcomers: number; readonly settled: number } {
    return { newcomers: this.#newcomers.size, settled: this.#settled.size }
  }

  /** True if anybody but ourselves is settled. */
  get hasSettled(): boolean {
    return this.#settled.size > 0
  }

  isSettled(author: IdentityKey): boolean {
    return author === this.#self || this.#settled.has(author)
  }

  /** True for an author whose budgets are remembered. */
  knows(author: IdentityKey): boolean {
    return this.isSettled(author) || this.#newcomers.has(author)
  }

  /** What the author may say. One that was not heard has full budgets, and is not remembered for the question. */
  budgetsOf(author: IdentityKey): AuthorBudgets {
    if (author === this.#self) return this.#own
    const known = this.#settled.get(author) ?? this.#newcomers.get(author)
    return known?.budgets ?? new AuthorBudgets()
  }

  /** A verified message of this author came over this link. `budgets`: what it may say, from {@link budgetsOf}. */
  heard(author: IdentityKey, via: PeerKey, budgets: AuthorBudgets, now: Millis): void {
    const settled = this.#settled.get(author)
    if (settled !== undefined) this.#hearAgain(author, settled, now)
    else if (author !== this.#self && !this.#newcomers.has(author)) {
      this.#meet({ id: author, clock: now, budgets }, via)
    }
  }

  /** Settles the newcomers whose ten minutes are over. */
  advance(now: Millis): void {
    if (now < this.#nextAt) return
    for (const { budgets, id } of this.#shares.takeBefore(now - NEWCOMER_MILLIS + 1)) {
      this.#newcomers.delete(id)
      if (this.#hasPlace(now)) this.#settle(id, { heardAt: now, budgets })
    }
    const [next] = this.#newcomers.values()
    this.#nextAt = (next?.clock ?? Number.POSITIVE_INFINITY) + NEWCOMER_MILLIS
  }

  #hearAgain(author: IdentityKey, settled: Settled, now: Millis): void {
    settled.heardAt = now
    this.#settled.delete(author)
    this.#settled.set(author, settled)
  }

  #meet(newcomer: Newcomer, via: PeerKey): void {
    this.#newcomers.set(newcomer.id, newcomer)
    this.#shares.add(via, newcomer)
    this.#nextAt = Math.min(this.#nextAt, newcomer.clock + NEWCOMER_MILLIS)
    if (this.#shares.size <= this.#maxNewcomers) return
    const forgotten = this.#shares.takeFirst()
    if (forgotten !== undefined) this.#newcomers.delete(forgotten.id)
  }

  /** True if another author can settle: maybe in the place of one that was silent for an hour. */
  #hasPlace(now: Millis): boolean {
    if (this.#settled.size < this.#maxSettled) return true
    const [longest] = this.#settled
    if (longest === undefined) return false
    const [author, { heardAt }] = longest
    if (now - heardAt < SETTLED_SILENCE_MILLIS) return false
    this.#settled.delete(author)
    this.#onsettle(author, false)
    return true
  }

  #settle(author: IdentityKey, settled: Settled): void {
    this.#settled.set(author, settled)
    this.#onsettle(author, true)
  }
}
