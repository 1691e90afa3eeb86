import { homeDirectory } from '../../home/directory.js'
import { loadIdentity } from '../../home/identity.js'
import { messageRoom } from '../../protocol/access/room-cipher.js'
import { type CheckedMessage, type MessageRoom, reopen } from '../../protocol/wire/message.js'
import {
  IdDigest,
  messageLine,
  TRANSCRIPT_VERSION,
  type TranscriptLine
} from '../../store/archive/transcript.js'
import type { Kept } from '../../store/store.js'
import type { RoomKeys } from '../keys.js'
import { streamKept } from './kept-source.js'

export {
  type CheckOptions,
  type Flaw,
  TranscriptCheck,
  type TranscriptReport
} from '../../store/archive/check.js'

/** The room of these keys, as its transcripts are checked with. */
export function transcriptRoom({ secret }: RoomKeys): MessageRoom {
  return messageRoom(secret)
}

/**
 * The transcript of what is kept of a room, line by line: `isSealed` without what the messages say. A message that was
 * altered on the disk is not in it, but `ondamaged` is called. Throws
 * ROOM_NOT_KEPT, STORE_IN_USE, STORE_NEWER, STORE_FAILED, and what `loadIdentity` throws.
 */
export async function* transcriptOf(
  keys: RoomKeys,
  isSealed: boolean,
  home: string = homeDirectory(),
  ondamaged: () => void = () => {}
): AsyncGenerator<TranscriptLine> {
  const digest = new IdDigest()
  const start = { type: 'transcript', version: TRANSCRIPT_VERSION, topic: keys.topic } as const
  let isBegun = false
  for await (const kept of streamKept(home, keys, ondamaged)) {
    if (!isBegun) yield start
    isBegun = true
    for (const message of openEach(kept, keys, ondamaged)) {
      digest.add(message.id)
      yield messageLine(message, isSealed)
    }
  }
  if (!isBegun) yield start
  yield digest.end(keys.topic, loadIdentity(home).keyPair)
}

// One after the other: only what is written next is in memory twice.
function* openEach(
  all: readonly Kept[],
  { secret }: RoomKeys,
  ondamaged: () => void
): Generator<CheckedMessage> {
  const room = messageRoom(secret)
  for (const kept of all) {
    const message = reopen(kept, room)
    if (message === undefined) ondamaged()
    else yield message
  }
}
