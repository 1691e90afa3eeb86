import type { Millis } from '../../base/time.js'
import {
  MAX_CLOCK_AHEAD_MILLIS,
  MAX_EPHEMERAL_AGE_MILLIS,
  MAX_PRESENCE_AGE_MILLIS
} from '../config.js'
import { isEphemeral, KIND_PRESENCE, traitsOf } from '../wire/kinds.js'
import type { Envelope } from '../wire/message.js'

/** How much of a room is kept: the one value that timeline, disk and reconciling go by. */
export interface KeepLimits {
  /** Older messages are dropped, and not taken, but for what tells of invitations; 0: however old. Default 90 days. */
  readonly maxAgeMillis: Millis
  /** Messages; at least 1 of each size. What tells of invitations is beside them: see `Retention`. Default 100,000. */
  readonly maxMessages: number
  /** Bytes of sealed messages; at least one message of each size. Default 256 MB. */
  readonly maxBytes: number
}

/** Design. Of each message only the index is in memory: bench/history.ts. */
export const DEFAULT_KEEP: KeepLimits = {
  maxAgeMillis: 90 * 24 * 3_600_000,
  maxMessages: 100_000,
  maxBytes: 256_000_000
}

/** The limits, with defaults for those that are not given. */
export function keepLimits(given: Partial<KeepLimits> | undefined): KeepLimits {
  const { maxAgeMillis, maxBytes, maxMessages } = given ?? {}
  return {
    maxAgeMillis: maxAgeMillis ?? DEFAULT_KEEP.maxAgeMillis,
    maxMessages: maxMessages ?? DEFAULT_KEEP.maxMessages,
    maxBytes: maxBytes ?? DEFAULT_KEEP.maxBytes
  }
}

/** Why a message is not taken: its clock is too far ahead of ours, or it is older than its kind may be. */
export type ClockFault = 'ahead' | 'old'

/** The clocks that messages of a kind may have; both ends are among them. */
export interface Dates {
  readonly from: Millis
  readonly to: Millis
}

/** Of which dates messages of this kind are taken now. */
export function datesTaken(kind: number, keep: KeepLimits, wall: Millis): Dates {
  return { from: oldestOf(kind, keep, wall), to: wall + MAX_CLOCK_AHEAD_MILLIS }
}

/** Why a message with this clock is refused; undefined if it is not. */
export function faultOf(clock: Millis, { from, to }: Dates): ClockFault | undefined {
  if (clock > to) return 'ahead'
  return clock < from ? 'old' : undefined
}

/** True for a message that is dated further ahead than clocks differ. */
export function isAhead({ clock }: Pick<Envelope, 'clock'>, wall: Millis): boolean {
  return clock > wall + MAX_CLOCK_AHEAD_MILLIS
}

/** The oldest clock that a message of this kind may have. */
function oldestOf(kind: number, keep: KeepLimits, wall: Millis): Millis {
  if (traitsOf(kind).lasting) return 0
  if (kind === KIND_PRESENCE) return wall - MAX_PRESENCE_AGE_MILLIS
  return isEphemeral(kind) ? wall - MAX_EPHEMERAL_AGE_MILLIS : oldestKept(keep, wall)
}

/** What is older is not kept; ms since 1970. */
export function oldestKept({ maxAgeMillis }: KeepLimits, wall: Millis): Millis {
  return maxAgeMillis === 0 ? 0 : Math.max(0, wall - maxAgeMillis)
}
