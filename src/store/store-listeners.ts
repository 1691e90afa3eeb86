import type { SwarmchatError } from '../base/errors.js'
import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Arrival } from './arrivals.js'

/** Who hears how the store fares. */
export interface StoreListeners {
  /** Nothing is written from now on; it is tried again by itself. */
  readonly onfail?: (error: SwarmchatError) => void
  /** Everything is written again. `isComplete`: what was put meanwhile as well; else the owner puts all that it has. */
  readonly onresume?: (isComplete: boolean) => void
  /**
   * Another program deleted all that was kept at this time, ms since 1970. What stays of all that was put here: the owner has
   * nothing else when this returns.
   */
  readonly ondeleted?: (at: Millis, stays: ReadonlySet<MessageId>) => void
  /** These came, in this order, and are on the disk: with numbers that are higher than those before. */
  readonly onarrive?: (arrived: readonly Arrival[]) => void
  /** True: this message gets its number when the owner says `released`. Default: at once. */
  readonly isHeld?: (id: MessageId) => boolean
}
