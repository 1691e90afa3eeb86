import type { IdentityKey } from '../../base/ids.js'
import type { RoomUpdate } from '../events.js'

/** Which member did it; undefined for what no member did. */
export function actorOf(update: RoomUpdate): IdentityKey | undefined {
  switch (update.type) {
    case 'message':
    case 'direct':
      return update.message.from
    case 'edit':
    case 'delete':
    case 'reaction':
    case 'subject':
    case 'card':
      return update.from
    case 'typing':
    case 'join':
    case 'leave':
    case 'rename':
    case 'direct-held':
      return update.identity
    default:
      return undefined
  }
}
