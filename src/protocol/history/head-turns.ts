import type { IdentityKey, MessageId } from '../../base/ids.js'
import { least, putLeast } from '../../base/least.js'
import { MAX_PARENTS } from '../config.js'
import type { Heads } from './heads.js'
import type { Head, HeadWindow } from './sorted-heads.js'

/** Places for settled authors in a message whose places newcomers want as well: three quarters. */
const SETTLED_PLACES = (3 * MAX_PARENTS) / 4

/** `settled`, `newcomers`: authors of heads that were not named yet; `named`: of those that were. */
const QUEUES = ['settled', 'newcomers', 'named'] as const
type Queue = (typeof QUEUES)[number]

interface Candidate extends Head {
  /** How many heads of its author are before it. */
  readonly level: number
}

function candidateOf({ author, clock, id }: Head, level: number): Candidate {
  return { author, clock, id, level }
}

/**
 * Which heads our messages name if there are more than they have places for: one that was not named yet before one that
 * was, and the authors in turn, each with its newest first. So every author learns that we have its line, and nobody
 * holds the places by saying more than others. Turns go by key and begin at ours, so that each member begins with others.
 */
export class HeadTurns {
  readonly #isSettled: (author: IdentityKey) => boolean
  readonly #heads: Heads
  readonly #last: Record<Queue, IdentityKey | undefined>
  #hasMore = false

  constructor(heads: Heads, isSettled: (author: IdentityKey) => boolean) {
    this.#heads = heads
    this.#isSettled = isSettled
    this.#last = { settled: undefined, newcomers: undefined, named: undefined }
  }

  /** True if the newest head of some author was not named by the last choice, nor before. */
  get hasMore(): boolean {
    return this.#hasMore
  }

  /** At most `most` of the heads in the window, for a message of the author `self`; they count as named from now on. */
  choose(window: HeadWindow, most: number, self: IdentityKey): MessageId[] {
    const queues = this.#queues(window, most, self)
    const chosen = merge(queues, most)
    for (const queue of QUEUES) {
      const last = queues[queue].findLast(head => chosen.includes(head))
      if (last !== undefined) this.#last[queue] = last.author
    }
    for (const head of chosen) this.#heads.name(head)
    this.#hasMore = this.#hasNews(window)
    return chosen.map(({ id }) => id)
  }

  #queues(window: HeadWindow, most: number, self: IdentityKey): Record<Queue, Candidate[]> {
    const firsts = this.#firsts(window, most, self)
    const all: Record<Queue, Candidate[]> = { settled: [], newcomers: [], named: [] }
    for (const queue of QUEUES)
      for (const head of firsts[queue]) all[queue].push(candidateOf(head, 0))
    // With enough authors in a queue nobody has a second turn in it.
    const few = QUEUES.flatMap(queue => (firsts[queue].length < most ? firsts[queue] : []))
    for (const { author } of few) {
      const own = this.#heads.of(author).inTurn(window, most)
      for (const [at, head] of own.slice(1).entries())
        all[this.#queueOf(head)].push(candidateOf(head, at + 1))
    }
    const first = (queue: Queue) => least(all[queue], most, inTurnAfter(this.#last[queue] ?? self))
    return { settled: first('settled'), newcomers: first('newcomers'), named: first('named') }
  }

  /** What each author has first: of each queue those whose turn it is. Nothing is made for the others. */
  #firsts(window: HeadWindow, most: number, self: IdentityKey): Record<Queue, Head[]> {
    const firsts: Record<Queue, Head[]> = { settled: [], newcomers: [], named: [] }
    const order = (queue: Queue) => authorAfter(this.#last[queue] ?? self)
    const orders = {
      settled: order('settled'),
      newcomers: order('newcomers'),
      named: order('named')
    }
    for (const { named, unnamed } of this.#heads.authors) {
      const news = unnamed.first(window)
      const head = news ?? named.first(window)
      if (head === undefined) continue
      const queue = news === undefined ? 'named' : this.#queueOfNews(news)
      putLeast(firsts[queue], head, most, orders[queue])
    }
    return firsts
  }

  #queueOf(head: Head): Queue {
    return this.#heads.isNamed(head) ? 'named' : this.#queueOfNews(head)
  }

  #queueOfNews({ author }: Head): Queue {
    return this.#isSettled(author) ? 'settled' : 'newcomers'
  }

  #hasNews(window: HeadWindow): boolean {
    for (const author of this.#heads.authors) if (author.hasNews(window)) return true
    return false
  }
}

/** The order of turns after that of this author. */
function inTurnAfter(last: IdentityKey): (a: Candidate, b: Candidate) => boolean {
  const isBefore = authorAfter(last)
  return (a, b) => (a.level === b.level ? isBefore(a, b) : a.level < b.level)
}

/** The same of authors alone. */
function authorAfter(last: IdentityKey): (a: Head, b: Head) => boolean {
  return (a, b) => {
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
