import { setImmediate as nextTurn } from 'node:timers/promises'
import { messageRoom } from '../../protocol/access/room-cipher.js'
import {
  type BareMessage,
  type CheckedMessage,
  type MessageRoom,
  open,
  openBare,
  readBare
} from '../../protocol/wire/message.js'
import type { Merged } from '../../store/merged.js'
import type { Kept } from '../../store/store.js'
import type { RoomKeys } from '../keys.js'

/** Where messages go that are handed over. */
interface Receiver {
  /** Takes in what it lacks. */
  readonly merge: (messages: readonly CheckedMessage[]) => Merged
  /** Resolves when what was taken in is on the disk, or cannot be. */
  readonly flush: () => Promise<void>
}

/**
 * Checks the signatures of messages, and has them taken in, some by some. What has left its body behind comes last: only then
 * it is known what was taken back.
 */
export async function mergeInto(
  { flush, merge }: Receiver,
  { secret }: RoomKeys,
  parts: AsyncIterable<readonly Kept[]>
): Promise<Merged> {
  const room = messageRoom(secret)
  // BOUNDED: by what is handed over, without bodies.
  const bare: BareMessage[] = []
  const merged = { imported: 0, known: 0, refused: 0 }
  const take = async (messages: readonly CheckedMessage[]) => {
    const { imported, known, refused } = merge(messages)
    merged.imported += imported
    merged.known += known
    merged.refused += refused
    await flush()
  }
  for await (const part of parts) {
    const checked = part.flatMap(kept => checkedOf(kept, room) ?? [])
    merged.refused += part.length - checked.length
    for (const message of checked) if (message.isBare) bare.push(message)
    await take(checked.filter(({ isBare }) => !isBare))
    await nextTurn()
  }
  await take(bare)
  return merged
}

/** Undefined for what its author has not signed. */
function checkedOf({ id, sealed }: Kept, room: MessageRoom): CheckedMessage | undefined {
  const isBare = readBare(sealed, room.topic)?.id === id
  const opened = isBare ? openBare(sealed, room.topic) : open(sealed, room)
  return opened.ok ? opened.message : undefined
}
