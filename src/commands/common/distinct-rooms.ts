import b4a from 'b4a'
import { safeText } from '../../base/safe-text.js'
import { badArguments } from '../../cli/bad-arguments.js'
import { type RoomAddress, roomKeys } from '../../room/keys.js'

/** BAD_ARGUMENTS: what is said to one of two rooms could be meant for the other. */
const oneOfThatName = (name: string) =>
  badArguments(
    `Two rooms are called ${safeText(name)}.`,
    'Start one program for each, or give one of them another name here: swarmchat join <invitation> --as NAME'
  )

/** Each room once: many names are one room, `#Lobby` is `lobby`. Throws BAD_ARGUMENTS if two have one name. */
export function distinctRooms(addresses: readonly RoomAddress[]): RoomAddress[] {
  // BOUNDED: by the words of the command line.
  const rooms = new Map<string, RoomAddress>()
  for (const address of addresses) {
    const { name } = roomKeys(address.name)
    const known = rooms.get(name) ?? address
    if (!isSameRoom(known, address)) throw oneOfThatName(name)
    rooms.set(name, known)
  }
  return [...rooms.values()]
}

function isSameRoom({ secret: one }: RoomAddress, { secret: other }: RoomAddress): boolean {
  return one === undefined || other === undefined ? one === other : b4a.equals(one, other)
}
