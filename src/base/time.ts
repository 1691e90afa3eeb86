/** Milliseconds: a time on the caller's clock, or a span of it. */
export type Millis = number
