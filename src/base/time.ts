/** Milliseconds: a time on the caller's clock, or a span of it. */
export type Millis = number

/** Longest that one timer of the system can wait: some 24 days. */
export const MAX_TIMER_MILLIS: Millis = 2 ** 31 - 1

/**
 * True if it was less than `span` ago, by a clock that may be set back: what it says is yet to come was
 * before that, nobody knows how long.
 */
export function wasWithin(span: Millis, at: Millis, now: Millis): boolean {
  return at <= now && now - at < span
}
