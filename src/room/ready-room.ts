import type { IdentityKey, PeerKey, Topic } from '../base/ids.js'
import type { RoomAccess } from './keys.js'

/** A room that others find from now on, as it says itself. */
export interface ReadyRoom {
  readonly name: string
  readonly topic: Topic
  readonly access: RoomAccess
  readonly identity: IdentityKey
  readonly device: PeerKey
}

/** Hears of a room that others find, once; it may be before the room is open: then what was kept is still being read. */
export type OnReady = (room: ReadyRoom) => void
