import { atMost } from '../async/at-most.js'
import { backoff } from '../async/backoff.js'
import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { ArrivalLog, type ArrivedSoFar } from './arrival-log.js'
import { Eraser, marksOf, replacedBy } from './eraser.js'
import { keyOf, TALLY_KEY } from './layout.js'
import { type Database, isThere, type Opened, openDatabase, putAside } from './level-database.js'
import type { StoreListeners } from './listeners.js'
import { type Change, Pending } from './pending.js'
import { readAll } from './read-all.js'
import type { Kept, MessageStore } from './store.js'
import { storeFailed } from './store-errors.js'
import { Tally } from './tally.js'

/** Changes are gathered so long: with the writing itself they are on the disk within 50 ms. */
const GATHER_MILLIS: Millis = 15
/** A write that takes longer has failed: nobody waits for it. Guess: a disk that sleeps wakes up sooner. */
const SLOW_MILLIS: Millis = 5_000
/** A disk that failed is tried again after this ... Guess. */
const FIRST_RETRY_MILLIS: Millis = 1_000
/** ... and, while it goes on failing, ever more seldom, up to this. Guess. */
const LONGEST_RETRY_MILLIS: Millis = 60_000
/** Messages written once more at once. */
const AT_ONCE = 1_000

/**
 * Keeps the messages of one room and identity in a LevelDB database, which one process has open at a time. What is written
 * outlives `kill -9`; a machine that loses power may lose the last second. Batches are written whole or not at all. If the
 * disk cannot be written, changes wait, and are written when it can.
 */
export class LevelStore implements MessageStore {
  readonly #directory: string
  readonly #listeners: StoreListeners
  readonly #pending = new Pending()
  readonly #log: ArrivalLog
  #database: Database | undefined
  #eraser: Eraser | undefined
  /** Undefined until it is known what is there. */
  #tally: Tally | undefined
  #isDamaged = false
  #hasDropped: boolean
  #aside: string | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #retry: NodeJS.Timeout | undefined
  #failures = 0
  #reopening: Promise<void> = Promise.resolve()
  /** False if something of what was put is neither written nor waits. */
  #isComplete = true
  #closed: Promise<void> | undefined

  /** Opens the database in this directory, and makes it if there is none. Throws STORE_IN_USE, STORE_NEWER, STORE_FAILED. */
  static async open(directory: string, listeners: StoreListeners = {}): Promise<LevelStore> {
    return new LevelStore(directory, listeners, await openDatabase(directory))
  }

  /** The same for a database that could not be opened: it is tried again, and `onresume` hears when it was. */
  static later(directory: string, listeners: StoreListeners): LevelStore {
    const store = new LevelStore(directory, listeners)
    store.#failures = 1
    store.#isComplete = false
    store.#tryLater()
    return store
  }

  private constructor(directory: string, listeners: StoreListeners, opened?: Opened) {
    this.#directory = directory
    this.#listeners = listeners
    const { isHeld = () => false, onarrive = () => {} } = listeners
    this.#log = new ArrivalLog(isHeld, onarrive)
    this.#use(opened?.database)
    this.#aside = opened?.aside
    this.#hasDropped = opened?.isDamaged ?? false
  }

  get isBehind(): boolean {
    return this.#failures === 0 && this.#pending.size > 0
  }

  /** True if something of what was written cannot be read, as far as is known before {@link load} or by it. */
  get isDamaged(): boolean {
    return this.#isDamaged || this.#hasDropped
  }

  /** Where a database was put that could not be opened: this one has what could be saved of it. */
  get aside(): string | undefined {
    return this.#aside
  }

  put(message: Kept): void {
    this.#log.put(message.id)
    this.#change(message.id, { type: 'put', key: keyOf(message), value: message.sealed })
  }

  delete(message: Pick<Kept, 'clock' | 'id'>): void {
    this.#log.delete(message.id)
    this.#change(message.id, { type: 'del', key: keyOf(message) })
  }

