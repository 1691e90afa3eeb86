import type { IdentityKey } from '../../base/ids.js'
import type { PresenceBody } from '../wire/bodies/presence.js'
import type { VerifiedMessage } from '../wire/message.js'

/** A presence that was read from a verified message, and how it came. */
export interface Heard {
  readonly message: VerifiedMessage
  readonly body: PresenceBody
  /** True if a neighbour handed it on, so that it may be old. */
  readonly handedOn: boolean
  /** Whose link it came over. */
  readonly teller?: IdentityKey | undefined
  /** True if it came over the link of the device that it names, from the program that proved itself there. */
  readonly ownLink?: boolean
  /** True if another link has told of its author as well. */
  readonly toldTwice?: boolean
}
