import { Beginners } from '../../base/beginners.js'
import { type Drawn, InCommon, type Sources } from '../../base/in-common.js'
import type { Millis } from '../../base/time.js'
import type { Link } from './link.js'

/** Makes what all links have in common, and what each has besides: while it is fresh, full or empty, and from when it is grown. */
export interface AgeMakers<B> {
  readonly all: (now: Millis) => B
  readonly fresh: (now: Millis, isFull: boolean) => B
  /** With no more than a fresh one holds: it has saved up nothing yet, so it brings no more at once when its first minute is over; and no less. */
  readonly grown: (grownAt: Millis) => B
}

/**
 * What links of one age have in common, and each besides. Fresh links have theirs apart, so none that was just made uses up anything of the
 * others.
 */
export class ByAge<B> implements Sources<Link, B> {
  readonly #fresh: InCommon<Link, B>
  readonly #grown: InCommon<Link, B>

  constructor({ all, fresh, grown }: AgeMakers<B>) {
    const beginners = new Beginners()
    const own = (_: Link, now: Millis) => fresh(now, beginners.beginsFull(now))
    this.#fresh = new InCommon({ all, own })
    this.#grown = new InCommon({ all, own: ({ grownAt }: Link) => grown(grownAt) })
  }

  of(link: Link, now: Millis): Drawn<B> {
    const links = link.isFresh(now) ? this.#fresh : this.#grown
    return links.of(link, now)
  }
}
