import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { AuthorBudgets } from '../links/traffic.js'
import { SETTLED_SILENCE_MILLIS } from './tuning.js'

/** A link; undefined stands for all that are gone. */
type Via = PeerKey | undefined

interface Settled {
  heardAt: Millis
  via: Via
  /** When it was heard here first. */
  readonly since: Millis
  readonly budgets: AuthorBudgets
}

/**
 * Authors that are no newcomers. If there is no place left, another one takes that of an author that was silent for an hour,
 * or of the longest silent one of the link that brought most, if that has more than the link it comes by. Who is heard over a
 * link that brought fewer counts as brought by that one. So nobody fills the table, and what others bring pushes out nobody
 * who is heard over an honest link.
 */
export class SettledAuthors {
  readonly #max: number
  // BOUNDED: #max, in the order in which they were last heard.
  readonly #authors = new Map<IdentityKey, Settled>()
  // BOUNDED: the same authors, by the links that brought them, in the same order.
  readonly #byLink = new Map<Via, Set<IdentityKey>>()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#authors.size
  }

  has(author: IdentityKey): boolean {
    return this.#authors.has(author)
  }

  knownSince(author: IdentityKey): Millis | undefined {
    return this.#authors.get(author)?.since
  }

  budgetsOf(author: IdentityKey): AuthorBudgets | undefined {
    return this.#authors.get(author)?.budgets
  }

  /** A message of this author came over this link; false if it is not here. */
  heard(author: IdentityKey, via: PeerKey, now: Millis): boolean {
    const settled = this.#authors.get(author)
    if (settled === undefined) return false
    const isFairer = this.#countOf(via) + 1 < this.#countOf(settled.via)
    this.#delete(author, settled)
    this.#add(author, { ...settled, heardAt: now, via: isFairer ? via : settled.via })
    return true
  }

  /** Adds an author that is not here, if there is a place. Gives who had that before: null if it was free, undefined if there is none. */
  add(
    author: IdentityKey,
    { budgets, since, via }: Omit<Settled, 'heardAt'>,
    now: Millis
  ): IdentityKey | null | undefined {
    const former = this.size < this.#max ? null : this.#whoGoes(via, now)
    if (former === undefined) return undefined
    if (former !== null) this.#delete(former, this.#authors.get(former))
    this.#add(author, { budgets, since, via, heardAt: now })
    return former
  }

  /** The link is gone. Links are cheap: those that are gone count as one. */
  linkDown(peer: PeerKey): void {
    const authors = this.#byLink.get(peer)
    if (authors === undefined) return
    this.#byLink.delete(peer)
    for (const author of authors) {
      const settled = this.#authors.get(author)
      if (settled !== undefined) settled.via = undefined
      this.#setOf(undefined).add(author)
    }
  }

  #whoGoes(via: Via, now: Millis): IdentityKey | undefined {
    const [longest] = this.#authors
    if (longest !== undefined && now - longest[1].heardAt >= SETTLED_SILENCE_MILLIS)
      return longest[0]
    let most: Set<IdentityKey> | undefined
    for (const authors of this.#byLink.values())
      if (authors.size > (most?.size ?? this.#countOf(via) + 1)) most = authors
    const [first] = most ?? []
    return first
  }

  #add(author: IdentityKey, settled: Settled): void {
    this.#authors.set(author, settled)
    this.#setOf(settled.via).add(author)
  }

  #delete(author: IdentityKey, settled: Settled | undefined): void {
    this.#authors.delete(author)
    const authors = this.#byLink.get(settled?.via)
    authors?.delete(author)
    if (authors?.size === 0) this.#byLink.delete(settled?.via)
  }

  #countOf(via: Via): number {
    return this.#byLink.get(via)?.size ?? 0
  }

  #setOf(via: Via): Set<IdentityKey> {
    const authors = this.#byLink.get(via) ?? new Set<IdentityKey>()
    this.#byLink.set(via, authors)
    return authors
  }
}
