import b4a from 'b4a'
import type { IdentityKey } from '../../base/ids.js'
import type { Link } from '../links/link.js'
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
  /** True if that link came just now. */
  readonly isFresh?: boolean
  /** True if it came over the link of the device that it names, from the program that proved itself there. */
  readonly ownLink?: boolean
  /** True if another link has told of its author as well. */
  readonly toldTwice?: boolean
}

/** True for the presence of the very program that is at the other end of the link. */
export function isOwnLink(
  { author }: Pick<VerifiedMessage, 'author'>,
  { device, instance }: Pick<PresenceBody, 'device' | 'instance'>,
  link: Pick<Link, 'identity' | 'instance' | 'peer'> | undefined
): boolean {
  if (link?.identity !== author || link.peer !== device) return false
  return link.instance !== undefined && b4a.equals(link.instance, instance)
}
