import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { KeepLimits } from './keep-limits.js'
import type { MessageNode, ShelfOptions } from './shelf.js'

/** What adding a message led to. */
export interface Added {
  /** False for one that is not stored, was here, or had to give way to others at once. */
  readonly kept: boolean
  /** True if the heads are others than before. */
  readonly headsChanged: boolean
  /** Parents that are not here and were not. At most 8. */
  readonly missing: readonly MessageId[]
}

/** How much a timeline holds, and whose part in it is reserved. */
export interface TimelineOptions {
  /** What is kept. Default DEFAULT_KEEP. */
  readonly keep?: Partial<KeepLimits> | undefined
  /** True for an author that is no newcomer. Default: all are settled. */
  readonly isSettled?: (author: IdentityKey) => boolean
  /** Hears of each message that is not going to be here any more: it can be read for the last time. */
  readonly onforget?: (message: MessageNode) => void
  /** 32 bytes that strangers do not know: tables of ids go by it. Default: zeros. */
  readonly seed?: Uint8Array | undefined
  /** Where the bytes of messages are that were checked. Default: here. */
  readonly shelf?: ShelfOptions | undefined
}

/** A message was not kept. */
export const NOT_KEPT: Added = { kept: false, headsChanged: false, missing: [] }
