import type { Millis } from '../../base/time.js'

/** How much of a room is kept: the one value that timeline, disk and reconciling go by. */
export interface KeepLimits {
  /** Older messages are dropped, and not taken; 0: however old. Default 90 days. */
  readonly maxAgeMillis: Millis
  /** Messages; at least 1 of each size. Default 100,000. */
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

/** What is older is not kept; ms since 1970. */
export function oldestKept({ maxAgeMillis }: KeepLimits, wall: Millis): Millis {
  return maxAgeMillis === 0 ? 0 : Math.max(0, wall - maxAgeMillis)
}
