import type { Millis } from '../../base/time.js'
import type { Rate } from '../../base/token-bucket.js'
import { HISTORY_AT_ONCE } from '../config.js'
import { DEFAULT_KEEP } from '../history/keep-limits.js'

// Bounds and times of this folder, with their provenance as in config.ts, which has what is on the
// wire.

/** Messages remembered that name one parent, for the case that the parent comes after them. Guess: an honest one has a few. */
export const MAX_CHILDREN = 32
/** The same for all parents together. Guess: newcomers' quarter of the timeline, each naming eight, cannot fill it. */
export const MAX_CHILDREN_IN_ALL = 4 * HISTORY_AT_ONCE
/** Own messages whose receipts are still counted. Guess. */
export const MAX_TRACKED_MESSAGES = 64
/** Messages that deletions name, here or not. Guess: whoever has half of a timeline can take all of it back twice. */
export const MAX_DELETIONS = 2 * DEFAULT_KEEP.maxMessages
/** Restored messages that are told when a room starts: the newest. Guess: a long look back; all of a full room take seconds to read. */
export const MAX_TOLD_MESSAGES = 1_000
/** Signs that one author can have put to one line; more are not shown. Guess: more than anybody means. */
export const MAX_SIGNS_PER_AUTHOR = 16
/** Direct messages that we send. Requirement: 5 a second. */
export const DIRECT_RATE: Rate = { perSecond: 5, burst: 5 }
/** Authors whose keys are kept for direct messages. Guess: those who talk in a large room. */
export const MAX_CORRESPONDENTS = 1_024
/** A first direct message of a stranger is shown at most once in this time, and so is how many wait. Requirement: one a minute. */
export const REQUEST_PAUSE_MILLIS: Millis = 60_000
/** Strangers whose direct messages wait, and how many of each. Guesses. */
export const MAX_REQUESTERS = 64
export const MAX_HELD_REQUESTS = 16
