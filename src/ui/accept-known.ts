import type { Contacts } from '../home/contacts.js'
import type { Room } from '../room/room.js'

/** Shows at once what those write to us alone whom we have accepted before. To be called when a room was opened. */
export function acceptKnown(room: Pick<Room, 'judge'>, contacts: Contacts): void {
  for (const { identity } of contacts.all())
    if (contacts.isAccepted(identity)) room.judge(identity, true)
}
