import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { MessageTable } from '../protocol/history/message-table.js'
import type { Recall } from '../protocol/history/shelf.js'
import { ArrivalLog, type ArrivedSoFar } from './arrival-log.js'
import { Deletions } from './deletions.js'
import { keyOf } from './layout.js'
import {
  checkSpace,
  type Database,
  isThere,
  makeAgain,
  type Opened,
  openDatabase,
  putAside
} from './level-database.js'
import { OneAtATime } from './one-at-a-time.js'
import { OpenStore, type StoreParts } from './open-store.js'
import { inTime, Retries } from './patience.js'
import { type Change, Pending, putOf } from './pending.js'
import { putAll } from './put-all.js'
import { withChanges } from './read-all.js'
import type { BeforeMuch, Kept, MessageStore } from './store.js'
import { storeFailed } from './store-errors.js'
import type { StoreListeners } from './store-listeners.js'

/** Changes are gathered so long: with the writing itself they are on the disk within 50 ms. */
const GATHER_MILLIS: Millis = 15
const nothing = () => {}

/**
 * Keeps the messages of one room and identity in a LevelDB database, which one process has open at a time. What is written
 * outlives `kill -9`; a machine that loses power may lose the last second. Batches are written whole or not at all. If the
 * disk cannot be written, changes wait, and are written when it can.
 */
