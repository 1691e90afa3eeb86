import { ClassicLevel } from 'classic-level'
import { SwarmchatError } from '../base/errors.js'
import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { ALL_MESSAGES, keptAt, keyOf, LAYOUT_VERSION, VERSION_KEY } from './layout.js'
import type { Kept, MessageStore } from './store.js'
import { isLocked, storeFailed, storeInUse, storeNewer } from './store-errors.js'

type Database = ClassicLevel<Uint8Array, Uint8Array>
type Change =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** Changes are gathered so long: with the writing itself they are on the disk within 50 ms. */
const GATHER_MILLIS: Millis = 15
/** Changes that wait for a slow disk. More: the store fails. Guess: twice a full timeline. */
const MAX_WAITING = 20_000
/** Messages read at once. */
const READ_AT_ONCE = 1_000
/** Sealed bytes do not compress, and whoever reads a room reads all of it. */
const OPTIONS = {
  keyEncoding: 'view',
  valueEncoding: 'view',
  compression: false,
  cacheSize: 1 << 20
} as const

/**
 * Keeps the messages of one room and identity in a LevelDB database, which one process has open at a time. What is written
 * outlives `kill -9`; a machine that loses power may lose the last second. Batches are written whole or not at all.
 */
export class LevelStore implements MessageStore {
  readonly #directory: string
  readonly #database: Database
  readonly #onfail: (error: SwarmchatError) => void
  // BOUNDED: MAX_WAITING.
  readonly #waiting = new Map<MessageId, Change>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #failed = false
  #closed: Promise<void> | undefined

  /**
   * Opens the database in this directory, and makes it if there is none. `onfail` hears once that
   * nothing is kept from now on. Throws STORE_IN_USE, STORE_NEWER, STORE_FAILED.
   */
  static async open(
    directory: string,
    onfail: (error: SwarmchatError) => void = () => {}
  ): Promise<LevelStore> {
    const database: Database = new ClassicLevel(directory, OPTIONS)
    try {
      await database.open()
      await checkVersion(database)
      return new LevelStore(directory, database, onfail)
    } catch (thrown) {
      await database.close().catch(() => {})
      throw explain(directory, thrown)
    }
  }

  private constructor(
    directory: string,
    database: Database,
    onfail: (error: SwarmchatError) => void
  ) {
    this.#directory = directory
    this.#database = database
    this.#onfail = onfail
  }

  put(message: Kept): void {
    this.#change(message.id, { type: 'put', key: keyOf(message), value: message.sealed })
  }

  delete(message: Pick<Kept, 'clock' | 'id'>): void {
    this.#change(message.id, { type: 'del', key: keyOf(message) })
  }

  async load(): Promise<readonly Kept[]> {
    await this.flush()
    try {
      return await this.#read()
    } catch (thrown) {
      throw storeFailed(this.#directory, thrown)
    }
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  close(): Promise<void> {
    this.#closed ??= this.flush().then(() => this.#database.close().catch(() => {}))
    return this.#closed
  }

  #change(id: MessageId, change: Change): void {
    if (this.#failed || this.#closed !== undefined) return
    if (this.#waiting.size >= MAX_WAITING) {
      this.#fail(new Error('the disk is too slow'))
      return
    }
    this.#waiting.set(id, change)
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MILLIS)
  }

  async #write(): Promise<void> {
    const batch = [...this.#waiting.values()]
    this.#waiting.clear()
    if (batch.length === 0 || this.#failed) return
    try {
      await this.#database.batch(batch)
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#waiting.clear()
    this.#onfail(storeFailed(this.#directory, thrown))
  }

  async #read(): Promise<Kept[]> {
    const found: Kept[] = []
    const iterator = this.#database.iterator(ALL_MESSAGES)
    try {
      for (;;) {
        const entries = await iterator.nextv(READ_AT_ONCE)
        if (entries.length === 0) return found
        for (const [key, value] of entries) {
          const kept = keptAt(key, value)
          if (kept !== undefined) found.push(kept)
        }
      }
    } finally {
      await iterator.close()
    }
  }
}

async function checkVersion(database: Database): Promise<void> {
  const version = await database.get(VERSION_KEY)
  if (version === undefined) await database.put(VERSION_KEY, Uint8Array.of(LAYOUT_VERSION))
  else if (version[0] !== LAYOUT_VERSION) throw storeNewer(version[0] ?? 0, LAYOUT_VERSION)
}

function explain(directory: string, thrown: unknown): SwarmchatError {
  if (isLocked(thrown)) return storeInUse(thrown)
  return thrown instanceof SwarmchatError ? thrown : storeFailed(directory, thrown)
}
