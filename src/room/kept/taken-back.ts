import type { MessageId } from '../../base/ids.js'
import { messageRoom } from '../../protocol/access/room-cipher.js'
import { deletedBy } from '../../protocol/chat/said.js'
import { KIND_DELETION } from '../../protocol/wire/kinds.js'
import { type BareMessage, reopen } from '../../protocol/wire/message.js'
import type { MessageStore } from '../../store/store.js'
import type { RoomKeys } from '../keys.js'

/** Those of these messages that their authors have taken back, as a deletion in the store says; none without the keys of the room. Throws STORE_FAILED. */
export async function takenBackOf(
  messages: ReadonlyMap<MessageId, BareMessage>,
  store: MessageStore,
  keys: RoomKeys | undefined
): Promise<ReadonlySet<BareMessage>> {
  const found = new Set<BareMessage>()
  if (keys === undefined) return found
  const room = messageRoom(keys.secret)
  const table = await store.index()
  for (const row of table.order) {
    if (table.kind(row) !== KIND_DELETION) continue
    const { author, clock, id } = table.message(row)
    const sealed = store.recall({ clock, id })
    const deletion = sealed && reopen({ id, sealed }, room)
    for (const target of deletion ? deletedBy(deletion) : []) {
      const message = messages.get(target)
      if (message?.author === author) found.add(message)
    }
  }
  return found
}
