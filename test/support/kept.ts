import type { MessageId } from '../../src/base/ids.js'
import type { Kept } from '../../src/store/store.js'

/** A message that only a store takes for one. */
export function kept(clock: number, name: number, size = 100): Kept & { readonly sealed: Buffer } {
  const id = name.toString(16).padStart(64, '0') as MessageId
  return { clock, id, sealed: Buffer.alloc(size, name % 256) }
}
