/** Milliseconds: a time on the caller's clock, or a span of it. */
export type Millis = number

// Every constant of the protocol, each with its provenance:
// "paper" (which, page), "measured" (where), "hyperdht" (read in its source) or "guess".

/** Version of the wire protocol, in every hello and in every signed message. */
export const PROTOCOL_VERSION = 1

// Rooms

/** Longest room name in code points after normalisation. Guess: fits one line of a terminal. */
export const MAX_ROOM_NAME_POINTS = 64

// Messages

/** Longest body of a message in bytes. Guess: four screens of text; small against a 64 KiB frame. */
export const MAX_BODY_BYTES = 8192
/** Longest nick in UTF-8 bytes. Guess. */
export const MAX_NICK_BYTES = 64
/** Most parents of a message: the heads that its author had seen. Guess, after the DAGs of Matrix. */
export const MAX_PARENTS = 8
/** A message whose clock is further ahead of ours than this is refused. Guess: kinder than NTP needs. */
export const MAX_CLOCK_AHEAD_MILLIS: Millis = 5 * 60_000

// Links

/** Largest frame in bytes; a larger one ends the link. A NoiseSecretStream would carry 16 MiB. Guess. */
export const MAX_FRAME_BYTES = 65_536
/** The other side's hello must arrive within this, or the link is torn down and dialled again. Measured: a one-sided open lives 13 s. */
export const HELLO_TIMEOUT_MILLIS: Millis = 3_000
/** A ping goes out on a link that has been silent this long. Guess: three fit before the link counts as dead. */
export const PING_INTERVAL_MILLIS: Millis = 2_000
/** A link on which nothing arrived for this long is dead. Guess: three pings and a bit. */
export const LINK_TIMEOUT_MILLIS: Millis = 7_000
