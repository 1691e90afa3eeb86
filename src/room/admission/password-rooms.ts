import { homeDirectory } from '../../home/directory.js'
import { namedRooms } from '../../home/room-directory.js'
import { privateNames } from '../../home/room-secrets.js'
import { roomKeys } from '../keys.js'

/**
 * True if somebody was here in a room of this name that has a password, whichever it is: such a room is neither the public one
 * nor a private one that is kept. Throws BAD_ROOM_NAME, NO_HOME.
 */
export function wasInPasswordRoom(room: string, home: string = homeDirectory()): boolean {
  const { name, topic } = roomKeys(room)
  const others = new Set([topic, ...privateNames(home).map(kept => kept.topic)])
  return namedRooms(home).some(kept => kept.name === name && !others.has(kept.topic))
}
