import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_LEAD_MILLIS } from '../config.js'

/**
 * When presences and suspicions are said, and how long is waited for them. None of it is on the wire: each member may choose
 * its own. What the defaults do was looked at in the simulator (docs/measurements.md); where nothing is said they are guesses.
 */
export interface PresenceTuning {
  /** An early presence keeps this distance per device in the room from the one before. Guess: 5 presences a second at most. */
  readonly gapPerDeviceMillis: Millis
  /** Added to the time after which a presence is missed, and to that after which its device counts as gone. Guess: a regular presence that is announced and asked for, twice. */
  readonly slackMillis: Millis
  /** A presence that a suspicion names, and that we do not have, may be so much newer than its device's clock is now. Guess: it came late. */
  readonly suspicionSlackMillis: Millis
  /** Random wait, at most, before a lost neighbour is reported; another member may report it first. Guess: a round trip in the room. */
  readonly suspectSpreadMillis: Millis
  /** A stream that took the place of another has so long to come up before its peer is suspected. Guess: a handshake around the world. */
  readonly suspectGraceMillis: Millis
  /** Who misses a presence waits up to this for every device in the room: all miss it at once. Guess: a handful is faster than the first one's word. */
  readonly suspectSpreadPerDeviceMillis: Millis
  /** ... and no longer than this. Guess. */
  readonly suspectSpreadMaxMillis: Millis
  /** A presence that tells of a new nick or relay keeps this distance from the one before. Guess: who changes often is not slowed down by much. */
  readonly ownNewsGapMillis: Millis
  /** A device answers suspicions this often at most. Guess: twice before it counts as gone. */
  readonly refuteGapMillis: Millis
  /** Devices whose presences are overdue that a member suspects aloud at one look. Guess: others see the others. */
  readonly suspectsAtOnceMax: number
  /** How often expired devices are looked for. A look that is three of these late says that we slept, and not that the others are gone. Guess. */
  readonly lookIntervalMillis: Millis
}

export const PRESENCE_TUNING: PresenceTuning = {
  gapPerDeviceMillis: 200,
  slackMillis: 12_000,
  suspicionSlackMillis: 1_000,
  suspectSpreadMillis: 500,
  suspectGraceMillis: 1_000,
  suspectSpreadPerDeviceMillis: 100,
  suspectSpreadMaxMillis: 30_000,
  ownNewsGapMillis: 100,
  refuteGapMillis: 1_000,
  suspectsAtOnceMax: 4,
  lookIntervalMillis: 1_000
}

// Bounds of this folder, with their provenance as in config.ts, which has what is on the wire.

/** People talk while the line before the last one came within this. Guess: somebody types the next one. */
export const TALK_MILLIS: Millis = 3_000
/** While they do an early presence keeps so many gaps from the one before. Guess: a listener's receipt a minute in a room of 75. */
export const TALK_GAPS = 4
/** Where so many devices are suspected, somebody says so who should not, or a part of the room is gone: the next are gone after this, and not after SUSPICION_MILLIS. Guesses: more than the neighbours of one who sleeps; three times as long. */
export const MANY_SUSPECTED = 8
export const SUSPICION_OF_MANY_MILLIS: Millis = 10_000
/** What a device has for its answer that is not told to all neighbours at once. Guess: there and back over three links on which it is only announced, late. */
export const SUSPICION_SLOW_MILLIS: Millis = 15_000
/**
 * How often a suspicion of one device, and its answer, go to all neighbours at once; it has SUSPICION_SLOW_MILLIS for its answer else. Guesses: some
 * members suspect it by mistake; then a room of 200, all of whom are suspected all the time, costs a member 0.2 MB a second.
 */
export const HURRY_RATE = { perSecond: 0.2, burst: 4 } as const
/** Suspicions that are hurried and remembered. Guess: all that are under way. */
export const MAX_HURRIED = 1_024
/** A suspicion counts only if it is dated so long ago at most: what is nearly too old to be taken is too old for some, who may be those whom it is about. Guess: half of what is taken. */
export const MAX_SUSPICION_AGE_MILLIS: Millis = 30_000
/** ... or so far ahead. Guess: what clocks follow others, and a minute by which two of them may differ. */
export const MAX_SUSPICION_LEAD_MILLIS: Millis = MAX_CLOCK_LEAD_MILLIS + 60_000
/** Suspicions over all limits that do not count for their date, and are heard all the same, of all links together. Guess: all of a room of 50 are suspected each second, at the cost of a four-hundredth of a core. */
export const HEED_RATE = { perSecond: 50, burst: 200 } as const
/** ... and what each link may bring of them though others have used that up. */
export const LINK_HEED_RATE = { perSecond: 10, burst: 50 } as const
/** Devices that are remembered as doubted, and so gone or about to be: of members that several links told of, and of others. Guess: as many as are told of. */
export const MAX_DOUBTS = 512
/** Those of whom a new observer is told at once. Guess: those who die in a minute. */
export const MAX_DOUBTS_HANDED_ON = 128
/** Another program with our device key may be so far ahead of our clock; what is further ahead may be from before our start. Guess. */
export const RIVAL_SLACK_MILLIS: Millis = 10_000
/** Presences of others that a newcomer is told at once. Guess: all of a large room, in 250 KB. */
export const MAX_PRESENCES_HANDED_ON = 1_024
/** Those that all newcomers together are told: sixteen of them in a large room, and one more a second. Guess. */
export const HAND_ON_RATE = {
  perSecond: MAX_PRESENCES_HANDED_ON,
  burst: 16 * MAX_PRESENCES_HANDED_ON
} as const
/** ... and that each is told though that is used up. Guess: of a sixteenth of a large room it can ask the others. */
export const MIN_PRESENCES_HANDED_ON = 64
/** Devices that are looked at for that. Guess: all of a large room, though three of four have not spoken themselves. */
export const MAX_LOOKED_AT = 4 * MAX_PRESENCES_HANDED_ON
/** Identities that are new in the room, or devices beyond FREE_DEVICES, that one link alone may tell of: those of a large room at once, then one a second. */
export const LINK_NEWCOMER_RATE = { perSecond: 1, burst: MAX_PRESENCES_HANDED_ON } as const
/** The same for all links together: several large rooms at once, and as much as eight links may tell of. Guess. */
export const NEWCOMER_RATE = { perSecond: 8, burst: 4 * MAX_PRESENCES_HANDED_ON } as const
/** What each link may tell of though others have used that up: a minute's worth at once. */
export const LINK_NEWCOMER_RESERVE = { perSecond: 1, burst: 60 } as const
/** Those that were not believed are remembered by link, in case another one tells of them. */
export const MAX_HELD_NEWCOMERS = 1_024
/** Relays of members that a dial may choose from. Guess: one is enough. */
export const MAX_RELAYS = 64
/** Programs that had a device key before the one that has it now; what they said is told apart by these. Guess: a home that was copied thrice. */
export const MAX_FORMER_PROGRAMS = 4
/** Devices of one identity; further ones are not shown. Guess. */
export const MAX_DEVICES_PER_IDENTITY = 16
/**
 * So many devices of somebody who is here are taken though the link has told of too many: who is here must not seem gone because the
 * one device went that was believed. Guess: what one person has, and one that crashed and came back.
 */
export const FREE_DEVICES = 4
/** So long after it was suspected a departed device is told of. Measured: an announcement outlives its device by 27 min. */
export const DEPARTED_MILLIS: Millis = 30 * 60_000
