import type { SwarmchatError } from '../base/errors.js'

/** Who hears how the store fares. */
export interface StoreListeners {
  /** Nothing is written from now on; it is tried again by itself. */
  readonly onfail?: (error: SwarmchatError) => void
  /** Everything is written again. `isComplete`: what was put meanwhile as well; else the owner puts all that it has. */
  readonly onresume?: (isComplete: boolean) => void
}
