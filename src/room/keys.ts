import { badRoomName } from '../base/errors.js'
import type { Topic } from '../base/ids.js'
import { normaliseRoomName, roomSecretFromName, topicOf } from '../protocol/access/room-secret.js'

/** What a room's name gives. */
export interface RoomKeys {
  /** The name in the form that is hashed. */
  readonly name: string
  /** 32 bytes, proved on every link; not to be shown. */
  readonly secret: Uint8Array
  readonly topic: Topic
}

/** The keys of the room of this name. Throws BAD_ROOM_NAME. */
export function roomKeys(room: string): RoomKeys {
  const normal = normaliseRoomName(room)
  if (!normal.ok) throw badRoomName(normal.reason)
  const secret = roomSecretFromName(normal.name)
  return { name: normal.name, secret, topic: topicOf(secret) }
}

/** Where the room of this name is found in the DHT, as 64 hex digits. Throws BAD_ROOM_NAME. */
export function roomTopic(room: string): Topic {
  return roomKeys(room).topic
}
