import { Beginners } from '../../base/beginners.js'
import { type Drawn, InCommon, type Sources } from '../../base/in-common.js'
import type { Millis } from '../../base/time.js'
import type { Link } from './link.js'

/** Makes a bucket as of then: full, or empty. */
type Make<B> = (now: Millis, isFull: boolean) => B

/** Makes what all links have in common, and what each has besides: while it is fresh, and later. */
export interface AgeMakers<B> {
  readonly all: Make<B>
  readonly fresh: Make<B>
  readonly grown: Make<B>
}

/**
 * What links of one age have in common, and each besides. Fresh links have theirs apart, so none that was just made uses up anything of the
 * others. A grown link has saved up nothing yet: it brings no more at once when its first minute is over.
 */
export class ByAge<B> implements Sources<Link, B> {
  readonly #fresh: InCommon<Link, B>
  readonly #grown: InCommon<Link, B>

  constructor({ all, fresh, grown }: AgeMakers<B>) {
    const beginners = new Beginners()
    const full = (now: Millis) => all(now, true)
    this.#fresh = new InCommon<Link, B>({
      all: full,
      own: (_, now) => fresh(now, beginners.beginsFull(now))
    })
    this.#grown = new InCommon<Link, B>({ all: full, own: ({ grownAt }) => grown(grownAt, false) })
  }

  of(link: Link, now: Millis): Drawn<B> {
    const links = link.isFresh(now) ? this.#fresh : this.#grown
    return links.of(link, now)
  }
}
