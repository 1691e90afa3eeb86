import type { Millis } from '../../base/time.js'
import { MISSING_PER_PEER_MAX } from '../config.js'

// Bounds and times of this folder, with their provenance as in config.ts, which has what is on the
// wire.

/** Most links at a time whose other side has proved the room secret, observers included; of more the oldest that has no name yet is closed. Guess: several times the links of a member, for joins in a crowd. */
export const MAX_LINKS = 64
/** Most streams at a time that dialled us and have proved nothing, and as many that we dialled; of more the oldest is closed. Guess: at 100 a second each has a third of a second, a round trip around the world, to prove itself. */
export const MAX_UNPROVED_LINKS = 32
/** Most streams in all. */
export const MAX_STREAMS = MAX_LINKS + 2 * MAX_UNPROVED_LINKS
/** Most links to observers. Guess. */
export const MAX_OBSERVER_LINKS = 16
/** A peer closed for cause is left alone for this long, twice as long each further time. Guess. */
export const PENALTY_MILLIS: Millis = 60_000
/** Longest penalty. Guess. */
export const MAX_PENALTY_MILLIS: Millis = 3_600_000
/** Peers closed for cause that are remembered. Guess. */
export const MAX_PENALISED_PEERS = 1_024
/** How many times a silent link is dialled again before its peer counts as unreachable. Guess. */
export const HELLO_RETRIES = 2
/** So long after it was closed a mute link is dialled again. Guess: the old connection is gone by then, and 5 s are not over. */
export const REDIAL_MILLIS: Millis = 500
/** Most links at once of an observer that reaches for everybody who is announced. Guess. */
export const MAX_OBSERVED_LINKS = 32
/** Messages that a peer was told of and may graft whatever else it has grafted. Guess: more than it waits for at once. */
export const MAX_TOLD = 2 * MISSING_PER_PEER_MAX