export class LevelStore implements MessageStore {
  readonly deletions: Deletions
  readonly retries = new Retries(() => void this.retry())
  readonly #directory: string
  readonly #listeners: StoreListeners
  readonly #pending = new Pending()
  readonly #log: ArrivalLog
  readonly #parts: StoreParts
  #open: OpenStore | undefined
  #hasDropped: boolean
  #aside: string | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #writing = new OneAtATime()
  /** What is written, also if nobody waits for it any more. */
  #underWay: Promise<unknown> = Promise.resolve()
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
    store.#isComplete = false
    store.retries.failed()
    return store
  }

  private constructor(directory: string, listeners: StoreListeners, opened?: Opened) {
    this.#directory = directory
    this.#listeners = listeners
    this.#log = new ArrivalLog(listeners)
    this.#parts = { directory, log: this.#log }
    this.deletions = new Deletions(this.#pending, this.#log, listeners, opened?.deletedAt ?? 0)
    if (opened !== undefined) this.#use(opened.database)
    this.#aside = opened?.aside
    this.#hasDropped = opened?.isDamaged ?? false
  }

  get isBehind(): boolean {
    return !this.retries.isFailing && this.#pending.size > 0
  }

  /** True if something of what was written cannot be read, as far as is known before {@link load} or by it. */
  get isDamaged(): boolean {
    return this.#hasDropped || this.#open?.index.isDamaged === true
  }

  /** Where a database was put that could not be opened: this one has what could be saved of it. */
  get aside(): string | undefined {
    return this.#aside
  }

  /** `at`: when it came here, on the clock that never jumps. */
  put(message: Kept, at: Millis = performance.now()): void {
    this.#log.put(message.id)
    this.#change(message.id, putOf(message, at))
  }

  delete(message: Pick<Kept, 'clock' | 'id'>): void {
    this.#log.delete(message.id)
    const isNotThere = this.deletions.isTelling || this.#open?.index.mayHave(message.id) === false
    if (isNotThere) this.#pending.drop(message.id)
    else this.#change(message.id, { type: 'del', key: keyOf(message) })
  }

  /** This message was held back until now: the next number is for it. */
  released(id: MessageId): void {
    if (this.#closed !== undefined) return
    this.#log.released(id)
    if (!this.retries.isFailing && this.#isDue) this.#writeSoon()
  }

  /** The order in which everything came that is kept. Throws STORE_FAILED. */
  arrived(): Promise<ArrivedSoFar> {
    return this.#reading(async () => {
      if (!this.retries.isFailing) await this.#open?.prepare()
      return this.#log.load(this.#open?.database)
    })
  }

  readonly recall: Recall = place => {
    const change = this.#pending.get(place.id)
    if (change === undefined) return this.#open?.recall(place)
    return change.type === 'put' ? change.value : undefined
  }

  index(first?: BeforeMuch): Promise<MessageTable> {
    return this.#reading(async () => (await this.#open?.index.read(first)) ?? new MessageTable())
  }

  load(): Promise<readonly Kept[]> {
    return this.#reading(async () => {
      const written = (await this.#open?.index.readAll()) ?? []
      return withChanges(written, this.#pending.all())
    })
  }

  /**
   * Puts the database aside, under the name that this gives, and begins another one with these messages: those of it that
   * are good. Throws STORE_FAILED.
   */
  async quarantine(good: readonly Kept[]): Promise<string> {
    this.#aside = await this.#beginAnew(async () => this.#open?.move(), putAside)
    this.#hasDropped = false
    await putAll(this, good)
    return this.#aside
  }

  /**
   * Deletes all that is kept, with files that were put aside. `forget` is called in between: whoever has messages that are
   * deleted has them no longer when it returns. Throws STORE_FAILED.
   */
  async clear(forget: () => void): Promise<void> {
    await this.#beginAnew(
      async () => this.deletions.begin(forget),
      directory => this.deletions.finish(directory)
    )
    this.#aside = undefined
    this.#hasDropped = false
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#writing.do(() => this.#write())
  }

  /** Tries at once what is tried again by itself: to write what could not be. Never rejects. */
  retry(): Promise<void> {
    if (this.#closed === undefined)
      this.#reopening = this.#alone(() => this.#reopen()).catch(thrown => this.#fail(thrown))
    return this.#reopening
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  // What waits for a full disk gets a last chance.
  async #close(): Promise<void> {
    this.retries.stop()
    this.#log.end()
    await Promise.all([this.flush(), this.#reopening])
    if (this.retries.isFailing) await this.#alone(() => this.#reopen()).catch(nothing)
    await this.#open?.close().catch(nothing)
  }

  /** Begins another database. `former`: what becomes of the files of this one. */
  async #beginAnew<T>(prepare: () => Promise<void>, former: (at: string) => T): Promise<T> {
    await this.flush()
    try {
      return await this.#alone(async () => {
        if (this.#open === undefined) throw new Error('it is not open')
        await prepare()
        await this.#open.close()
        this.#open = undefined
        const done = former(this.#directory)
        this.#use((await openDatabase(this.#directory, this.deletions.at)).database)
        return done
      })
    } catch (thrown) {
      if (this.#open === undefined) this.#fail(thrown)
      throw storeFailed(this.#directory, thrown)
    }
  }

  #use(database: Database): void {
    this.#open = new OpenStore(database, this.#parts, work => this.#writing.do(work))
  }

  /** Does something while nothing is read or written, and nothing is erased from then on, but for what waits for its turn. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#open?.eraser.stop()
    return this.#writing.do(work)
  }

  async #reading<T>(work: () => Promise<T>): Promise<T> {
    await this.flush()
    try {
      return await this.#writing.do(() => this.#underWay.then(work))
    } catch (thrown) {
      throw storeFailed(this.#directory, thrown)
    }
  }

  #change(id: MessageId, change: Change): void {
    if (this.#closed !== undefined) return
    this.#pending.add(id, change)
    if (this.retries.isFailing) return
    if (this.#pending.isTooMuch) this.#fail(new Error('the disk is too slow'))
    else this.#writeSoon()
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MILLIS)
  }

  // Who has no number may wait until it is known what there is.
  get #isDue(): boolean {
    return this.#pending.size > 0 || (this.#open?.index.isKnown === true && this.#log.isDue)
  }

  async #write(): Promise<void> {
    if (this.retries.isFailing || !this.#isDue) return
    const written = this.#writeAll()
    this.#underWay = written.catch(nothing)
    await inTime(written).catch(thrown => this.#fail(thrown))
  }

  async #writeAll(): Promise<void> {
    const open = this.#open
    if (open === undefined || !this.#isDue) return
    await open.prepare()
    for (let isAll = false; !isAll; ) {
      const changes = this.#pending.next()
      isAll = changes.length === this.#pending.size
      await open.write(changes)
      this.#pending.written(changes)
    }
  }

  #fail(thrown: unknown): void {
    if (this.retries.failed() === 1) this.#listeners.onfail?.(storeFailed(this.#directory, thrown))
  }

  // Its files are gone, and as long as it is open they can be read: all of it is written to those that come next.
  async #rescue(): Promise<boolean> {
    makeAgain(this.#directory)
    await this.#open?.move()
    // Whoever closes puts nothing more, but this.
    for (const message of (await this.#open?.index.readAll()) ?? [])
      this.#pending.addNew(message.id, putOf(message, 0))
    return !this.isDamaged
  }

  // What LevelDB has half written when it failed would spoil what comes after it: it is read anew.
  async #reopen(): Promise<void> {
    if (!this.retries.isFailing) return
    const wasOpen = this.#open !== undefined
    if (wasOpen && isThere(this.#directory)) checkSpace(this.#directory)
    const isRescued = wasOpen && !isThere(this.#directory) && (await this.#rescue())
    await this.#open?.close().catch(nothing)
    const opened = await openDatabase(this.#directory, this.deletions.at)
    this.#use(opened.database)
    const isDeleted = opened.deletedAt > this.deletions.at
    if (isDeleted) this.deletions.heard(opened.deletedAt, (await this.#open?.ids()) ?? [])
    this.#log.reopen(this.#pending.all())
    this.#hasDropped = opened.isDamaged
    const isWhole = !opened.isDamaged && !isDeleted && !opened.aside
    this.#isComplete &&= wasOpen && (isRescued || !opened.isFresh) && isWhole
    this.#aside = opened.aside ?? this.#aside
    await this.#writeAll()
    this.retries.worked()
    this.#listeners.onresume?.(this.#isComplete)
    this.#isComplete = true
  }
}
