import { ID_BYTES, type IdentityKey, idFromBytes } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { authorBytes, clockOf } from './layout.js'

/** What the bytes of a sealed message claim, unchecked. */
export interface Claim {
  readonly kind: number
  readonly author: IdentityKey
  /** The author's logical clock in ms since 1970. */
  readonly clock: Millis
}

/** What the bytes of a sealed message claim; undefined for what is too short to be one. Next to no work. */
export function glance(sealed: Uint8Array): Claim | undefined {
  const [, kind] = sealed
  const author = authorBytes(sealed)
  const clock = clockOf(sealed)
  if (kind === undefined || author.byteLength < ID_BYTES || clock === undefined) return undefined
  return { kind, author: idFromBytes(author), clock }
}
