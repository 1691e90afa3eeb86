import { ID_BYTES, type IdentityKey, idFromBytes } from '../../base/ids.js'
import { authorBytes } from './layout.js'

/**
 * What the bytes of a sealed message claim, unchecked; undefined for what is too short to be one.
 * Next to no work.
 */
export function glance(
  sealed: Uint8Array
): { readonly kind: number; readonly author: IdentityKey } | undefined {
  const [, kind] = sealed
  const author = authorBytes(sealed)
  if (kind === undefined || author.byteLength < ID_BYTES) return undefined
  return { kind, author: idFromBytes(author) }
}
