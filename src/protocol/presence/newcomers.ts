import type { IdentityKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import type { Link } from '../links/link.js'
import type { DeviceId } from './device.js'
import {
  LINK_NEWCOMER_RATE,
  LINK_NEWCOMER_RESERVE,
  MAX_HELD_NEWCOMERS,
  NEWCOMER_RATE
} from './tuning.js'

/** Somebody who is new, or one more device of somebody who has many. */
type Told = IdentityKey | DeviceId

/** What a link may still tell us of people, and whom it told us of in vain. */
interface Teller {
  readonly ration: TokenBucket
  /** What nobody else can use up. */
  readonly reserve: TokenBucket
  // BOUNDED: MAX_HELD_NEWCOMERS, the oldest goes first.
  readonly held: Recent<Told, true>
}

/**
 * Identities and their devices cost nothing, and a link could tell us of any number of them. So whom one link alone tells of is rationed,
 * at the first member that hears of it; whoever two links tell of is free, and so is who tells of themselves.
 */
export class Newcomers {
  // BOUNDED: by the links; a link that is gone takes its entry along.
  readonly #tellers = new WeakMap<Link, Teller>()
  /** Links are cheap as well: whoever comes again and again may not bring a crowd each time. */
  #all: TokenBucket | undefined

  /** A link is up: what it may tell of counts from now. */
  linkUp(link: Link, now: Millis): void {
    const ration = new TokenBucket(LINK_NEWCOMER_RATE, now)
    const reserve = new TokenBucket(LINK_NEWCOMER_RESERVE, now)
    this.#tellers.set(link, { ration, reserve, held: new Recent(MAX_HELD_NEWCOMERS) })
  }

  /** True if we believe this link that somebody is here, or with a device, of whom we have not heard. `links`: all that are up. */
  admit(
    told: Told,
    identity: IdentityKey,
    link: Link,
    links: readonly Link[],
    now: Millis
  ): boolean {
    const teller = this.#tellers.get(link)
    if (teller === undefined) return false
    if (link.identity === identity || this.isToldTwice(told, link, links)) return true
    this.#all ??= new TokenBucket(NEWCOMER_RATE, now)
    if (teller.ration.take(now) && (this.#all.take(now) || teller.reserve.take(now))) return true
    this.hold(told, link)
    return false
  }

  /** There is no room for them as long as nobody else tells of them. */
  hold(told: Told, link: Link): void {
    this.#tellers.get(link)?.held.set(told, true)
  }

  /** True if the link of somebody else has told us of them, too. */
  isToldTwice(told: Told, link: Link, links: readonly Link[]): boolean {
    return links.some(
      other => other.identity !== link.identity && this.#tellers.get(other)?.held.has(told) === true
    )
  }
}
