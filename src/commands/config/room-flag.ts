import { string } from '@oclif/core/flags'
import { roomKeys } from '../../room/keys.js'

/** The flag for what counts in one room; read it with `sectionOf`. */
export const roomFlag = {
  room: string({ helpValue: 'ROOM', description: 'what counts in this room' })
}

/** The section of a room, by its name as it is hashed. Throws BAD_ROOM_NAME. */
export function sectionOf(room: string | undefined): string | undefined {
  return room === undefined ? undefined : roomKeys(room).name
}
