import type { Log } from './log.js'
import { MAX_WAITING } from './queue.js'
import { authorIn, isPast, type Update } from './updates.js'

/** Hands an update to the bot's code; false if that cannot take it, true when it is done with it. */
export type Dispatch = (update: Update) => Promise<boolean>

/** What was said before may wait, too, if nobody waits for room: as much as a room keeps by default. */
const MAX_PAST = 100_000
/** Whoever replays what was said before waits while so much of it waits: some MB at most. Guess: a second of a bot that is quick. */
const MAX_REPLAYED = 1_000

/** What waits: an update, or only where to go on. */
interface Entry {
  readonly update: Update | undefined
  readonly cursor: string | undefined
}

/** Who is to be told from others if too much waits: what nobody did has one place for all. */
function ownerOf(update: Update): string {
  return authorIn(update)?.identity ?? ''
}

/** Whose update it is; undefined for one of the past, and for none. */
function liveOwner({ update }: Entry): string | undefined {
  return update === undefined || isPast(update) ? undefined : ownerOf(update)
}

/** The updates of a room on their way to a bot's code, one at a time; they wait while there is none. */
export class Backlog {
  readonly #log: Log
  readonly #onhandled: (cursor: string) => void
  // BOUNDED: MAX_WAITING updates and MAX_PAST of the past; of more, some are dropped, and that is logged: whoever says most
  // keeps nobody else from being heard. What has only a cursor is one with that before it.
  #waiting: Entry[] = []
  /** How many of the first are done with: they are cut off now and then. */
  #done = 0
  #past = 0
  // BOUNDED: by what waits. How many are whose, those of the past left out.
  readonly #live = new Map<string, number>()
  #dispatch: Dispatch | undefined
  #delivering: Promise<void> | undefined
  #dropped = 0
  #onroom: (() => void) | undefined

  /** `onhandled`: everything up to this cursor is done with. */
  constructor(log: Log, onhandled: (cursor: string) => void = () => {}) {
    this.#log = log
    this.#onhandled = onhandled
  }

  /** True while something is handed over. */
  get isBusy(): boolean {
    return this.#delivering !== undefined
  }

  get #size(): number {
    return this.#waiting.length - this.#done
  }

  /** Resolves when more of what was said before may come; undefined if that is now. For one who waits. */
  room(): Promise<void> | undefined {
    if (this.#past < MAX_REPLAYED) return undefined
    return new Promise(resolve => {
      this.#onroom = resolve
    })
  }

  /** Takes an update in, or something that the bot does not hear of. `cursor`: where it goes on after this. */
  push(update: Update | undefined, cursor?: string): void {
    if (update === undefined) {
      this.#pass(cursor)
      return
    }
    if (this.#isFull(update)) {
      this.#drop()
      if (isPast(update) || !this.#makeRoom(ownerOf(update))) return
    }
    const entry = { update, cursor }
    this.#count(entry, 1)
    this.#waiting.push(entry)
    this.#pump()
  }

  /** Hands updates to this from now on; `first` before those that wait. */
  attach(dispatch: Dispatch, first?: Update): void {
    const waiting = this.#waiting.slice(this.#done)
    const isThere = waiting.some(({ update }) => update?.type === first?.type)
    const entry = { update: first, cursor: undefined }
    if (first !== undefined && !isThere) {
      this.#count(entry, 1)
      waiting.unshift(entry)
    }
    this.#waiting = waiting
    this.#done = 0
    this.#dispatch = dispatch
    this.#pump()
  }

  /** Hands over no more; resolves when what was handed over is done with. */
  async detach(): Promise<void> {
    this.#dispatch = undefined
    await this.#delivering
  }

  /** Resolves when nothing waits that could be handed over. */
  async idle(): Promise<void> {
    while (this.#delivering !== undefined) await this.#delivering
  }

  #isFull(update: Update): boolean {
    return isPast(update) ? this.#past >= MAX_PAST : this.#size - this.#past >= MAX_WAITING
  }

  /** Drops the newest of whoever has most of what waits; false if that is this one, whose next one is to be dropped then. */
  #makeRoom(owner: string): boolean {
    let [largest, most] = [owner, (this.#live.get(owner) ?? 0) + 1]
    for (const [of, count] of this.#live) if (count > most) [largest, most] = [of, count]
    if (largest === owner) return false
    const newest = this.#waiting.findLastIndex(entry => liveOwner(entry) === largest)
    const [dropped] = this.#waiting.splice(newest, 1)
    if (dropped !== undefined) this.#count(dropped, -1)
    return true
  }

  /** An entry has come to those that wait (1), or is none of them any more (-1). */
  #count(entry: Entry, change: 1 | -1): void {
    const owner = liveOwner(entry)
    if (owner === undefined) {
      if (entry.update !== undefined) this.#past += change
      return
    }
    const count = (this.#live.get(owner) ?? 0) + change
    if (count > 0) this.#live.set(owner, count)
    else this.#live.delete(owner)
  }

  // After what waits, or at once.
  #pass(cursor: string | undefined): void {
    if (cursor === undefined) return
    const last = this.#waiting.at(-1)
    if (this.#size === 0 && this.#delivering === undefined) this.#onhandled(cursor)
    else if (this.#size > 0 && last?.update === undefined)
      this.#waiting[this.#waiting.length - 1] = { update: undefined, cursor }
    else this.#waiting.push({ update: undefined, cursor })
  }

  #pump(): void {
    if (this.#delivering !== undefined) return
    this.#delivering = this.#deliver().finally(() => {
      this.#delivering = undefined
      // Attached anew in the meantime.
      if (this.#dispatch !== undefined && this.#size > 0) this.#pump()
    })
  }

  async #deliver(): Promise<void> {
    for (
      let { dispatch, entry } = this.#next();
      dispatch && entry;
      { dispatch, entry } = this.#next()
    ) {
      const { cursor, update } = entry
      if (update !== undefined && !(await dispatch(update))) this.#putBack(entry, dispatch)
      else if (cursor !== undefined) this.#onhandled(cursor)
      this.#tellDropped()
    }
  }

  #next() {
    const dispatch = this.#dispatch
    return { dispatch, entry: dispatch && this.#shift() }
  }

  #shift(): Entry | undefined {
    const entry = this.#waiting[this.#done]
    if (entry === undefined) return undefined
    this.#done += 1
    this.#count(entry, -1)
    if (this.#past <= MAX_REPLAYED / 2) this.#onroom?.()
    if (this.#done < this.#waiting.length / 2) return entry
    this.#waiting = this.#waiting.slice(this.#done)
    this.#done = 0
    return entry
  }

  // It could not be taken: the next code gets it first.
  #putBack(entry: Entry, dispatch: Dispatch): void {
    this.#count(entry, 1)
    this.#waiting.splice(this.#done, 0, entry)
    if (this.#dispatch === dispatch) this.#dispatch = undefined
  }

  #drop(): void {
    if (this.#dropped === 0) this.#log.error(`the bot is too slow: ${this.#size} updates wait`)
    this.#dropped += 1
  }

  #tellDropped(): void {
    if (this.#dropped === 0 || this.#size > MAX_WAITING / 2) return
    this.#log.error(`${this.#dropped} updates were dropped`, { dropped: this.#dropped })
    this.#dropped = 0
  }
}
