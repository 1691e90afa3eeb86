import TinyQueue from 'tinyqueue'
import { compareEntries, type Entry, type Run, ShareEntries } from './share-entries.js'

export type { Entry } from './share-entries.js'

/** What an owner has. */
interface Share<Owner, E extends Entry> {
  readonly owner: Owner
  readonly entries: ShareEntries<E>
}

/** How much an owner had, and its oldest entry then. It counts as long as both are so. */
interface Standing<Owner, E extends Entry> {
  readonly share: Share<Owner, E>
  readonly count: number
  readonly oldest: E
}

/** Standings that no longer count are thrown away when there are so many more than owners. Guess: seldom. */
const STALE_STANDINGS = 1_024

/**
 * Who has how many of something that is bounded, so that it is shared fairly: what goes first is the oldest entry of
 * whoever has most; of several that have most, the oldest of all. What is left when entries go in that order, down to
 * some number, depends on which entries there were and not on the order in which they came: each owner keeps its
 * newest, and as many as it can without having more than the others (max-min shares).
 *
 * Adding and removing cost O(log n). BOUNDED: by the owner of this, who takes as much as is too much.
 */
export class Shares<Owner extends string, E extends Entry = Entry> {
  readonly #shares = new Map<Owner, Share<Owner, E>>()
  /** Made when it is first asked what goes first: as long as there is room, nobody asks. */
  #standings: TinyQueue<Standing<Owner, E>> | undefined
  #size = 0

  /** Entries of all owners. */
  get size(): number {
    return this.#size
  }

  /** How many entries this owner has. */
  countOf(owner: Owner): number {
    return this.#shares.get(owner)?.entries.length ?? 0
  }

  /** Adds an entry that is not here. One that counts as several goes as often as that. */
  add(owner: Owner, entry: E): void {
    const share = this.#shares.get(owner) ?? emptyShare<Owner, E>(owner)
    this.#shares.set(owner, share)
    share.entries.push(entry)
    this.#size += entry.left ?? 1
    this.#rank(share)
  }

  /** Gives entries that are not here to an owner that has none. */
  adopt(owner: Owner, run: Run<E>): void {
    const share = { owner, entries: new ShareEntries(run) }
    this.#shares.set(owner, share)
    this.#size += run.length
    this.#rank(share)
  }

  /** Removes and returns what goes first. Undefined if there is nothing. */
  takeFirst(): E | undefined {
    const owner = this.#first()?.share.owner
    return owner === undefined ? undefined : this.takeFirstOf(owner)
  }

  /** Removes and returns the oldest entry of this owner. Undefined if it has none. */
  takeFirstOf(owner: Owner): E | undefined {
    const share = this.#shares.get(owner)
    const entry = share?.entries.pop()
    if (share === undefined || entry === undefined) return undefined
    this.#size -= 1
    this.#settle(share)
    return entry
  }

  /** True if what goes first of all that is here and there is here. */
  goesBefore(other: Shares<Owner, E>): boolean {
    const [ours, theirs] = [this.#first(), other.#first()]
    if (ours === undefined || theirs === undefined) return ours !== undefined
    return compareStandings(ours, theirs) < 0
  }

  /** Gives all that an owner has to `other`, where it has nothing. */
  moveTo(other: Shares<Owner, E>, owner: Owner): void {
    const share = this.#shares.get(owner)
    if (share === undefined) return
    this.#shares.delete(owner)
    this.#size -= share.entries.length
    // Another share, so that standings of the former one do not count, here or if it comes back.
    const moved = { ...share }
    other.#shares.set(owner, moved)
    other.#size += moved.entries.length
    other.#rank(moved)
  }

  /** Removes and returns every entry with a clock below this one. Costs as much as there are owners. */
  takeBefore(clock: number): E[] {
    const taken: E[] = []
    for (const share of this.#shares.values()) {
      while ((share.entries.peek()?.clock ?? clock) < clock) taken.push(share.entries.pop() as E)
      if (share.entries.length === 0) this.#shares.delete(share.owner)
    }
    this.#size -= taken.length
    if (taken.length > 0) this.#standings = undefined
    return taken
  }

  /** The standing of whoever gives first. */
  #first(): Standing<Owner, E> | undefined {
    this.#standings ??= this.#rankAll()
    let first = this.#standings.peek()
    while (first !== undefined && !this.#counts(first)) {
      this.#standings.pop()
      first = this.#standings.peek()
    }
    return first
  }

  #counts({ count, oldest, share }: Standing<Owner, E>): boolean {
    const { entries, owner } = share
    const isHere = this.#shares.get(owner) === share
    return isHere && entries.length === count && entries.peek() === oldest
  }

  #settle(share: Share<Owner, E>): void {
    if (share.entries.length > 0) this.#rank(share)
    else this.#shares.delete(share.owner)
  }

  #rank(share: Share<Owner, E>): void {
    const standings = this.#standings
    if (standings === undefined) return
    const standing = standingOf(share)
    if (standing !== undefined) standings.push(standing)
    if (standings.length > 2 * this.#shares.size + STALE_STANDINGS) this.#standings = undefined
  }

  #rankAll(): TinyQueue<Standing<Owner, E>> {
    const standings = [...this.#shares.values()].flatMap(share => standingOf(share) ?? [])
    return new TinyQueue(standings, compareStandings)
  }
}

function emptyShare<Owner, E extends Entry>(owner: Owner): Share<Owner, E> {
  return { owner, entries: new ShareEntries<E>() }
}

function standingOf<Owner, E extends Entry>(
  share: Share<Owner, E>
): Standing<Owner, E> | undefined {
  const oldest = share.entries.peek()
  return oldest && { share, count: share.entries.length, oldest }
}

type Rank = Pick<Standing<string, Entry>, 'count' | 'oldest'>

/** Whoever has most comes first; of several, the one with the oldest entry. */
function compareStandings(a: Rank, b: Rank): number {
  return b.count - a.count || compareEntries(a.oldest, b.oldest)
}
