import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { type Entry, Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import { AuthorBudgets } from '../links/traffic.js'
import { SettledAuthors } from './settled-authors.js'
import { MAX_NEWCOMERS, MAX_SETTLED_AUTHORS, NEWCOMER_MILLIS } from './tuning.js'

interface Newcomer extends Entry {
  readonly id: IdentityKey
  /** When it was first seen. */
  readonly clock: Millis
  /** The link that told of it first. */
  readonly via: PeerKey
  readonly budgets: AuthorBudgets
}

/** Hears who is settled, or is not any more. */
export type OnSettle = (author: IdentityKey, isSettled: boolean) => void

/** What matters beside who says what. */
export interface KnownAuthorsOptions {
  /** True as long as there is this link. Default: always. */
  readonly isUp?: (peer: PeerKey) => boolean
  /** How many are remembered. For tests. */
  readonly maxNewcomers?: number
  readonly maxSettled?: number
}

/**
 * Since when authors are known here. An author that was first seen less than ten minutes ago is a newcomer: identities
 * cost nothing, so newcomers share what one author may have; after that it is settled.
 *
 * A flood of identities cannot make us forget the others, nor keep them newcomers: of either the links have equal shares.
 */
export class KnownAuthors {
  readonly #self: IdentityKey
  readonly #own = new AuthorBudgets()
  readonly #onsettle: OnSettle
  readonly #isUp: (peer: PeerKey) => boolean
  readonly #maxNewcomers: number
  // BOUNDED: #maxNewcomers, in the order in which they were first seen.
  readonly #newcomers = new Map<IdentityKey, Newcomer>()
  // BOUNDED: the same newcomers, by the links that they were first heard over.
  readonly #shares = new Shares<PeerKey, Newcomer>()
  readonly #settled: SettledAuthors
  /** No newcomer settles before this. */
  #nextAt: Millis = Number.POSITIVE_INFINITY

  /** `self`: settled from the start, and always. `onsettle` hears who is settled, or is not any more. */
  constructor(
    self: IdentityKey,
    onsettle: OnSettle,
    {
      isUp = () => true,
      maxNewcomers = MAX_NEWCOMERS,
      maxSettled = MAX_SETTLED_AUTHORS
    }: KnownAuthorsOptions = {}
  ) {
    this.#self = self
    this.#onsettle = onsettle
    this.#isUp = isUp
    this.#maxNewcomers = maxNewcomers
    this.#settled = new SettledAuthors(maxSettled)
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { readonly newcomers: number; readonly settled: number } {
    return { newcomers: this.#newcomers.size, settled: this.#settled.size }
  }

  /** How many are settled beside ourselves. */
  get settledCount(): number {
    return this.#settled.size
  }

  /** True if anybody but ourselves is settled. */
  get hasSettled(): boolean {
    return this.settledCount > 0
  }

  isSettled(author: IdentityKey): boolean {
    return author === this.#self || this.#settled.has(author)
  }

  /** True for an author whose budgets are remembered. */
  knows(author: IdentityKey): boolean {
    return this.isSettled(author) || this.#newcomers.has(author)
  }

  /** When the author was heard here first, by the clock that never jumps; undefined for one that is not remembered. */
  knownSince(author: IdentityKey): Millis | undefined {
    return this.#settled.knownSince(author) ?? this.#newcomers.get(author)?.clock
  }

  /** What the author may say. One that was not heard has full budgets, and is not remembered for the question. */
  budgetsOf(author: IdentityKey): AuthorBudgets {
    if (author === this.#self) return this.#own
    const budgets = this.#settled.budgetsOf(author) ?? this.#newcomers.get(author)?.budgets
    return budgets ?? new AuthorBudgets()
  }

  /** A verified message of this author came over this link. `budgets`: what it may say, from {@link budgetsOf}. */
  heard(author: IdentityKey, via: PeerKey, budgets: AuthorBudgets, now: Millis): void {
    if (author === this.#self || this.#settled.heard(author, via, now)) return
    if (!this.#newcomers.has(author)) this.#meet({ id: author, clock: now, via, budgets })
  }

  /** These were heard here before we were started: they are no newcomers. */
  restore(authors: Iterable<IdentityKey>, now: Millis): void {
    for (const author of authors) {
      if (this.knows(author)) continue
      const settled = { budgets: new AuthorBudgets(), since: now, via: undefined }
      if (this.#settled.add(author, settled, now) === null) this.#onsettle(author, true)
    }
  }

  /** Settles the newcomers whose ten minutes are over. */
  advance(now: Millis): void {
    if (now < this.#nextAt) return
    for (const newcomer of this.#shares.takeBefore(now - NEWCOMER_MILLIS + 1)) {
      this.#newcomers.delete(newcomer.id)
      this.#settle(newcomer, now)
    }
    const [next] = this.#newcomers.values()
    this.#nextAt = (next?.clock ?? Number.POSITIVE_INFINITY) + NEWCOMER_MILLIS
  }

  /** The link is gone. */
  linkDown(peer: PeerKey): void {
    this.#settled.linkDown(peer)
  }

  #meet(newcomer: Newcomer): void {
    this.#newcomers.set(newcomer.id, newcomer)
    this.#shares.add(newcomer.via, newcomer)
    this.#nextAt = Math.min(this.#nextAt, newcomer.clock + NEWCOMER_MILLIS)
    if (this.#shares.size <= this.#maxNewcomers) return
    const forgotten = this.#shares.takeFirst()
    if (forgotten !== undefined) this.#newcomers.delete(forgotten.id)
  }

  #settle(newcomer: Newcomer, now: Millis): void {
    const { budgets, clock: since, id } = newcomer
    budgets.tidy(now)
    const via = this.#isUp(newcomer.via) ? newcomer.via : undefined
    const former = this.#settled.add(id, { budgets, since, via }, now)
    if (former === undefined) return
    if (former !== null) this.#onsettle(former, false)
    this.#onsettle(id, true)
  }
}
