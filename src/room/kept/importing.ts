import { SwarmchatError } from '../../base/errors.js'
import type { Topic } from '../../base/ids.js'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { keptIdentity } from '../../home/identity.js'
import { nameRoom } from '../../home/room-directory.js'
import { isAhead } from '../../protocol/history/keep-limits.js'
import type { CheckedMessage } from '../../protocol/wire/message.js'
import type { Merged } from '../../store/merged.js'
import { SharedMerge } from '../../store/shared-changes.js'
import type { Kept, MessageStore } from '../../store/store.js'
import { storeFailed } from '../../store/store-errors.js'
import { roomsHere } from '../admission/private-rooms.js'
import { systemClock } from '../clock.js'
import type { RoomKeys } from '../keys.js'
import { historyDirectory, sharingPath } from './history-place.js'
import { either } from './kept-source.js'

export type { Merged } from '../../store/merged.js'

/** Messages that wait to be written while a transcript is read. Guess: a few batches of the disk. */
const WRITTEN_AT_ONCE = 1_000

/** OTHER_ROOM: a transcript is not of the room that was named, or of none that is known here. */
const otherRoom = () =>
  new SwarmchatError(
    'OTHER_ROOM',
    'The transcript is of another room, or of one that is not kept here.',
    {
      hint: 'A transcript does not name its room. Give the name of the right one with --room.'
    }
  )

/** Puts messages that were checked into what is kept of a room; those that are there already stay as they are. */
export interface Importer {
  /** Takes a message; true if no more should come before `flush` has resolved. */
  take(message: CheckedMessage): boolean
  flush(): Promise<void>
  /** All were taken: what became of them, when they are on the disk. Throws STORE_FAILED. */
  finish(): Promise<Merged>
  close(): Promise<void>
}

/**
 * Opens what is kept of the room of a transcript, here or in the program that has it open; without a name that of the room which
 * is known here. Throws OTHER_ROOM, STORE_IN_USE, STORE_NEWER, STORE_FAILED, NO_HOME, and what `keptIdentity` throws.
 */
export async function openImporter(
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
  const ask = async () => {
    const shared = await SharedMerge.open(sharingPath(home, keys, identity))
    return shared && new SharedImporter(directory, shared)
  }
  return either<Importer>(ask, () => StoreImporter.open(directory))
}

/** Into a database that nobody else has open. */
class StoreImporter implements Importer {
  readonly #store: MessageStore
  readonly #failed: () => SwarmchatError | undefined
  // BOUNDED: by what is kept.
  readonly #ids: Set<Kept['id']>
  #imported = 0
  #known = 0
  #refused = 0

  static async open(directory: string): Promise<StoreImporter> {
    const { LevelStore } = await import('../../store/level-store.js')
    let failed: SwarmchatError | undefined
    const onfail = (error: SwarmchatError) => {
      failed ??= error
    }
    const store = await LevelStore.open(directory, { onfail })
    return new StoreImporter(store, await store.load(), () => failed)
  }

  /** `failed`: what kept the store from writing. */
  private constructor(
    store: MessageStore,
    kept: readonly Kept[],
    failed: () => SwarmchatError | undefined
  ) {
    this.#store = store
    this.#failed = failed
    this.#ids = new Set(kept.map(({ id }) => id))
  }

  take(message: CheckedMessage): boolean {
    if (this.#ids.has(message.id)) {
      this.#known += 1
      return false
    }
    // No age would ever end it here.
    if (isAhead(message, systemClock.wall())) {
      this.#refused += 1
      return false
    }
    this.#ids.add(message.id)
    this.#store.put(message)
    this.#imported += 1
    return this.#imported % WRITTEN_AT_ONCE === 0
  }

  // What waits for a disk is not there yet, though the store has it.
  async flush(): Promise<void> {
    await this.#store.flush()
    const failed = this.#failed()
    if (failed !== undefined) throw failed
  }

  async finish(): Promise<Merged> {
    await this.flush()
    return { imported: this.#imported, known: this.#known, refused: this.#refused }
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

/** Into that of another program of ours, which is in the room. */
class SharedImporter implements Importer {
  readonly #directory: string
  readonly #shared: SharedMerge

  constructor(directory: string, shared: SharedMerge) {
    this.#directory = directory
    this.#shared = shared
  }

  take(message: CheckedMessage): boolean {
    return this.#shared.put(message)
  }

  flush(): Promise<void> {
    return this.#shared.flush()
  }

  async finish(): Promise<Merged> {
    const merged = await this.#shared.finish()
    const reason = 'the program that is in the room did not take all of it'
    if (merged === undefined) throw storeFailed(this.#directory, new Error(reason))
    return merged
  }

  async close(): Promise<void> {
    this.#shared.close()
  }
}
