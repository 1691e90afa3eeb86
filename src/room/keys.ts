import { slowHash } from '../base/crypto.js'
import { badPassword, badRoomName } from '../base/errors.js'
import type { Topic } from '../base/ids.js'
import { opaqueString, PASSWORD_WORK, passwordSalt } from '../protocol/access/password.js'
import { normaliseRoomName, roomSecretFromName, topicOf } from '../protocol/access/room-secret.js'

/** What leads to a room. */
export interface RoomAddress {
  readonly name: string
  /** Default: none; then the name alone leads there. */
  readonly password?: string | undefined
}

/** What a room's name gives, or its name and its password. */
export interface RoomKeys {
  /** The name in the form that is hashed. */
  readonly name: string
  /** 32 bytes, proved on every link; not to be shown. */
  readonly secret: Uint8Array
  readonly topic: Topic
}

/** The keys of the room that the name alone leads to. Throws BAD_ROOM_NAME. */
export function roomKeys(room: string): RoomKeys {
  const name = normalName(room)
  return keysOf(name, roomSecretFromName(name))
}

/**
 * The keys of a room. With a password it takes some tenths of a second on another thread, and 64 MiB. Rejects with BAD_ROOM_NAME,
 * BAD_PASSWORD.
 */
export async function openRoomKeys({ name, password }: RoomAddress): Promise<RoomKeys> {
  if (password === undefined) return roomKeys(name)
  const normal = normalName(name)
  const opaque = opaqueString(password)
  if (!opaque.ok) throw badPassword(opaque.reason)
  const secret = await slowHash(opaque.bytes, passwordSalt(normal), PASSWORD_WORK)
  return keysOf(normal, secret)
}

function normalName(room: string): string {
  const normal = normaliseRoomName(room)
  if (!normal.ok) throw badRoomName(normal.reason)
  return normal.name
}

function keysOf(name: string, secret: Uint8Array): RoomKeys {
  return { name, secret, topic: topicOf(secret) }
}

/** Where the room that this name alone leads to is found in the DHT, as 64 hex digits. Throws BAD_ROOM_NAME. */
export function roomTopic(room: string): Topic {
  return roomKeys(room).topic
}
