import { setImmediate as nextTurn } from 'node:timers/promises'
import { messageRoom } from '../../protocol/access/room-cipher.js'
import { type CheckedMessage, reopen } from '../../protocol/wire/message.js'
import type { Kept, MessageStore } from '../../store/store.js'
import type { RoomKeys } from '../keys.js'

/** Whatever else the process does waits for so many messages to be opened: about 20 ms. */
const OPENED_AT_ONCE = 500

/** What was read of a store. */
export interface ReadHistory {
  /** In the room's order. */
  readonly messages: CheckedMessage[]
  /** True if some were damaged: those are not among them. */
  /** How many messages could not be read: they were altered on the disk. */
  readonly damaged: number
}

/** What is kept in a store, as messages of this room. Throws STORE_FAILED. */
export async function readHistory(store: MessageStore, keys: RoomKeys): Promise<ReadHistory> {
  return openAll(await store.load(), keys)
}

/** The same for what another program has given. */
export async function openAll(kept: readonly Kept[], { secret }: RoomKeys): Promise<ReadHistory> {
  const room = messageRoom(secret)
  const messages: CheckedMessage[] = []
  for (const [at, each] of kept.entries()) {
    const message = reopen(each, room)
    if (message !== undefined && message.clock === each.clock) messages.push(message)
    if (at % OPENED_AT_ONCE === OPENED_AT_ONCE - 1) await nextTurn()
  }
  return { messages, damaged: kept.length - messages.length }
}
