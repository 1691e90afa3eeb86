import { ID_BYTES } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { BudgetRate } from '../../base/token-bucket.js'
import {
  HISTORY_AT_ONCE,
  MAX_CLOCK_LEAD_MILLIS,
  MAX_RECONCILE_BYTES,
  MAX_WANT_IDS
} from '../config.js'
import type { PoolRates } from '../links/link-pool.js'

/** When history is compared, asked for and checked. None of it is on the wire: each member may choose its own. */
export interface HistoryTuning {
  /** What was taken at its author's word is checked when no more has come for so long ... Guess: a batch and the next one. */
  readonly verifyIdleMillis: Millis
  /** ... but what has waited for so long even if more keeps coming: what was not checked is not on disk. Guess. */
  readonly verifyLatestMillis: Millis
  /** From one such look to the next. Guess. */
  readonly verifyPauseMillis: Millis
  /** Messages checked at one such look. Guess: 3 ms of work, 3 % of the time. */
  readonly verifyBatch: number
  /** What was not checked is whole in memory: beyond so many bytes it is checked as it comes. Measured: a room of 100,000 lines. */
  readonly uncheckedMaxBytes: number
  /** The same of newcomers together, once others are settled: who invents authors holds no more. Design: a quarter. */
  readonly newcomersMaxBytes: number
  /** What a turn had no time for comes so much later: whatever else waits goes first. With 0 it is a turn without end. Guess. */
  readonly verifyOnMillis: Millis
  /** So often a random neighbour whose heads differ is reconciled with. Guess. */
  readonly reconcileIntervalMillis: Millis
  /** An exchange that brought nothing doubles the pause before the next with that neighbour, up to this. Design. */
  readonly reconcilePauseMaxMillis: Millis
  /** After history arrived from one neighbour the others are reconciled with this soon, and while more arrives ever more seldom, until it is as seldom as usual. Guess: lets a batch arrive whole. */
  readonly reconcileSoonMillis: Millis
  /** A peer that has sent nothing of what it was asked for in this time has not got it; somebody else may be asked. Guess. */
  readonly wantRetryMillis: Millis
  /** ... and it is itself not asked for that again before this. Guess: as many as can have links to us have had their turn. */
  readonly wantAgainMillis: Millis
}

export const HISTORY_TUNING: HistoryTuning = {
  verifyIdleMillis: 500,
  verifyLatestMillis: 5_000,
  verifyPauseMillis: 100,
  verifyBatch: 32,
  uncheckedMaxBytes: 128 << 20,
  newcomersMaxBytes: 32 << 20,
  verifyOnMillis: 5,
  reconcileIntervalMillis: 10_000,
  reconcilePauseMaxMillis: 10 * 60_000,
  reconcileSoonMillis: 500,
  wantRetryMillis: 5_000,
  wantAgainMillis: 60_000
}

// Bounds and shares, of which most are a matter of security.

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
/** What such a message takes beside its bytes. Guess, from heap sizes. */
export const UNCHECKED_EXTRA_BYTES = 1_024
/** Messages checked in one turn because a peer asked for them; the rest comes in another turn. Guess: 20 ms of work. */
export const VERIFY_PER_TURN = 256
/**
 * Short and long messages have room of their own, so that a bound on messages is one on bytes: so many parts of the
 * timeline for sealed messages of up to so many bytes, smallest first. Each room holds about as many bytes. Guess.
 */
export const TIMELINE_ROOMS = [
  { maxBytes: 1_024, parts: 8 },
  { maxBytes: 4_096, parts: 2 },
  { maxBytes: Number.POSITIVE_INFINITY, parts: 1 }
] as const
/** Checked messages that are whole in memory before only their index is; more than one turn hands out. Guess: the last screenfuls. */
export const MAX_FRESH_MESSAGES = 1_024
/** Messages that were read from the store, and are not read again as long as few others are. Guess: the same. */
export const MAX_OPENED_MESSAGES = 1_024
/** Authors of whose keys there is one copy for all messages. Guess: those who talk in a large room. */
export const MAX_SHARED_AUTHORS = 8_192
/** Ids of what was evicted or refused, so that it is not asked for again: so many for each message that is kept. Design. */
export const HAD_PER_MESSAGE = 2
/** An author counts as a newcomer for so long after it was first seen here. Design: waiting is what a new identity costs. */
export const NEWCOMER_MILLIS: Millis = 10 * 60_000
/** The share of a full timeline that newcomers may take from settled authors. Design. */
export const NEWCOMER_SHARE = 1 / 4
/** Newcomers that are remembered. Guess: a link's ration for ten minutes. */
export const MAX_NEWCOMERS = 32_768
/** Settled authors that are remembered. Guess: a room of eight thousand. */
export const MAX_SETTLED_AUTHORS = 8_192
/**
 * So many settled authors may each say all that CHAT_LIMITS and the like set apart for one; of more, what one says counts as
 * correspondingly more, up to so many times. Guesses: a large room; a line in 8 s, three at once, and what all that are
 * remembered say is a tenth of a core to verify.
 */
