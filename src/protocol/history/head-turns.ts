import type { IdentityKey, MessageId } from '../../base/ids.js'
import { least } from '../../base/least.js'
import { MAX_PARENTS } from '../config.js'
import type { Envelope } from '../wire/message.js'

/** A message that no other names as a parent: what matters of it here. */
export type Head = Pick<Envelope, 'id' | 'author' | 'clock'>

/** Places for settled authors in a message whose places newcomers want as well: three quarters. */
const SETTLED_PLACES = (3 * MAX_PARENTS) / 4

/** `settled`, `newcomers`: authors of heads that were not named yet; `named`: of those that were. */
const QUEUES = ['settled', 'newcomers', 'named'] as const
type Queue = (typeof QUEUES)[number]

interface Candidate extends Head {
  /** How many heads of its author are before it. */
  readonly level: number
}

/**
 * Which heads our messages name if there are more than they have places for: one that was not named yet before one that
 * was, and the authors in turn, each with its newest first. So every author learns that we have its line, and nobody
 * holds the places by saying more than others. Turns go by key and begin at ours, so that each member begins with others.
 */
export class HeadTurns {
  readonly #isSettled: (author: IdentityKey) => boolean
  readonly #last: Record<Queue, IdentityKey | undefined>
  // BOUNDED: a subset of the heads that there were at the last choice.
  #named: ReadonlySet<MessageId> = new Set()
  #hasMore = false

  constructor(isSettled: (author: IdentityKey) => boolean) {
    this.#isSettled = isSettled
    this.#last = { settled: undefined, newcomers: undefined, named: undefined }
  }

  /** True if the newest head of some author was not named by the last choice, nor before. */
  get hasMore(): boolean {
    return this.#hasMore
  }

  /** At most `most` of these heads, for a message of the author `self`; they count as named from now on. */
  choose(heads: readonly Head[], most: number, self: IdentityKey): MessageId[] {
    const authors = [...byAuthor(heads).values()]
    const queues = this.#queues(authors, most, self)
    const chosen = merge(queues, most)
    for (const queue of QUEUES) {
      const last = queues[queue].findLast(head => chosen.includes(head))
      if (last !== undefined) this.#last[queue] = last.author
    }
    this.#note(heads, chosen)
    this.#hasMore = authors.some(own => least(own, 1, isNewer).some(head => !this.#isNamed(head)))
    return chosen.map(({ id }) => id)
  }

  #queues(authors: Head[][], most: number, self: IdentityKey): Record<Queue, Candidate[]> {
    const all: Record<Queue, Candidate[]> = { settled: [], newcomers: [], named: [] }
    for (const own of authors) {
      const inTurn = least(own, most, (a, b) => this.#isBefore(a, b))
      for (const [level, head] of inTurn.entries())
        all[this.#queueOf(head)].push({ ...head, level })
    }
    const first = (queue: Queue) => least(all[queue], most, inTurnAfter(this.#last[queue] ?? self))
    return { settled: first('settled'), newcomers: first('newcomers'), named: first('named') }
  }

  #isBefore(a: Head, b: Head): boolean {
    const isNamed = this.#isNamed(a)
    return isNamed === this.#isNamed(b) ? isNewer(a, b) : !isNamed
  }

  #queueOf(head: Head): Queue {
    if (this.#isNamed(head)) return 'named'
    return this.#isSettled(head.author) ? 'settled' : 'newcomers'
  }

  #isNamed({ id }: Head): boolean {
    return this.#named.has(id)
  }

  #note(heads: readonly Head[], chosen: readonly Head[]): void {
    const still = heads.filter(head => this.#isNamed(head))
    this.#named = new Set([...still, ...chosen].map(({ id }) => id))
  }
}

function byAuthor(heads: readonly Head[]): Map<IdentityKey, Head[]> {
  const all = new Map<IdentityKey, Head[]>()
  for (const head of heads) {
    const own = all.get(head.author)
    if (own === undefined) all.set(head.author, [head])
    else own.push(head)
  }
  return all
}

/** True if the first comes later in the total order. */
export function isNewer(a: Pick<Head, 'id' | 'clock'>, b: Pick<Head, 'id' | 'clock'>): boolean {
  return a.clock === b.clock ? a.id > b.id : a.clock > b.clock
}

/** The order of turns after that of this author. */
function inTurnAfter(last: IdentityKey): (a: Candidate, b: Candidate) => boolean {
  return (a, b) => {
    if (a.level !== b.level) return a.level < b.level
    const [aWaits, bWaits] = [a.author > last, b.author > last]
    return aWaits === bWaits ? a.author < b.author : aWaits
  }
}

function merge(
  { named, newcomers, settled }: Record<Queue, Candidate[]>,
  most: number
): Candidate[] {
  const [first, others] = [settled.slice(0, SETTLED_PLACES), settled.slice(SETTLED_PLACES)]
  return [...first, ...newcomers, ...others, ...named].slice(0, most)
}