  /** This message was held back until now: the next number is for it. */
  released(id: MessageId): void {
    if (this.#closed !== undefined) return
    this.#log.released(id)
    if (this.#failures === 0) this.#writeSoon()
  }

  /** The order in which everything came that is kept. Throws STORE_FAILED. */
  async arrived(): Promise<ArrivedSoFar> {
    if (this.#tally === undefined) await this.load()
    await this.flush()
    try {
      return await this.#log.load(this.#database)
    } catch (thrown) {
      throw storeFailed(this.#directory, thrown)
    }
  }

  async load(): Promise<readonly Kept[]> {
    await this.flush()
    try {
      return await this.#read()
    } catch (thrown) {
      throw storeFailed(this.#directory, thrown)
    }
  }

  /**
   * Puts the database aside, under the name that this gives, and begins another one with these messages: those of it that
   * are good. Throws STORE_FAILED.
   */
  async quarantine(good: readonly Kept[]): Promise<string> {
    await this.flush()
    try {
      await this.#log.move(this.#database)
      await this.#closeDatabase()
      this.#aside = putAside(this.#directory)
      this.#use((await openDatabase(this.#directory)).database)
    } catch (thrown) {
      throw storeFailed(this.#directory, thrown)
    }
    this.#tally = new Tally()
    this.#isDamaged = false
    this.#hasDropped = false
    await this.putAll(good)
    return this.#aside
  }

  /** Puts as many messages as there are, and resolves when they are written. */
  async putAll(messages: readonly Kept[]): Promise<void> {
    this.#pending.beginAnew()
    for (let at = 0; at < messages.length; at += AT_ONCE) {
      for (const message of messages.slice(at, at + AT_ONCE)) this.put(message)
      await this.flush()
    }
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  // What waits for a full disk gets a last chance.
  async #close(): Promise<void> {
    clearTimeout(this.#retry)
    this.#log.end()
    await Promise.all([this.flush(), this.#reopening])
    if (this.#failures > 0) await this.#reopen().catch(() => {})
    await this.#closeDatabase().catch(() => {})
  }

  #use(database: Database | undefined): void {
    this.#database = database
    if (database === undefined) return
    this.#eraser = new Eraser(database, work => {
      const done = this.#writing.then(work)
      this.#writing = done.catch(() => {})
      return done
    })
  }

  async #closeDatabase(): Promise<void> {
    await this.#eraser?.stop()
    await this.#database?.close()
  }

  #change(id: MessageId, change: Change): void {
    if (this.#closed !== undefined) return
    const isTooMuch = !this.#pending.add(id, change)
    if (this.#failures > 0) return
    if (isTooMuch) this.#fail(new Error('the disk is too slow'))
    else this.#writeSoon()
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MILLIS)
  }

  // Who has no number may wait until it is known what there is.
  get #isDue(): boolean {
    return this.#pending.size > 0 || (this.#tally !== undefined && this.#log.isDue)
  }

  async #write(): Promise<void> {
    if (this.#failures > 0 || !this.#isDue) return
    let isWritten = false
    const note = () => {
      isWritten = true
    }
    try {
      await atMost(SLOW_MILLIS, this.#writeAll().then(note))
      if (!isWritten) throw new Error('the disk is too slow')
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  async #writeAll(): Promise<void> {
    const changes = this.#pending.all()
    const database = this.#database
    if (database === undefined) return
    this.#tally ??= new Tally((await readAll(database)).found.map(({ id }) => id))
    await this.#log.open(this.#tally, database)
    const replaced = await replacedBy(changes, this.#tally, database)
    this.#tally.note(changes)
    const order = await this.#log.change(changes, this.#tally, database)
    if (changes.length + order.operations.length === 0) return
    const tally = { type: 'put', key: TALLY_KEY, value: this.#tally.bytes() } as const
    const puts = changes.map(([, change]) => change)
    await database.batch([...puts, ...marksOf(replaced), ...order.operations, tally])
    if (replaced.length > 0) this.#eraser?.soon()
    if (!isThere(this.#directory)) throw new Error('its files are gone')
    this.#pending.written(changes)
    this.#log.written(order)
  }

  #fail(thrown: unknown): void {
    const isNews = this.#failures === 0
    this.#failures += 1
    if (isNews) this.#listeners.onfail?.(storeFailed(this.#directory, thrown))
    this.#tryLater()
  }

  #tryLater(): void {
    if (this.#closed !== undefined) return
    const after = backoff(this.#failures, FIRST_RETRY_MILLIS, LONGEST_RETRY_MILLIS)
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      this.#reopening = this.#reopen().catch(thrown => this.#fail(thrown))
    }, after).unref()
  }

  // What LevelDB has half written when it failed would spoil what comes after it: it is read anew.
  async #reopen(): Promise<void> {
    const wasOpen = this.#database !== undefined
    await this.#closeDatabase().catch(() => {})
    const { aside, database, isDamaged, isFresh } = await openDatabase(this.#directory)
    this.#use(database)
    this.#tally = undefined
    this.#log.reopen(this.#pending.all())
    this.#hasDropped = isDamaged
    const isComplete = wasOpen && !isFresh && !isDamaged && !aside && !this.#pending.isLost
    this.#aside = aside ?? this.#aside
    this.#isComplete &&= isComplete
    await this.#writeAll()
    this.#failures = 0
    this.#listeners.onresume?.(this.#isComplete)
    this.#isComplete = true
  }

  async #read(): Promise<Kept[]> {
    const database = this.#database
    if (database === undefined) return []
    // It may be written meanwhile: messages and tally of one moment are compared, and a tally that is counted on stays.
    const snapshot = database.snapshot()
    try {
      const { found, isWhole } = await readAll(database, snapshot)
      const tally = new Tally(found.map(({ id }) => id))
      this.#isDamaged = !isWhole || !tally.agreesWith(await database.get(TALLY_KEY, { snapshot }))
      this.#tally ??= tally
      return found
    } finally {
      await snapshot.close()
    }
  }
}
