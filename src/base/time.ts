/** Milliseconds: a time on the caller's clock, or a span of it. */
export type Millis = number

/**
 * True if it was less than `span` ago, by a clock that may be set back: what it says is yet to come was
 * before that, nobody knows how long.
 */
export function wasWithin(span: Millis, at: Millis, now: Millis): boolean {
  return at <= now && now - at < span
}
