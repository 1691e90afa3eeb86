import type { Standing } from '../peers/peer-info.js'
import type { Candidate, Tries } from './candidates.js'
import { RANKS } from './dial-order.js'

/** What is wanted of a peer; every one has a default. */
export interface Wish {
  /** Default: once. */
  readonly tries?: Tries
  /** Default: known. */
  readonly standing?: Standing
  /** It may be about to dial us: then the one with the longer way up to the other's key waits a moment for the other. */
  readonly mutual?: boolean
  /** It is on this machine, or a local network. */
  readonly near?: boolean
  /** Also a peer that was given up is dialled again. */
  readonly anew?: boolean
}

const TRIES: Readonly<Record<Tries, number>> = { once: 0, backoffs: 1, always: 2 }

/** What is wanted of a peer, and what speaks for it, only grows. */
export function strengthen(
  candidate: Candidate,
  { near, standing = 'known', tries = 'once' }: Wish
): void {
  if (TRIES[tries] > TRIES[candidate.tries]) candidate.tries = tries
  if (RANKS[standing] < RANKS[candidate.standing]) candidate.standing = standing
  candidate.near ||= near ?? false
}
