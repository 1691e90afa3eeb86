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
/** Receipts are told no more often than this. Guess: quick for the eye, and in a busy room one event for many members. */
export const RECEIPT_PAUSE_MILLIS: Millis = 250
/** Messages that deletions name, here or not. Guess: whoever has all of a timeline can take it back; some 130 bytes each. */
export const MAX_DELETIONS = DEFAULT_KEEP.maxMessages
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
/** Strangers whose direct messages wait. Guess: of a hundred that a link brings, honest ones of all others have room. */
export const MAX_REQUESTERS = 256
/** Those of each: so many, and so many characters but for one message. Guess: 4 MB in all if every one of them is as long. */
export const MAX_HELD_REQUESTS = 16
export const MAX_HELD_CHARACTERS = 8_192
/** Links of which it is remembered when a stranger that they told of had its turn. Guess: more than a member has in an hour. */
export const MAX_REQUEST_BEARERS = 64
/** While somebody writes, the others are told so at most this often. Guess: a glance at the status. */
export const TYPING_PAUSE_MILLIS: Millis = 3_000
/** ... and hear it of one author no more often than this: what honest ones send, less what links add. */
export const WRITER_PAUSE_MILLIS: Millis = 2_000
/** Who writes is no news when it comes so late, or is dated so far ahead. Guess: clocks of members differ by seconds. */
export const TYPING_LATE_MILLIS: Millis = 30_000
/** In a room of more others nobody is told who writes. Guess: there a status could not say it, and all would carry it. */
export const MAX_TYPING_MEMBERS = 64
/** Authors of whom it is remembered when they wrote. Guess: those of such a room, and some who say so all the same. */
export const MAX_WRITERS = 256
