import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { firstHeardIn, isDated } from '../protocol/history/first-heard.js'
import type { FirstHeard } from '../protocol/history/message-node.js'
import type { MessageTable } from '../protocol/history/message-table.js'
import { type IndexLog, readIndex, rewriteIndex, type Write } from './index-log.js'
import { rowsOf } from './index-rows.js'
import type { Database } from './level-database.js'
import type { Change } from './pending.js'
import { readAll } from './read-all.js'
import type { BeforeMuch, Kept } from './store.js'

/** An index that takes long to read, or lacks times of authors, is written anew so long after it was. Guess: the room is there by then. */
const TIDY_MILLIS: Millis = 10_000

/** Runs work while nothing else is written. */
export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>

/** The index of a database that is open. All but `tidy` is to be called while nothing else is written. */
export class KeptIndex {
  readonly #database: Database
  readonly #exclusively: Exclusively
  // BOUNDED: by the database that this one follows.
  readonly #former: FirstHeard
  /** Undefined until it is known what is there. */
  #log: IndexLog | undefined
  #isDamaged = false
  #timer: NodeJS.Timeout | undefined

  /** `former`: when authors were first heard whose messages come of a former database. */
  constructor(database: Database, exclusively: Exclusively, former: FirstHeard = new Map()) {
    this.#database = database
    this.#exclusively = exclusively
    this.#former = former
  }

  /** True if something of what was written cannot be read, as far as is known. */
  get isDamaged(): boolean {
    return this.#isDamaged
  }

  /** True if it is known what is there. */
  get isKnown(): boolean {
    return this.#log !== undefined
  }

  /** How many messages are there, as far as is known. */
  get count(): number {
    return this.#log?.size ?? 0
  }

  /** False for a message that is not there; true for one that may be. */
  mayHave(id: MessageId): boolean {
    return this.#log?.has(id) ?? true
  }

  /** Makes sure that it is known what is there. */
  async prepare(): Promise<void> {
    if (this.#log === undefined) await this.read()
  }

  /** What is there. */
  async read(beforeMuch?: BeforeMuch): Promise<MessageTable> {
    const now = Date.now()
    const { index, isWhole, table } = await readIndex(this.#database, now, beforeMuch)
    this.#log = index
    this.#isDamaged ||= !isWhole
    if (index.isLong || !isDated(table, now)) this.#tidyLater()
    return table
  }

  /** When the authors of what is there were first heard here. */
  async firstHeard(): Promise<FirstHeard> {
    return firstHeardIn(await this.read(), Date.now())
  }

  /** All messages with their bytes, as far as they can be read. */
  async readAll(): Promise<Kept[]> {
    await this.read()
    const { found, isWhole } = await readAll(this.#database)
    const isAll = this.#log?.isOf(found.map(({ id }) => id)) ?? true
    this.#isDamaged ||= !isWhole || !isAll
    return found
  }

  /** Notes these changes at once, and gives what is to be written in the batch that makes them. */
  note(changes: readonly [MessageId, Change][]): Write[] {
    const log = this.#log
    if (log === undefined || changes.length === 0) return []
    const now = Date.now()
    return [log.add(rowsOf(changes, log, author => this.#former.get(author) ?? now))]
  }

  /** Writes it anew if most of it is of no use. */
  async tidy(): Promise<void> {
    if (this.#log?.hasWaste) this.#log = await rewriteIndex(this.#database, Date.now())
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  // What fails here is told when something is written next.
  #tidyLater(): void {
    this.#timer ??= setTimeout(() => {
      const rewrite = async () => {
        if (this.#database.status === 'open')
          this.#log = await rewriteIndex(this.#database, Date.now())
      }
      this.#exclusively(rewrite).catch(() => {})
    }, TIDY_MILLIS).unref()
  }
}
