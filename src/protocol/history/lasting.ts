import type { Millis } from '../../base/time.js'
import { traitsOf } from '../wire/kinds.js'
import type { Envelope } from '../wire/message.js'
import type { Item } from './negentropy/item.js'

// What tells of invitations lasts: no age ends it, and no room's size. So members compare it however far back they keep the
// rest: in what is reconciled it has places of its own, behind all dates.

/** Invitations, uses and revocations of one author, so many of each, that are kept beside the other messages. Requirement. */
export const MAX_LASTING_PER_AUTHOR = 64
/** The same of all authors. Guess: far more than a room invites. */
export const MAX_LASTING = 4_096
/** A longer one, sealed, is not kept. */
export const MAX_LASTING_BYTES = 1_024

/** The first of those places: a clock and this are the place of what lasts. */
export const LASTING_FROM: Millis = 2 ** 52

/** The last one: a number that is exact. What is dated later, in some hundred thousand years, shares it. */
const LASTING_TO: Millis = Number.MAX_SAFE_INTEGER

/** Where a message is in what is reconciled. */
export function placeOf({ clock, id, kind }: Pick<Envelope, 'clock' | 'id' | 'kind'>): Item {
  const timestamp = traitsOf(kind).lasting ? Math.min(LASTING_FROM + clock, LASTING_TO) : clock
  return { timestamp, id }
}

/** The same as the date of a message, with its id: what is dropped by age passes over what lasts. */
export function datedPlaceOf(
  message: Pick<Envelope, 'author' | 'clock' | 'id' | 'kind'>
): Pick<Envelope, 'author' | 'clock' | 'id'> {
  return { author: message.author, clock: placeOf(message).timestamp, id: message.id }
}

/** False for what lasts and is longer than it can be if it means well. */
export function isFitting(kind: number, bytes: number): boolean {
  return !traitsOf(kind).lasting || bytes <= MAX_LASTING_BYTES
}
