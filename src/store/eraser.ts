import b4a from 'b4a'
import { atMost } from '../async/at-most.js'
import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Exclusively, KeptIndex } from './kept-index.js'
import { ALL_MARKS, markedBy, markOf } from './layout.js'
import { type Database, valuesAt } from './level-database.js'
import type { Change } from './pending.js'

/** What was replaced is erased after this: several at once cost no more than one. Guess. */
const SOON_MILLIS: Millis = 1_000
/** Erasing takes at most one part in so many of the time, whoever takes back how much. */
const SHARE = 20
/** Whoever closes waits so long: the marks stay, and the next one erases. Guess. */
const LAST_MILLIS: Millis = 1_000
/** Marks that are dealt with at once. */
const AT_ONCE = 1_000

type Put = Extract<Change, { type: 'put' }>

/** Those of the changes that put what is there already. */
export function putAgain(
  changes: readonly [MessageId, Change][],
  index: Pick<KeptIndex, 'mayHave'>
): Put[] {
  return changes.flatMap(([id, change]) =>
    change.type === 'put' && index.mayHave(id) ? [change] : []
  )
}

/** Their keys, of messages that are there with another body, or with one that is left out now. */
export async function replacedBy(puts: readonly Put[], database: Database): Promise<Uint8Array[]> {
  if (puts.length === 0) return []
  const before = await valuesAt(
    database,
    puts.map(({ key }) => key)
  )
  return puts
    .filter(({ value }, at) => !b4a.equals(before[at] ?? value, value))
    .map(({ key }) => key)
}

/** The changes that say that the former value of these keys is to be erased: for the batch that replaces it. */
export function marksOf(keys: readonly Uint8Array[]) {
  return keys.map(key => ({ type: 'put', key: markOf(key), value: new Uint8Array(0) }) as const)
}

/**
 * LevelDB keeps what was replaced in its files until it happens to merge them, which in a small database is never. So
 * what was taken back is marked, in the batch that replaces it, and its files are merged soon, or by whoever opens the
 * database next.
 */
export class Eraser {
  readonly #database: Database
  readonly #exclusively: Exclusively
  #timer: NodeJS.Timeout | undefined
  #erasing: Promise<void> | undefined
  #pause: Millis = SOON_MILLIS

  constructor(database: Database, exclusively: Exclusively) {
    this.#database = database
    this.#exclusively = exclusively
    this.soon()
  }

  /** Something was marked. */
  soon(): void {
    this.#timer ??= setTimeout(() => void this.#run(), this.#pause).unref()
  }

  /** Erases what is marked, as far as there is time: nothing is erased afterwards. Never rejects. */
  async stop(): Promise<void> {
    const isDue = this.#timer !== undefined
    clearTimeout(this.#timer)
    await atMost(LAST_MILLIS, isDue ? this.#run() : (this.#erasing ?? Promise.resolve()))
    clearTimeout(this.#timer)
  }

  // What fails, as on a full disk, stays marked.
  async #run(): Promise<void> {
    this.#timer = undefined
    await this.#erasing
    const began = performance.now()
    this.#erasing = this.#eraseAll().catch(() => {})
    await this.#erasing
    this.#pause = Math.max(SOON_MILLIS, SHARE * (performance.now() - began))
  }

  async #eraseAll(): Promise<void> {
    for (;;) {
      const marks = await this.#database.keys({ ...ALL_MARKS, limit: AT_ONCE }).all()
      if (marks.length === 0) return
      await this.#erase(marks.map(markedBy))
      await this.#database.batch(marks.map(key => ({ type: 'del', key })))
    }
  }

  // Of two values in one table the former stays. So the present one is written once more, to a table of its own,
  // and both are merged.
  async #erase(keys: readonly Uint8Array[]): Promise<void> {
    await this.#merge(keys)
    await this.#exclusively(() => this.#writeAgain(keys))
    await this.#merge(keys)
  }

  async #writeAgain(keys: readonly Uint8Array[]): Promise<void> {
    const values = await this.#database.getMany([...keys])
    const again = keys.map((key, at) => {
      const value = values[at]
      return value === undefined
        ? ({ type: 'del', key } as const)
        : ({ type: 'put', key, value } as const)
    })
    await this.#database.batch(again)
  }

  async #merge(keys: readonly Uint8Array[]): Promise<void> {
    const [first, last] = [keys[0], keys.at(-1)]
    if (first !== undefined && last !== undefined) await this.#database.compactRange(first, last)
  }
}
