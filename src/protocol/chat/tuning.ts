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
/** Signs that one author can have put to one line; more are not shown. Guess: more than anybody means. */
export const MAX_SIGNS_PER_AUTHOR = 16
