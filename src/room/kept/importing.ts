import { SwarmchatError } from '../../base/errors.js'
import type { MessageId, Topic } from '../../base/ids.js'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { keptIdentity } from '../../home/identity.js'
import { type NamedRoom, nameRoom } from '../../home/room-directory.js'
import { isAhead } from '../../protocol/history/keep-limits.js'
import type { BareMessage, CheckedMessage } from '../../protocol/wire/message.js'
import type { LevelStore } from '../../store/level-store.js'
import type { Merged } from '../../store/merged.js'
import { SharedMerge } from '../../store/shared-changes.js'
import { storeFailed } from '../../store/store-errors.js'
import { privateRooms, roomsHere } from '../admission/private-rooms.js'
import { systemClock } from '../clock.js'
import { type RoomKeys, roomKeys } from '../keys.js'
import { historyDirectory, sharingPath } from './history-place.js'
import { either } from './kept-source.js'
import { takenBackOf } from './taken-back.js'

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
  return either<Importer>(ask, () =>
    StoreImporter.open(directory, given ?? readableKeys(keys, home))
  )
}

/** The same room with its secret; undefined if that takes a password, or a passphrase. */
function readableKeys({ name, topic }: NamedRoom, home: string): RoomKeys | undefined {
  const all = [roomKeys(name), ...privateRooms(home)]
  return all.find(keys => keys.topic === topic)
}

/** Into a database that nobody else has open. */
class StoreImporter implements Importer {
  readonly #store: LevelStore
  readonly #keys: RoomKeys | undefined
  readonly #failed: () => SwarmchatError | undefined
  // BOUNDED: by what is kept.
  readonly #ids: Set<MessageId>
  // BOUNDED: by the transcript, without bodies.
  readonly #bare = new Map<MessageId, BareMessage>()
  #imported = 0
  #known = 0
  #refused = 0

  static async open(directory: string, keys: RoomKeys | undefined): Promise<StoreImporter> {
    const { LevelStore } = await import('../../store/level-store.js')
    let failed: SwarmchatError | undefined
    const onfail = (error: SwarmchatError) => {
      failed ??= error
    }
    const store = await LevelStore.open(directory, { onfail })
    const kept = await store.index()
    const ids = new Set(Array.from(kept.order, row => kept.id(row)))
    return new StoreImporter(store, keys, ids, () => failed)
  }

  /** `keys`: without them no deletion can be read; `ids`: what is there; `failed`: what kept the store from writing. */
  private constructor(
    store: LevelStore,
    keys: RoomKeys | undefined,
    ids: Set<MessageId>,
    failed: () => SwarmchatError | undefined
  ) {
    this.#store = store
    this.#keys = keys
    this.#failed = failed
    this.#ids = ids
  }

  take(message: CheckedMessage): boolean {
    if (this.#ids.has(message.id)) this.#known += 1
    // No age would ever end it here.
    else if (isAhead(message, systemClock.wall())) this.#refused += 1
    // When all is there it is known whether its author has taken it back.
    else if (message.isBare) this.#bare.set(message.id, message)
    else return this.#put(message)
    return false
  }

  // What waits for a disk is not there yet, though the store has it.
  async flush(): Promise<void> {
    await this.#store.flush()
    const failed = this.#failed()
    if (failed !== undefined) throw failed
  }

  async finish(): Promise<Merged> {
    await this.flush()
    if (this.#bare.size > 0) await this.#finishBare()
    return { imported: this.#imported, known: this.#known, refused: this.#refused }
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #put(message: CheckedMessage): boolean {
    this.#ids.add(message.id)
    this.#store.put(message)
    this.#imported += 1
    return this.#imported % WRITTEN_AT_ONCE === 0
  }

  async #finishBare(): Promise<void> {
    const takenBack = await takenBackOf(this.#bare, this.#store, this.#keys)
    this.#refused += this.#bare.size - takenBack.size
    for (const message of takenBack) if (this.#put(message)) await this.flush()
    this.#bare.clear()
    await this.flush()
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
