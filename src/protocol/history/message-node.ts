import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'

/** What the protocol needs of a message that is kept: all but what it says. */
export interface MessageNode {
  readonly id: MessageId
  readonly kind: number
  readonly author: IdentityKey
  readonly clock: Millis
  readonly parents: readonly MessageId[]
  /** False for one at its author's word. */
  readonly isVerified: boolean
  /** True if it has left its body behind. */
  readonly isBare: boolean
}

/** When authors were first heard here, ms since 1970 by the clock of this machine. */
export type FirstHeard = ReadonlyMap<IdentityKey, Millis>

/** A message whose bytes are with the store. */
export interface ShelvedMessage extends MessageNode {
  readonly isVerified: true
  /** Of the sealed message. */
  readonly bytes: number
}
