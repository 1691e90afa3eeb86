import type { Millis } from '../../base/time.js'
import type { Rate } from '../../base/token-bucket.js'

/**
 * How large a member's views are, and when it does what. None of it is on the wire: each member may choose its own. The
 * provenance of the defaults is "paper" (HyParView, DSN 2007), "measured", "requirement" or "guess".
 */
export interface MembershipTuning {
  /** Links to work for; below it the passive view is dialled without waiting. Guess: the paper's 5 (§5.1), and one for a shallower tree. */
  readonly activeTarget: number
  /** Largest active view. Measured in the simulator: the last delivery hop grows fast below 8. */
  readonly activeMax: number
  /** Most links at once, those still being negotiated included. Requirement: at most 10 per member. */
  readonly linksMax: number
  /** Largest passive view. Paper §5.1: 30. */
  readonly passiveMax: number
  /** Peers remembered because a lookup named them. Guess: a lookup's answers in a room of hundreds. */
  readonly announcedMax: number
  /** Dials that hold a place at a time. Guess: half of a view. */
  readonly dialsMax: number
  /** The same at most for a member without a neighbour: it begins as others do, and may have as many more as have not answered. Guess: 64 a second. */
  readonly dialsAloneMax: number
  /** A dial holds its place for so long. Guess: a handshake around the world; dead peers keep a dial for 8 s (measured). */
  readonly dialPlaceMillis: Millis
  /** The same for a member without a neighbour. Guess: most living peers have answered by then. */
  readonly dialPlaceAloneMillis: Millis
  /** Dials whose outcome is still waited for; of more the oldest counts as failed. Guess: what 8 s bring a member without a neighbour. */
  readonly dialsKeptMax: number
  /** A dial that was not answered by either outcome is given up. Guess: a birthday punch takes 8.5 s (measured). */
  readonly dialTimeoutMillis: Millis
  /** Peers remembered as failed. Guess: an active and a passive view. */
  readonly failedMax: number
  /** A peer that kept failing this many times is forgotten: lookups may name it again. Guess: 25 min, about the life of a DHT record. */
  readonly failedTriesMax: number
  /** Pause before a failed peer is tried again; doubled by every failure. Guess. */
  readonly failedPauseMillis: Millis
  /** Every pause that doubles ends here: of failed peers, lookups, and attempts to fill the view. Guess: with a full memory of failed peers one is due every few seconds. */
  readonly pauseMaxMillis: Millis
  /** A neighbour that was lost is tried again after this, for it may only have changed its network; and once somebody whose link broke before it was up. Guess. */
  readonly lostPauseMillis: Millis
  /** A neighbour that stayed for so long counts as mended: its next failure is its first. Guess: one link timeout is 7 s. */
  readonly settledMillis: Millis
  /** A peer that refused us, or pushed us out, is not asked again before this; so long at most whoever was refused keeps the link for history. Guess: half a shuffle. */
  readonly refusedPauseMillis: Millis
  /** Pause between attempts to fill the view above `activeTarget`; doubled by every refusal. Guess. */
  readonly extraPauseMillis: Millis
  /** Time between the shuffles of a member, give or take a quarter. Guess: a passive view is renewed in four minutes. */
  readonly shuffleIntervalMillis: Millis
  /** How often the views are looked over. Guess: well under the 8 s that a dead dial takes. */
  readonly refillIntervalMillis: Millis
  /** A neighbour request is answered within this, or its link is closed. Guess: 50 round trips. */
  readonly neighborTimeoutMillis: Millis
  /** Time between two attempts at failed peers. Guess: a healed partition is found within seconds when all try. */
  readonly retryIntervalMillis: Millis
  /** Time between two neighbours that make room for newcomers in a full view. Guess: strangers must not push everybody out at once. */
  readonly pushOutIntervalMillis: Millis
  /** Walks (forward-join, shuffle and its reply) that one link may bring; what is over is passed over. Guess: far over what a crowd of newcomers brings. */
  readonly walkRate: Rate
  /** Time between two swaps of a neighbour in a full view of which less than half is our own choice. Measured in the simulator: with a minute messages arrive 60 % later, with five 15 %, and with ten as before: whoever takes a place pushes out somebody's choice. */
  readonly choiceIntervalMillis: Millis
  /** Dials of a member with a full view of which one identity or block of addresses has more than two places. Guess: a flood of announcements at once, then one in 10 s. */
  readonly seekRate: Rate
  /** So often what we have is compared with that of a member who is no neighbour. Guess: who is told nothing by all its neighbours finds out in a minute. */
  readonly visitIntervalMillis: Millis
  /** ... over a link that lasts for so long. Guess: an exchange of history, begun at least. */
  readonly visitMillis: Millis
  /** Whoever told us what no neighbour did is visited again after this. Guess: a little more than what is still under way, so that what is late shows. */
  readonly revisitMillis: Millis
  /** Pause between two lookups of a member that has lost a neighbour; doubled while it has none. Guess. */
  readonly lookupPauseMillis: Millis
  /** Time between two swaps of a neighbour in a full view for a peer that lookups named. Guess. */
  readonly probeIntervalMillis: Millis
}

export const MEMBERSHIP_TUNING: MembershipTuning = {
  activeTarget: 6,
  activeMax: 8,
  linksMax: 10,
  passiveMax: 30,
  announcedMax: 512,
  dialsMax: 4,
  dialsAloneMax: 32,
  dialPlaceMillis: 1_000,
  dialPlaceAloneMillis: 500,
  dialsKeptMax: 512,
  dialTimeoutMillis: 30_000,
  failedMax: 64,
  failedTriesMax: 10,
  failedPauseMillis: 10_000,
  pauseMaxMillis: 240_000,
  lostPauseMillis: 1_000,
  settledMillis: 60_000,
  refusedPauseMillis: 30_000,
  extraPauseMillis: 1_000,
  shuffleIntervalMillis: 60_000,
  refillIntervalMillis: 2_000,
  neighborTimeoutMillis: 5_000,
  retryIntervalMillis: 8_000,
  pushOutIntervalMillis: 2_000,
  walkRate: { perSecond: 10, burst: 100 },
  choiceIntervalMillis: 600_000,
  seekRate: { perSecond: 0.1, burst: 64 },
  visitIntervalMillis: 60_000,
  visitMillis: 4_000,
  revisitMillis: 20_000,
  lookupPauseMillis: 5_000,
  probeIntervalMillis: 60_000
}

/** Members that an observer asks who is gone. Guess: one of them is honest, and was here. */
export const MAX_ASKED_FOR_DEPARTED = 4
/** An observer dials somebody again after this at the earliest. Guess: who looks once dials once, who watches often enough. */
export const OBSERVER_REDIAL_MILLIS: Millis = 60_000
/** Departed devices that one answer names. Guess: those who died in half an hour in a large room, in 90 KB. */
export const MAX_DEPARTED_TOLD = 256
