import type { Millis } from '../../base/time.js'

// What each member may choose for itself about history: none of it is on the wire.

/** Parents that a message of ours names, of the 8 that fit; a presence names as many heads as fit. Measured in the simulator: nothing is lost. */
export const USUAL_PARENTS = 4
/** Ids that one peer is asked for oldest first; of more, the newest come first, for those vouch for the others. Guess: few enough to check each. */
export const ASK_IN_ORDER = 32
/** Authors whose missing messages may be taken at their word; who wrote longest ago goes first. Guess: a large room's. */
export const MAX_VOUCHING_AUTHORS = 1_024
/** Missing messages that one author has named; the oldest goes first. Guess: parents of some messages, of which the next one to come is one. */
export const MAX_VOUCHED_PER_AUTHOR = 64
/** Authors of which nothing is taken any more; the oldest goes first. Guess: more than anybody makes for nothing. */
export const MAX_REFUSED_AUTHORS = 1_024
/** What was taken at its author's word is checked when no more has come for so long ... Guess: a batch and the next one. */
export const VERIFY_IDLE_MILLIS: Millis = 500
/** ... but after so long even if it keeps coming: what was not checked is not on disk. Guess. */
export const VERIFY_LATEST_MILLIS: Millis = 5_000
/** From one such look to the next. Guess. */
export const VERIFY_PAUSE_MILLIS: Millis = 100
/** Messages checked at one such look. Guess: 3 ms of work, 3 % of the time. */
export const VERIFY_BATCH = 32
/** Messages checked in one turn because a peer asked for them; the rest comes in another turn. Guess: 20 ms of work. */
export const VERIFY_PER_TURN = 256
/** When that turn comes. Guess: whatever else waits goes first. */
export const VERIFY_ON_MILLIS: Millis = 5
