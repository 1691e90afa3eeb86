import type { IdentityKey, MessageId } from '../../base/ids.js'
import { HEADS_DIGEST_BYTES } from '../config.js'
import { boundAt } from './negentropy/bound.js'
import { ItemSet } from './negentropy/item-set.js'
import { type Head, type HeadWindow, isNewer, SortedHeads } from './sorted-heads.js'

/** The heads of one author, by whether a message of ours has named them. */
export class AuthorHeads {
  readonly unnamed = new SortedHeads()
  readonly named = new SortedHeads()

  get isEmpty(): boolean {
    return this.unnamed.size + this.named.size === 0
  }

  /** At most so many: those that were not named, then those that were; of either the newest first. */
  inTurn(window: HeadWindow, most: number): Head[] {
    const unnamed = this.unnamed.newest(window, most)
    return [...unnamed, ...this.named.newest(window, most - unnamed.length)]
  }

  /** True if the newest was not named. */
  hasNews(window: HeadWindow): boolean {
    const unnamed = this.unnamed.first(window)
    if (unnamed === undefined) return false
    const named = this.named.first(window)
    return named === undefined || isNewer(unnamed, named)
  }
}

/**
 * The messages of a room that no other names as a parent. What our presences ask of them, several times a second, costs at
 * most a look at each author, however many heads somebody makes.
 */
export class Heads {
  // BOUNDED: by the messages that are here; the three are of the same heads.
  readonly #heads = new Map<MessageId, Head>()
  readonly #items = new ItemSet()
  readonly #authors = new Map<IdentityKey, AuthorHeads>()

  get size(): number {
    return this.#heads.size
  }

  /** What each author has that has any. */
  get authors(): Iterable<AuthorHeads> {
    return this.#authors.values()
  }

  /** What this author has. */
  of(author: IdentityKey): AuthorHeads {
    return this.#authors.get(author) ?? new AuthorHeads()
  }

  /** Adds a head: one that was not named. It is kept, this very object. */
  add(head: Head): void {
    const { author, clock, id } = head
    if (this.#heads.has(id)) return
    const own = this.of(author)
    this.#heads.set(id, head)
    this.#items.add({ timestamp: clock, id })
    this.#authors.set(author, own)
    own.unnamed.add(head)
  }

  /** True if it was one. */
  delete(id: MessageId): boolean {
    const head = this.#heads.get(id)
    if (head === undefined) return false
    const own = this.of(head.author)
    this.#heads.delete(id)
    this.#items.delete({ timestamp: head.clock, id })
    if (!own.unnamed.delete(head)) own.named.delete(head)
    if (own.isEmpty) this.#authors.delete(head.author)
    return true
  }

  isNamed(head: Head): boolean {
    return this.of(head.author).named.has(head)
  }

  /** A message of ours names this one of them. */
  name({ id }: Pick<Head, 'id'>): void {
    const head = this.#heads.get(id)
    if (head === undefined) return
    const own = this.of(head.author)
    if (own.unnamed.delete(head)) own.named.add(head)
  }

  /** The ids of the newest, the newest first; at most so many. */
  newest(most: number): MessageId[] {
    const { size } = this.#items
    return [...this.#items.ids(Math.max(0, size - most), size)].reverse()
  }

  /** The same for the same heads in the window: the first 8 bytes of Negentropy's fingerprint of their ids. */
  digest({ from, to }: HeadWindow): Uint8Array {
    const lower = this.#items.lowerBound(boundAt(Math.max(0, Math.ceil(from))))
    const upper = this.#items.lowerBound(boundAt(Math.max(0, Math.floor(to) + 1)))
    return this.#items.fingerprint(lower, upper).subarray(0, HEADS_DIGEST_BYTES)
  }
}
