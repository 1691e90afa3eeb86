import type { IdentityKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import {
  CROWD_LINK_RATE,
  LATER_LINK_NEWCOMER_RATE,
  LINK_NEWCOMER_RATE,
  MAX_HELD_NEWCOMERS
} from '../config.js'
import type { Link } from '../links/link.js'

/** What a link may still tell us of people, and whom it told us of in vain. */
interface Teller {
  readonly ration: TokenBucket
  // BOUNDED: MAX_HELD_NEWCOMERS, the oldest goes first.
  readonly held: Recent<IdentityKey, true>
}

/**
 * Identities cost nothing, and a link could tell us of any number of them. So whom one link alone tells of is rationed, at
 * the first member that hears of it; whoever two links tell of is free.
 */
export class Newcomers {
  // BOUNDED: by the links; a link that is gone takes its entry along.
  readonly #tellers = new WeakMap<Link, Teller>()
  #crowds: TokenBucket | undefined

  /** A link is up: what it may tell of counts from now. */
  linkUp(link: Link, now: Millis): void {
    // Links are cheap as well: who comes again and again may not bring a crowd each time.
    this.#crowds ??= new TokenBucket(CROWD_LINK_RATE, now)
    const rate = this.#crowds.take(now) ? LINK_NEWCOMER_RATE : LATER_LINK_NEWCOMER_RATE
    const held = new Recent<IdentityKey, true>(MAX_HELD_NEWCOMERS)
    this.#tellers.set(link, { ration: new TokenBucket(rate, now), held })
  }

  /** True if we believe this link that somebody is here of whom we have not heard. `links`: all that are up. */
  admit(identity: IdentityKey, link: Link, links: readonly Link[], now: Millis): boolean {
    const teller = this.#tellers.get(link)
    if (teller === undefined) return false
    if (link.identity === identity || this.isToldTwice(identity, link, links)) return true
    if (teller.ration.take(now)) return true
    teller.held.set(identity, true)
    return false
  }

  /** True if the link of somebody else has told us of them, too. */
  isToldTwice(identity: IdentityKey, link: Link, links: readonly Link[]): boolean {
    return links.some(
      other =>
        other.identity !== link.identity && this.#tellers.get(other)?.held.has(identity) === true
    )
  }
}
