import { SwarmchatError } from '../base/errors.js'
import type { Topic } from '../base/ids.js'
import { ensureDirectory, homeDirectory } from '../home/directory.js'
import { keptIdentity, loadIdentity } from '../home/identity.js'
import { nameRoom } from '../home/room-directory.js'
import { messageRoom } from '../protocol/access/room-cipher.js'
import { type CheckedMessage, type MessageRoom, reopen } from '../protocol/wire/message.js'
import {
  IdDigest,
  messageLine,
  TRANSCRIPT_VERSION,
  type TranscriptLine
} from '../store/archive/transcript.js'
import type { Kept, MessageStore } from '../store/store.js'
import { storeFailed } from '../store/store-errors.js'
import { historyDirectory } from './history.js'
import { streamKept } from './kept-source.js'
import type { RoomKeys } from './keys.js'
import { roomsHere } from './private-rooms.js'

export {
  type CheckOptions,
  type Flaw,
  TranscriptCheck,
  type TranscriptReport
} from '../store/archive/check.js'

/** Messages that wait to be written while a transcript is read. Guess: a few batches of the disk. */
const WRITTEN_AT_ONCE = 1_000

/** OTHER_ROOM: a transcript is not of the room that was named, or of none that is known here. */
const otherRoom = () =>
  new SwarmchatError('OTHER_ROOM', 'The transcript is of another room.', {
    hint: 'A transcript does not name its room. Give the name of the right one with --room.'
  })

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

/** Puts messages that were checked into what is kept of a room; those that are there already stay as they are. */
export class Importer {
  readonly #directory: string
  readonly #store: MessageStore
  // BOUNDED: by what is kept.
  readonly #ids: Set<Kept['id']>
  #imported = 0
  #known = 0

  /**
   * Opens what is kept of the room of a transcript; without a name that of the room which is known here. Throws OTHER_ROOM,
   * STORE_IN_USE, STORE_NEWER, STORE_FAILED, NO_HOME, and what `keptIdentity` throws.
   */
  static async open(
    topic: Topic,
    given: RoomKeys | undefined,
    home: string = homeDirectory()
  ): Promise<Importer> {
    const known = roomsHere(home).find(room => room.topic === topic)
    const keys = given ?? known
    if (keys?.topic !== topic) throw otherRoom()
    const identity = keptIdentity(home)
    const directory = ensureDirectory(historyDirectory(home, keys, identity))
    nameRoom(home, keys)
    const store = await openStore(directory)
    return new Importer(directory, store, await store.load())
  }

  private constructor(directory: string, store: MessageStore, kept: readonly Kept[]) {
    this.#directory = directory
    this.#store = store
    this.#ids = new Set(kept.map(({ id }) => id))
  }

  /** Messages that are new here, and that were here. */
  get counts(): { readonly imported: number; readonly known: number } {
    return { imported: this.#imported, known: this.#known }
  }

  /** Takes a message; true if no more should come before `flush` has resolved. */
  take(message: CheckedMessage): boolean {
    if (this.#ids.has(message.id)) {
      this.#known += 1
      return false
    }
    this.#ids.add(message.id)
    this.#store.put(message)
    this.#imported += 1
    return this.#imported % WRITTEN_AT_ONCE === 0
  }

  flush(): Promise<void> {
    return this.#store.flush()
  }

  /** Resolves when all that was taken is on the disk. Throws STORE_FAILED. */
  async finish(): Promise<void> {
    await this.flush()
    const written = await this.#store.load()
    if (written.length < this.#ids.size)
      throw storeFailed(this.#directory, new Error('it was not written'))
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

async function openStore(directory: string): Promise<MessageStore> {
  const { LevelStore } = await import('../store/level-store.js')
  return LevelStore.open(directory)
}
