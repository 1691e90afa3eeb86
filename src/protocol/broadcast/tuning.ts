import type { Millis } from '../../base/time.js'
import { MISSING_PER_PEER_MAX } from '../config.js'

// Bounds and times of a room in which everybody is linked to everybody, with their provenance as in config.ts.

/** Whoever has not shown after this that it has what an author says everybody was sent is told of it; by the side that goes second after twice this. Guess: in a busy room everybody has spoken again. */
export const MESH_CHECK_MILLIS: Millis = 1_000
/** What is of the moment is checked in rounds of this length. Guess: a presence that was kept from somebody comes before its device is missed, and a frame is shared by some. */
export const MESH_ROUND_MILLIS: Millis = 10_000
/** A tree that no message went along for so long is forgotten. Guess: more than the time between two presences of a member that cannot reach everybody. */
export const TREE_REST_MILLIS: Millis = 30_000
/** Such checks that are due within this time of one another are made together. Guess: short against the wait. */
export const MESH_CHECK_SPREAD_MILLIS: Millis = 250
/** Messages that are checked so at once. Guess: some seconds of a busy room. */
export const MESH_CHECKED_MAX = 2048
/** Of the messages waited for per announcer, those that nobody was asked for: beyond, what was announced first is asked for at once. Guess: half. */
export const MISSING_UNASKED_MAX = MISSING_PER_PEER_MAX / 2
/** Of the messages waited for per announcer, those that it has only named as parents. Guess: half. */
export const MISSING_HEARSAY_MAX = MISSING_PER_PEER_MAX / 2
/** How often a message is asked for until all that have announced it are asked at once. Guess: so a line is there within two seconds. */
export const EVERYBODY_AT_TRY = 3
