import { slowHash } from '../base/crypto.js'
import { badPassword, badRoomName, SwarmchatError } from '../base/errors.js'
import type { Topic } from '../base/ids.js'
import { opaqueString, PASSWORD_WORK, passwordSalt } from '../protocol/access/password.js'
import {
  normaliseRoomName,
  ROOM_SECRET_BYTES,
  roomSecretFromName,
  topicOf
} from '../protocol/access/room-secret.js'

/** Who can come into a room: who knows its name; who knows its password as well; or who has its secret, by an invitation. */
export type RoomAccess = 'public' | 'password' | 'private'

/** What leads to a room. */
export interface RoomAddress {
  readonly name: string
  /** Default: none; then the name alone leads there. */
  readonly password?: string | undefined
  /** The secret of a private room, 32 bytes; its name leads nowhere then. Default: none. Not with a password. */
  readonly secret?: Uint8Array | undefined
}

/** Who can come into the room of this address. */
export function accessOf({ password, secret }: RoomAddress): RoomAccess {
  if (secret !== undefined) return 'private'
  return password === undefined ? 'public' : 'password'
}

/** What a room's name gives, or its name and its password, or its secret. */
export interface RoomKeys {
  readonly access: RoomAccess
  /** The name in the form that is hashed. */
  readonly name: string
  /** 32 bytes, proved on every link; not to be shown. */
  readonly secret: Uint8Array
  readonly topic: Topic
}

/** The keys of the room that the name alone leads to. Throws BAD_ROOM_NAME. */
export function roomKeys(room: string): RoomKeys {
  const name = normalName(room)
  return keysOf('public', name, roomSecretFromName(name))
}

/**
 * The keys of a room. With a password it takes some tenths of a second on another thread, and 64 MiB. Rejects with BAD_ROOM_NAME,
 * BAD_PASSWORD, BAD_SECRET.
 */
export async function openRoomKeys({ name, password, secret }: RoomAddress): Promise<RoomKeys> {
  if (secret !== undefined && password !== undefined) throw badSecret('none beside a password')
  if (secret !== undefined) return privateRoomKeys(name, secret)
  if (password === undefined) return roomKeys(name)
  const normal = normalName(name)
  const opaque = opaqueString(password)
  if (!opaque.ok) throw badPassword(opaque.reason)
  const hashed = await slowHash(opaque.bytes, passwordSalt(normal), PASSWORD_WORK)
  return keysOf('password', normal, hashed)
}

/** The keys of the private room that has this secret. Throws BAD_ROOM_NAME, BAD_SECRET. */
export function privateRoomKeys(name: string, secret: Uint8Array): RoomKeys {
  const normal = normalName(name)
  if (secret.byteLength !== ROOM_SECRET_BYTES) throw badSecret(`${ROOM_SECRET_BYTES} bytes`)
  return keysOf('private', normal, secret)
}

/** BAD_SECRET: what should be the secret of a private room is none. */
const badSecret = (what: string) =>
  new SwarmchatError('BAD_SECRET', `A private room has a secret of its own: ${what}.`, {
    hint: 'Give the 32 bytes of an invitation, or new random ones, and no password.'
  })

function normalName(room: string): string {
  const normal = normaliseRoomName(room)
  if (!normal.ok) throw badRoomName(normal.reason)
  return normal.name
}

function keysOf(access: RoomAccess, name: string, secret: Uint8Array): RoomKeys {
  return { access, name, secret, topic: topicOf(secret) }
}

/** Where the room that this name alone leads to is found in the DHT, as 64 hex digits. Throws BAD_ROOM_NAME. */
export function roomTopic(room: string): Topic {
  return roomKeys(room).topic
}
