import type { MessageId } from '../base/ids.js'
import { type Arrival, Arrivals, type ArrivalsChange, arrivalsIn, Turns } from './arrivals.js'
import type { KeptIndex } from './kept-index.js'
import { ALL_MESSAGES, keptAt } from './layout.js'
import type { Database } from './level-database.js'
import type { Change } from './pending.js'
import { isCorrupt } from './store-errors.js'
import type { StoreListeners } from './store-listeners.js'

/** The whole order of arrival, as it is on the disk. */
export interface ArrivedSoFar {
  /** What the numbers belong to: see {@link Arrivals.epoch}. */
  readonly epoch: string
  /** The highest number that was given. */
  readonly last: number
  /** In order. */
  readonly arrivals: readonly Arrival[]
}

/** Messages read at once that may lack a number. */
const AT_ONCE = 1_000
const NO_BODY = new Uint8Array(0)
const NOTHING: ArrivalsChange = { arrived: [], operations: [] }

/** Keeps the order of arrival of one store: numbers what comes, in the batch that writes it. */
export class ArrivalLog {
  readonly #turns = new Turns()
  readonly #isHeld: (id: MessageId) => boolean
  readonly #onarrive: (arrived: readonly Arrival[]) => void
  #arrivals: Arrivals | undefined
  #isEnding = false
  /** True: another database goes on with these numbers. */
  #isMoved = false

  /**
   * `isHeld`: this message gets its number later: see {@link released}. `onarrive`: these are on the disk, with their
   * numbers, which are higher than those before.
   */
  constructor({ isHeld = () => false, onarrive = () => {} }: StoreListeners) {
    this.#isHeld = isHeld
    this.#onarrive = onarrive
  }

  /** True if a message waits for its number that is held back no longer, or if it is not known yet what has one. */
  get isDue(): boolean {
    return this.#arrivals === undefined || this.#turns.isAnyOf(id => !this.#isHeld(id))
  }

  put(id: MessageId): void {
    this.#turns.put(id)
  }

  delete(id: MessageId): void {
    this.#turns.delete(id)
  }

  /** It was held back until now: the next number is for it. */
  released(id: MessageId): void {
    this.#turns.released(id)
  }

  /** Nothing is held back any more. */
  end(): void {
    this.#isEnding = true
  }

  /** Reads what the numbers stand at, unless that is known, and numbers what has none, in the room's order. */
  async open({ count }: Pick<KeptIndex, 'count'>, database: Database): Promise<void> {
    if (this.#arrivals !== undefined) return
    this.#arrivals = await Arrivals.open(database)
    if (this.#arrivals.count !== count) await numberAll(this.#arrivals, database)
  }

  /** What these changes do to the order; `index` knows of them already. Comes after {@link open}. */
  async change(
    changes: readonly [MessageId, Change][],
    index: Pick<KeptIndex, 'mayHave'>,
    database: Database
  ): Promise<ArrivalsChange> {
    // What was put a moment ago is in the next batch.
    const mustWait = (id: MessageId) => !index.mayHave(id) || (this.#isHeld(id) && !this.#isEnding)
    const ids = this.#turns.take(mustWait)
    const gone = changes.flatMap(([id, { type }]) => (type === 'del' ? [id] : []))
    return (await this.#arrivals?.change({ ids, gone }, database)) ?? NOTHING
  }

  /** These are on the disk. */
  written({ arrived }: ArrivalsChange): void {
    this.#isMoved = false
    if (arrived.length > 0) this.#onarrive(arrived)
  }

  /** The database is read anew, and these changes are still to be written. */
  reopen(changes: Iterable<[MessageId, Change]>): void {
    if (!this.#isMoved) this.#arrivals = undefined
    this.#isMoved = false
    for (const [id, { type }] of changes) if (type === 'put') this.#turns.put(id)
  }

  /** Another database gets what is good of this one: messages keep their numbers. */
  async move(database: Database | undefined): Promise<void> {
    if (database === undefined) return
    // What the numbers stand at may be damaged too: then they begin anew.
    this.#arrivals ??= await Arrivals.open(database).catch(() => undefined)
    this.#arrivals = await this.#arrivals?.movedFrom(database)
    this.#isMoved = this.#arrivals !== undefined
  }

  /** Another database gets none of this one: numbers go on. */
  clear(): void {
    this.#arrivals = this.#arrivals?.cleared()
    this.#isMoved = this.#arrivals !== undefined
  }

  /** All of it, as it is on the disk at one moment. Throws what LevelDB does. */
  async load(database: Database | undefined): Promise<ArrivedSoFar> {
    if (database === undefined) throw new Error('it is not open')
    const snapshot = database.snapshot()
    try {
      const written = await Arrivals.open(database, snapshot)
      const { epoch } = this.#arrivals ?? written
      const arrivals: Arrival[] = []
      for await (const some of arrivalsIn(database, snapshot))
        for (const arrival of some) arrivals.push(arrival)
      return { epoch, last: written.last, arrivals }
    } finally {
      await snapshot.close()
    }
  }
}

// What came before there were numbers, and what was held back when its program was killed.
async function numberAll(arrivals: Arrivals, database: Database): Promise<void> {
  const iterator = database.keys(ALL_MESSAGES)
  try {
    for (;;) {
      const keys = await iterator.nextv(AT_ONCE)
      if (keys.length === 0) return
      const ids = keys.flatMap(key => keptAt(key, NO_BODY)?.id ?? [])
      await database.batch([...(await arrivals.change({ ids, gone: [] }, database)).operations])
    }
  } catch (thrown) {
    // What is damaged is told by whoever reads the messages.
    if (!isCorrupt(thrown)) throw thrown
  } finally {
    await iterator.close()
  }
}
