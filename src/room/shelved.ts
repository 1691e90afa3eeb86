import { messageRoom } from '../protocol/access/room-cipher.js'
import type { ShelvedMessage } from '../protocol/history/shelf.js'
import { bareBytesOf } from '../protocol/wire/layout.js'
import { type CheckedMessage, type MessageRoom, reopen } from '../protocol/wire/message.js'
import type { Indexed, MessageStore } from '../store/store.js'
import type { RoomKeys } from './keys.js'

/** What a store has, as a room takes it: nothing is opened that need not be. Throws STORE_FAILED. */
export async function shelvedIn(
  store: MessageStore,
  { secret }: RoomKeys
): Promise<ShelvedMessage[]> {
  const room = messageRoom(secret)
  const index = await store.index()
  return index.map(indexed =>
    isBare(indexed, store, room) ? { ...indexed, isBare: true } : indexed
  )
}

/** The same of a message that is put there. */
export function shelvedOf(message: CheckedMessage): ShelvedMessage {
  const { author, clock, id, isBare, kind, parents, sealed } = message
  return { author, clock, id, isBare, isVerified: true, kind, parents, bytes: sealed.byteLength }
}

// Only its id tells the one from the other.
function isBare(indexed: Indexed, store: MessageStore, room: MessageRoom): boolean {
  const { bytes, id, parents } = indexed
  if (bytes !== bareBytesOf(parents.length)) return false
  const sealed = store.recall(indexed)
  return sealed !== undefined && reopen({ id, sealed }, room)?.isBare === true
}
