import { randomBytes } from 'node:crypto'
import { equalSecrets } from '../../base/crypto.js'
import { codeOf, SwarmchatError } from '../../base/errors.js'
import { isLink } from '../../base/links.js'
import { homeDirectory } from '../../home/directory.js'
import { type NamedRoom, namedRooms } from '../../home/room-directory.js'
import {
  deleteSecret,
  type KeptSecret,
  keepSecret,
  keptSecret,
  keptSecrets,
  privateNames
} from '../../home/room-secrets.js'
import { normaliseRoomName, ROOM_SECRET_BYTES } from '../../protocol/access/room-secret.js'
import { MAX_ROOM_NAME_POINTS } from '../../protocol/config.js'
import { privateRoomKeys, type RoomAddress, type RoomKeys, roomKeys } from '../keys.js'
import { readInvitation } from './invitation.js'

/** ROOM_EXISTS: another private room of that name is kept here. */
const roomExists = (name: string, hint = 'Give it another name here: --as NAME.') =>
  new SwarmchatError('ROOM_EXISTS', `Another private room called ${name} is kept here.`, {
    hint: `${hint} swarmchat rooms lists yours.`
  })

const JOIN_THAT = 'Choose another name, or join the one that is here: swarmchat join.'

/** Makes a private room with a new secret, and keeps that. Throws BAD_ROOM_NAME, ROOM_EXISTS, NO_HOME, OPEN_HOME, IDENTITY_LOCKED. */
export function createRoom(name: string, home: string = homeDirectory()): RoomKeys {
  const keys = privateRoomKeys(name, randomBytes(ROOM_SECRET_BYTES))
  if (!keepSecret(home, keys)) throw roomExists(keys.name, JOIN_THAT)
  return keys
}

/** Keeps a private room; false if it is kept here already. Throws as {@link createRoom}, BAD_SECRET, DAMAGED_SECRET, OPEN_SECRET. */
export function keepRoom(
  { name, secret }: { readonly name: string; readonly secret: Uint8Array },
  home: string = homeDirectory()
): boolean {
  const keys = privateRoomKeys(name, secret)
  if (keepSecret(home, keys)) return true
  const kept = keptSecret(home, keys.name)
  if (kept === undefined || !equalSecrets(kept.secret, secret)) throw roomExists(keys.name)
  return false
}

/**
 * Keeps a private room by its name, or by one with a number if another room has that. Gives the name; undefined if it is kept
 * here already, by whatever name. The name is *normalised*. Throws as {@link keepRoom}, but for ROOM_EXISTS.
 */
export function takeRoom(room: KeptSecret, home: string): string | undefined {
  const { topic } = privateRoomKeys(`#${room.name}`, room.secret)
  if (privateNames(home).some(kept => kept.topic === topic)) return undefined
  for (let number = 1; ; number++) {
    const name = number === 1 ? room.name : numbered(room.name, number)
    if (keepSecret(home, { name, secret: room.secret })) return name
  }
}

/** The private room of this name that is kept here. Throws BAD_ROOM_NAME, DAMAGED_SECRET, OPEN_SECRET, LOCKED_SECRET, IDENTITY_LOCKED, NO_HOME. */
export function privateRoom(name: string, home: string = homeDirectory()): RoomKeys | undefined {
  const kept = keptSecret(home, roomKeys(name).name)
  return kept && keysOf(kept)
}

/** All private rooms that are kept here, can be read and are open to this program, by name. Throws NO_HOME. */
export function privateRooms(home: string = homeDirectory()): RoomKeys[] {
  return keptSecrets(home).map(keysOf)
}

/** All rooms that are kept here: those that somebody was in, and the private ones, which may be among them. Throws NO_HOME. */
export function roomsHere(home: string = homeDirectory()): NamedRoom[] {
  return [...namedRooms(home), ...privateNames(home)]
}

/** The names of all rooms that are kept here, each once, private ones also if nobody was in them yet: by name. Throws NO_HOME. */
export function roomNames(home: string = homeDirectory()): string[] {
  return [...new Set(roomsHere(home).map(({ name }) => name))].sort()
}

/** Deletes the secret of a room, by whatever names it is kept here. True if it was. Throws as {@link privateRooms}. */
export function forgetSecret({ access, topic }: RoomKeys, home: string): boolean {
  if (access !== 'private') return false
  const kept = privateNames(home).filter(room => room.topic === topic)
  for (const { name } of kept) deleteSecret(home, name)
  return kept.length > 0
}

/** The same room by the name that it is kept by here, if it is: otherwise one room would have two. Throws NO_HOME. */
export function byKeptName(invited: KeptSecret): KeptSecret {
  const home = homeIfAny()
  const secrets = home === undefined ? [] : keptSecrets(home)
  return secrets.find(({ secret }) => equalSecrets(secret, invited.secret)) ?? invited
}

/**
 * The room that is meant by its name, or by an invitation: the private one that is kept here, if there is one, else the public
 * one. Throws BAD_INVITATION and as {@link privateRoom}: a secret that cannot be read never leads to the public room.
 */
export function addressOf(room: string): RoomAddress {
  if (isLink(room)) return byKeptName(readInvitation(room))
  const home = homeIfAny()
  const kept = home === undefined ? undefined : privateRoom(room, home)
  return kept === undefined ? { name: room } : { name: kept.name, secret: kept.secret }
}

// As long as a name may be.
function numbered(name: string, number: number): string {
  const suffix = `-${number}`
  const points = [...name].slice(0, MAX_ROOM_NAME_POINTS - suffix.length)
  // What is left of a flag that was cut is in no name.
  while (points.length > 0 && !normaliseRoomName(`#${points.join('')}${suffix}`).ok) points.pop()
  return points.join('') + suffix
}

// Who has no home keeps no room.
function homeIfAny(): string | undefined {
  try {
    return homeDirectory()
  } catch (thrown) {
    if (codeOf(thrown) === 'NO_HOME') return undefined
    throw thrown
  }
}

// As it was normalised, once.
function keysOf({ name, secret }: { readonly name: string; readonly secret: Uint8Array }) {
  return privateRoomKeys(`#${name}`, secret)
}
