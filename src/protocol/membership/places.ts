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

/**
 * Which of those that wait makes room for one more: of the identity, or block of addresses, that has most of them with this
 * one, who has waited longest. So who dials in again and again pushes out none but its own.
 */
export function waitsInVain(waiting: readonly Neighbour[], newcomer: Candidate) {
  const all = [newcomer, ...waiting]
  const [first] = waiting
    .map(each => ({ peer: each.peer, since: each.since, count: ofKind(all, each) }))
    .toSorted((a, b) => b.count - a.count || a.since - b.since)
  return first?.peer
}

/** How many of these are of the identity of this one, or of its block of addresses. */
function ofKind(all: readonly Candidate[], { block, identity }: Candidate): number {
  const ofIdentity = all.filter(other => identity !== undefined && other.identity === identity)
  const ofBlock = all.filter(other => block !== undefined && other.block === block)
  return Math.max(ofIdentity.length, ofBlock.length)
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

function isThird(one: Candidate, first: readonly Neighbour[]): boolean {
  return ofKind(first, one) >= MOST_OF_ONE
}

function bySeniority(a: Neighbour, b: Neighbour): number {
  return Number(b.own) - Number(a.own) || a.since - b.since
}
