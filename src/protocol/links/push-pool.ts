import { Beginners } from '../../base/beginners.js'
import type { Millis } from '../../base/time.js'
import type { Budget } from '../../base/token-bucket.js'
import type { Link } from './link.js'
import { type Budgets, budgets, type Traffic } from './traffic.js'

/**
 * What links of one age may bring at once, most of it together: whoever brings most is not all that is heard, and who has many links gains
 * little with each.
 */
class Pool {
  readonly #part: 'freshPart' | 'linkPart'
  /** Full from the first message on. */
  #all: Budgets | undefined
  /** What each link may bring besides. Goes with its link. */
  readonly #parts = new WeakMap<Link, Budgets>()
  readonly #beginners = new Beginners()

  constructor(part: 'freshPart' | 'linkPart') {
    this.#part = part
  }

  drawnBy(link: Link, traffic: Traffic, bytes: number, now: Millis): Budget {
    this.#all ??= budgets('links', now)
    const [all, own] = [this.#all[traffic], this.#partOf(link, now)[traffic]]
    return all.has(bytes, now) ? all : own
  }

  #partOf(link: Link, now: Millis): Budgets {
    const known = this.#parts.get(link)
    if (known !== undefined) return known
    const part = budgets(this.#part, now, this.#beginners.beginsFull(now))
    this.#parts.set(link, part)
    return part
  }
}

/**
 * What all links may bring together that nobody has asked for, and each whatever the others bring. Fresh links have theirs apart, so
 * none that was just made uses up anything of the others.
 */
export class PushPool {
  readonly #fresh = new Pool('freshPart')
  readonly #grown = new Pool('linkPart')

  /** The budget that a message of so many bytes over this link draws on. */
  drawnBy(link: Link, traffic: Traffic, bytes: number, now: Millis): Budget {
    const pool = link.isFresh(now) ? this.#fresh : this.#grown
    return pool.drawnBy(link, traffic, bytes, now)
  }
}