export const RESERVED_AUTHORS = 256
export const MAX_RESERVE_WEIGHT = 16
/** A settled author that was silent for so long gives its place to the next one when there is none left. Guess: four of the longest intervals of presences. */
export const SETTLED_SILENCE_MILLIS: Millis = 4 * 15 * 60_000
/** Parents that are not here and are remembered; who named most forgets first. Guess: half of a timeline that is being caught up with. */
export const MAX_ABSENT_PARENTS = 65_536
/** What was said so lately is still under way, and no history, where there are other neighbours. Measured in the simulator: across a room of a hundred that is busy in 2 s; without it up to a tenth of what it says comes twice. */
export const UNDER_WAY_MILLIS: Millis = 5_000
/**
 * What of a link's history is still under way and told to the other neighbours at once; the rest comes with the next exchange. Guess:
 * five seconds of a lively room, and of eight links no more than a peer is sent on GRAFT.
 */
export const LINK_NEWS_RATE: BudgetRate = {
  messages: { perSecond: 10, burst: 128 },
  bytes: { perSecond: 4_096, burst: 65_536 }
}
/** A parent that is not here is looked for so long. Guess: reconciling with everybody, several times. */
export const HOLE_LIFE_MILLIS: Millis = 10 * 60_000
/**
 * Our own clock is continued this far ahead of the system's; further ahead, that one was set back.
 * Guess: that, and as many messages in one moment as there are ms more.
 */
export const MAX_OWN_CLOCK_LEAD_MILLIS: Millis = MAX_CLOCK_LEAD_MILLIS + 30_000
/** Ids of messages that were seen, so that none is verified or delivered twice. Guess: minutes of a busy room. */
export const MAX_SEEN_IDS = 32_768
/** Recent messages kept whole for GRAFT, also those that are not stored. Guess: seconds of a busy room. */
export const MAX_RECENT_MESSAGES = 1_024
/** An ephemeral message is sent again on GRAFT this long. Guess: the latest announcement, of the side that goes second after 16 s, a graft and some retries. */
export const EPHEMERAL_LIFE_MILLIS: Millis = 20_000
/** Our own clock is off if so many neighbours at least say so, and none agrees with it. Guess: one could be wrong, or lie. */
export const MIN_CLOCK_VOTES = 2
/** What a neighbour's clock said counts for this long. Guess: longer than the longest interval of presences. */
export const CLOCK_VOTE_MILLIS: Millis = 20 * 60_000
/** The complaint about a clock that is ahead is repeated after this. Guess. */
export const CLOCK_COMPLAINT_MILLIS: Millis = 60_000
/** Ids to be asked of one peer, and ids that it was asked for. Guess: a whole timeline. */
export const MAX_WANTED_IDS = HISTORY_AT_ONCE
/**
 * Ids that all links together may be asked for beyond that: one for each message that came of those asked for. So who delivers goes
 * on, and who does not is asked for no more. Guess: all that a member keeps, once; then as much as of another link.
 */
export const CATCH_UP_ASK_RATE = { perSecond: 250, burst: 131_072 } as const
/** What all links together are sent of our history beyond what each is, as LINK_SERVE_RATE. Guess: the same, and as another link. */
export const CATCH_UP_SERVE_RATE = { perSecond: 500, burst: 131_072 } as const
/** Ids that may be on their way from one peer that sends what it is asked for. Guess: 10,000 messages a second over a way of 0.1 s and more. */
export const MAX_UNDER_WAY = 4 * MAX_WANT_IDS
/** What waits to be asked of one peer: with more, an exchange goes no further, for its next step may bring as much as fits a frame. */
export const MAX_WAITING_IDS = MAX_WANTED_IDS - MAX_RECONCILE_BYTES / ID_BYTES
/**
 * Ids that all peers may be asked for together, as LINK_ASK_RATE, and each whatever the others offer; who delivers goes on with that. Guess: a timeline
 * from each of three; 2,500 messages a second over a way of 0.1 s, and eight times that where the link is not fresh.
 */
export const LINKS_ASK_RATES: PoolRates = {
  all: { perSecond: 500, burst: 3 * HISTORY_AT_ONCE },
  fresh: { perSecond: 10, burst: 256 },
  grown: { perSecond: 250, burst: 2_048 }
}
/** Work that the Negentropy messages of all links may make together, as LINK_RECONCILE_RATE, and of each whatever the others do. Guess: 10 ms, and 50. */
export const LINKS_RECONCILE_RATES: PoolRates = {
  all: { perSecond: 4_000, burst: 160_000 },
  fresh: { perSecond: 50, burst: 1_000 },
  grown: { perSecond: 1_000, burst: 5_000 }
}
/** Most work for one Negentropy message; what is left is answered with one fingerprint. Guess: 10 ms. */
export const MAX_RECONCILE_WORK = 1_000
/** Messages of history that are sent in one turn to all links together; the rest comes in the next turn. Guess: 2 ms of work. */
export const SERVE_PER_TURN = 128
/** What waits because a link was sent too much is looked at again after this. Guess. */
export const SERVE_PAUSE_MILLIS: Millis = 100
/**
 * What all peers are sent of our history together, as LINK_SERVE_RATE, and each whatever the others ask for. Guess: a timeline each for six newcomers at once;
 * some screens of it, and 10 ms of reading, and four times that where the link is not fresh.
 */
export const LINKS_SERVE_RATES: PoolRates = {
  all: { perSecond: 2_000, burst: 6 * HISTORY_AT_ONCE },
  fresh: { perSecond: 50, burst: 1_000 },
  grown: { perSecond: 500, burst: 4_000 }
}
/** Bytes of history sent to one peer before it has answered a ping. Guess: well under what a slow reader may leave queued. */
export const HISTORY_BATCH_BYTES = 262_144
