import { messageRoom } from '../../protocol/access/room-cipher.js'
import type { MessageTable } from '../../protocol/history/message-table.js'
import type { ShelvedMessage } from '../../protocol/history/shelf.js'
import { bareBytesOf } from '../../protocol/wire/layout.js'
import { type CheckedMessage, type MessageRoom, reopen } from '../../protocol/wire/message.js'
import type { BeforeMuch, Indexed, MessageStore } from '../../store/store.js'
import type { RoomKeys } from '../keys.js'

/** What a store has, as a room takes it: nothing is opened that need not be. Throws STORE_FAILED. */
export async function shelvedIn(
  store: MessageStore,
  { secret }: RoomKeys,
  beforeMuch?: BeforeMuch
): Promise<MessageTable> {
  const room = messageRoom(secret)
  const table = await store.index(beforeMuch)
  for (const row of table.order)
    if (
      table.bytes(row) === bareBytesOf(table.parentCount(row)) &&
      isBare(table.message(row), store, room)
    )
      table.strip(row)
  return table
}

/** The same of a message that is put there. */
export function shelvedOf(message: CheckedMessage): ShelvedMessage {
  const { author, clock, id, isBare, kind, parents, sealed } = message
  return { author, clock, id, isBare, isVerified: true, kind, parents, bytes: sealed.byteLength }
}

// Only its id tells the one from the other.
function isBare(indexed: Indexed, store: MessageStore, room: MessageRoom): boolean {
  const sealed = store.recall(indexed)
  return sealed !== undefined && reopen({ id: indexed.id, sealed }, room)?.isBare === true
}
