import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Standing } from '../peers/peer-info.js'
import type { Candidate } from './candidates.js'

/**
 * Who waited so long for a slot comes before nearer ones, also where somebody makes up keys next to
 * ours. Guess.
 */
const SENIOR_MILLIS: Millis = 2_000

/** What speaks for a peer, best first. */
export const RANKS: Readonly<Record<Standing, number>> = { known: 0, vouched: 1, named: 2 }

/** Keys are ordered by their first hex digits: as many as a number holds exactly. */
const PLACE_DIGITS = 12
/** How many places there are on the ring of keys. */
export const PLACES = 16 ** PLACE_DIGITS

/** Where a key stands on the ring of keys. */
function placeOf(key: PeerKey): number {
  return Number.parseInt(key.slice(0, PLACE_DIGITS), 16)
}

/**
 * The way up from one key to another; after the largest key comes the smallest. Less than {@link
 * PLACES}.
 */
export function distanceUp(from: PeerKey, to: PeerKey): number {
  return (placeOf(to) - placeOf(from) + PLACES) % PLACES
}

/** Who of two candidates is dialled first: negative for the first of them, as in `Array.sort`. */
export function compare(a: Candidate, b: Candidate, now: Millis): number {
  return (
    RANKS[a.standing] - RANKS[b.standing] ||
    a.failures - b.failures ||
    bySeniority(a, b, now) ||
    a.distance - b.distance
  )
}

// Those that have waited long, longest first; of others it says nothing.
function bySeniority(a: Candidate, b: Candidate, now: Millis): number {
  const [x, y] = [a, b].map(({ notBefore }) => Math.min(notBefore, now - SENIOR_MILLIS))
  return (x ?? 0) - (y ?? 0)
}
