import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'

// Who keeps a place in a full view. Keys are free, so what counts is what somebody else cannot make up: whom we chose, and
// who has been there for long.

/** A neighbour, or somebody who would be one. */
export interface Candidate {
  /** True when we chose it: dialled because a lookup, our memory or several members named it. */
  readonly own: boolean
  readonly identity?: IdentityKey | undefined
  /** Its block of addresses, when it has one that says something. */
  readonly block?: string | undefined
}

export interface Neighbour extends Candidate {
  readonly peer: PeerKey
  /** Since when. */
  readonly since: Millis
}

/** Neighbours of one identity, or of one block of addresses, that keep their places in a full view. */
const MOST_OF_ONE = 2

/** The third and further neighbours of one identity or block: the first to go when the view is full. */
export function surplus(neighbours: readonly Neighbour[]): PeerKey[] {
  return sorted(neighbours).further.map(({ peer }) => peer)
}

/** True for somebody who would be the third of its kind. */
export function isSurplus(candidate: Candidate, neighbours: readonly Neighbour[]): boolean {
  return isThird(candidate, sorted(neighbours).first)
}

/**
 * Those who make room when nobody is surplus: all but `kept`. First of all we keep those that we chose, then those that
 * have been there longest: whoever dials in can never take the places of either.
 */
export function open(neighbours: readonly Neighbour[], kept: number): PeerKey[] {
  return neighbours
    .toSorted(bySeniority)
    .slice(kept)
    .map(({ peer }) => peer)
}

function sorted(neighbours: readonly Neighbour[]) {
  const first: Neighbour[] = []
  const further: Neighbour[] = []
  for (const neighbour of neighbours.toSorted(bySeniority)) {
    if (isThird(neighbour, first)) further.push(neighbour)
    else first.push(neighbour)
  }
  return { first, further }
}

function isThird({ block, identity }: Candidate, first: readonly Neighbour[]): boolean {
  const ofIdentity = first.filter(other => identity !== undefined && other.identity === identity)
  const ofBlock = first.filter(other => block !== undefined && other.block === block)
  return Math.max(ofIdentity.length, ofBlock.length) >= MOST_OF_ONE
}

function bySeniority(a: Neighbour, b: Neighbour): number {
  return Number(b.own) - Number(a.own) || a.since - b.since
}
