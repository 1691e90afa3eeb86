import type { Contacts } from '../home/contacts.js'
import type { Room } from '../room/room.js'

/**
 * Shows at once what those write to us alone whom we have accepted before; nothing of whom we ignore waits. To be called when a
 * room was opened.
 */
export function acceptKnown(room: Pick<Room, 'judge'>, contacts: Contacts): void {
  for (const { identity } of contacts.all())
    if (contacts.isIgnored(identity)) room.judge(identity, false)
    else if (contacts.isAccepted(identity)) room.judge(identity, true)
}
