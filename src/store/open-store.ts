import type { MessageId } from '../base/ids.js'
import type { FirstHeard } from '../protocol/history/message-node.js'
import type { ArrivalLog } from './arrival-log.js'
import { Eraser, marksOf, putAgain, replacedBy } from './eraser.js'
import { type Exclusively, KeptIndex } from './kept-index.js'
import { keyOf } from './layout.js'
import { type Database, isThere } from './level-database.js'
import type { Change } from './pending.js'
import type { Kept } from './store.js'

/** What a database does not have of itself. */
export interface StoreParts {
  readonly directory: string
  readonly log: ArrivalLog
  /** When authors were first heard whose messages the next database gets of a former one. */
  former?: FirstHeard | undefined
}

/** A database that is open, with all that belongs to its messages: index, order of arrival, and what is yet to be erased. */
export class OpenStore {
  readonly database: Database
  readonly index: KeptIndex
  readonly eraser: Eraser
  readonly #parts: StoreParts

  constructor(database: Database, parts: StoreParts, exclusively: Exclusively) {
    this.#parts = parts
    this.database = database
    this.index = new KeptIndex(database, exclusively, parts.former)
    this.eraser = new Eraser(database, exclusively)
    parts.former = undefined
  }

  /** The next database gets what is good of this one: messages keep their numbers, and it goes on knowing their authors. */
  async move(): Promise<void> {
    await this.#parts.log.move(this.database)
    // What cannot be read begins anew.
    this.#parts.former = await this.index.firstHeard().catch(() => undefined)
  }

  /** Makes sure that it is known what is there, and that all of it has numbers. */
  async prepare(): Promise<void> {
    await this.index.prepare()
    await this.#parts.log.open(this.index, this.database)
  }

  /** Writes these changes in one batch. Comes after {@link prepare}. */
  async write(changes: readonly [MessageId, Change][]): Promise<void> {
    const again = putAgain(changes, this.index)
    // At once: what is deleted from now on was there.
    const noted = this.index.note(changes)
    const { directory, log } = this.#parts
    const order = await log.change(changes, this.index, this.database)
    const replaced = await replacedBy(again, this.database)
    const operations = [...marksOf(replaced), ...noted, ...order.operations]
    if (changes.length + operations.length === 0) return
    await this.database.batch([...changes.map(([, change]) => change), ...operations])
    if (replaced.length > 0) this.eraser.soon()
    if (!isThere(directory)) throw new Error('its files are gone')
    log.written(order)
    await this.index.tidy()
  }

  /** Which messages are there. */
  async ids(): Promise<MessageId[]> {
    return Array.from(await this.index.read(), ({ id }) => id)
  }

  /** The bytes of a message that is written; undefined if they cannot be read. */
  recall(place: Pick<Kept, 'clock' | 'id'>): Uint8Array | undefined {
    try {
      return this.database.getSync(keyOf(place))
    } catch {
      return undefined
    }
  }

  async close(): Promise<void> {
    this.index.stop()
    await this.eraser.stop()
    await this.database.close()
  }
}
