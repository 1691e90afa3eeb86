import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { authorOf, type BodyCipher, clockOf, cut, type Envelope } from './layout.js'

/** What the bytes of a sealed message claim, unchecked. */
export interface Claim {
  readonly kind: number
  readonly author: IdentityKey
  /** The author's logical clock in ms since 1970. */
  readonly clock: Millis
}

/** The kind that the bytes of a sealed message claim; undefined for none. */
export function claimedKind(sealed: Uint8Array): number | undefined {
  return sealed[1]
}

/** What the bytes of a sealed message claim; undefined for what is too short to be one. Next to no work. */
export function glance(sealed: Uint8Array): Claim | undefined {
  const kind = claimedKind(sealed)
  const clock = clockOf(sealed)
  const author = clock === undefined ? undefined : authorOf(sealed)
  if (kind === undefined || author === undefined || clock === undefined) return undefined
  return { kind, author, clock }
}

/** The body of a message whose signature was not checked: anybody who has the room secret may have written it. 3 µs. */
export function claimedBody(
  { author, sealed }: Envelope,
  cipher: BodyCipher | undefined
): Uint8Array | undefined {
  const parts = cut(sealed)
  return parts && cipher?.open(parts.head, author, parts.rest)
}
