import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { ArrivalLog } from './arrival-log.js'
import { deleteFiles, momentOf, timeAfter } from './deletion.js'
import type { Pending } from './pending.js'
import type { StoreListeners } from './store-listeners.js'

/** What a store loses by what other programs have deleted. */
export class Deletions {
  readonly #pending: Pending
  readonly #log: ArrivalLog
  readonly #ondeleted: NonNullable<StoreListeners['ondeleted']>
  readonly #openedAt = performance.now()
  #at: Millis
  /** When that was, on the clock that never jumps, if it was heard of. */
  #moment: Millis = Number.NEGATIVE_INFINITY
  #next: Millis = 0
  #isTelling = false

  /** `at`: when all was deleted last, as far as is known. */
  constructor(pending: Pending, log: ArrivalLog, listeners: StoreListeners, at: Millis) {
    this.#pending = pending
    this.#log = log
    this.#ondeleted = listeners.ondeleted ?? (() => {})
    this.#at = at
  }

  /** When all was deleted last, ms since 1970; 0 if it never was. */
  get at(): Millis {
    return this.#at
  }

  /** True while the owner drops what it has no more: nothing is to be done for that. */
  get isTelling(): boolean {
    return this.#isTelling
  }

  /** True if another program has deleted all since this time, on the clock that never jumps. */
  isSince(at: Millis): boolean {
    return at <= this.#moment
  }

  /** All is about to be deleted here: what waits is gone at once, and with the owner when `forget` returns. */
  begin(forget: () => void): void {
    this.#next = timeAfter(this.#at)
    forget()
    for (const part of [this.#pending, this.#log]) part.clear()
  }

  /** Deletes the files of the database that is closed now. */
  finish(directory: string): void {
    deleteFiles(directory, this.#next)
    this.#at = this.#next
  }

  /**
   * Another program has deleted all at this time: what came here before that is written no more, and the owner hears which
   * stay. `there`: those that are in the database now.
   */
  heard(at: Millis, there: Iterable<MessageId> = []): void {
    if (at <= this.#at) return
    this.#at = at
    const moment = momentOf(at)
    if (moment === undefined || moment < this.#openedAt) return
    this.#moment = moment
    for (const id of this.#pending.dropUntil(moment)) this.#log.delete(id)
    const stays = new Set(there)
    for (const [id] of this.#pending.all()) stays.add(id)
    this.#isTelling = true
    try {
      this.#ondeleted(at, stays)
    } finally {
      this.#isTelling = false
    }
  }
}
