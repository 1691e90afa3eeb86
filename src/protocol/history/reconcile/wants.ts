import type { MessageId } from '../../../base/ids.js'
import { Recent } from '../../../base/recent.js'
import type { Millis } from '../../../base/time.js'
import { MAX_WANT_IDS } from '../../config.js'
import { HISTORY_TUNING, type HistoryTuning, MAX_UNDER_WAY, MAX_WANTED_IDS } from '../tuning.js'

/** What we want of one peer: some ids are asked for at once, the others wait until most of those have come. */
export class Wants {
  // BOUNDED: MAX_WANTED_IDS; beyond, the next exchange finds them.
  readonly #waiting = new Set<MessageId>()
  // BOUNDED: MAX_WANTED_IDS, the oldest goes first: what the peer was asked for and has not sent.
  // Each with when that was.
  readonly #asked = new Recent<MessageId, Millis>(MAX_WANTED_IDS)
  readonly #tuning: HistoryTuning
  #isShort = false
  /** How many of those may still be on their way. BOUNDED: #window; more are asked for when half of them have come. */
  #underWay = 0
  /** Doubled when as many have come, up to MAX_UNDER_WAY: on a long way 512 would be on their way most of the time. */
  #window = MAX_WANT_IDS
  /** So many have come since. */
  #cameOfWindow = 0
  #progressAt: Millis = 0

  constructor(tuning = HISTORY_TUNING) {
    this.#tuning = tuning
  }

  /** True while something is still to be asked for. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0
  }

  /** How many are still to be asked for. */
  get waiting(): number {
    return this.#waiting.size
  }

  add(ids: readonly MessageId[]): void {
    for (const id of ids) {
      if (this.#waiting.size < MAX_WANTED_IDS) this.#waiting.add(id)
      else this.#isShort = true
    }
  }

  /** True, once, if there was no room for some ids, and there is now: an exchange is going to find them. */
  takeShortage(): boolean {
    if (!this.#isShort || this.#waiting.size > MAX_WANT_IDS) return false
    this.#isShort = false
    return true
  }

  /** The peer sends this: true if it was asked for it. */
  came(id: MessageId, now: Millis): boolean {
    if (!this.#asked.delete(id)) return false
    this.#underWay = Math.max(0, this.#underWay - 1)
    this.#progressAt = now
    this.#cameOfWindow += 1
    if (this.#cameOfWindow >= this.#window) this.#open(2 * this.#window)
    return true
  }

  /**
   * What to ask for now: at most `max` ids. `isDue` says of each whether to ask for it, to leave it for later, or, if
   * nobody needs it any more, to forget it (undefined).
   */
  next(max: number, isDue: (id: MessageId) => boolean | undefined, now: Millis): MessageId[] {
    // A peer that has sent nothing for so long has not got the rest.
    if (now - this.#progressAt >= this.#tuning.wantRetryMillis) this.#giveUp()
    const room = Math.min(max, this.#window - this.#underWay)
    if (this.#underWay > this.#window / 2 || room <= 0) return []
    const due = this.#take(room, id => this.#isDue(id, isDue, now))
    this.#ask(due, now)
    return due
  }

  // Whoever was asked in vain lets all others have their turn, however often it offers the same.
  #isDue(id: MessageId, isDue: (id: MessageId) => boolean | undefined, now: Millis) {
    const at = this.#asked.get(id)
    const wasInVain = at !== undefined && now - at < this.#tuning.wantAgainMillis
    return isDue(id) && !wasInVain
  }

  #take(room: number, isDue: (id: MessageId) => boolean | undefined): MessageId[] {
    const due: MessageId[] = []
    // Enough for all of it if every other one is on its way already.
    let looks = Math.min(this.#waiting.size, 2 * this.#window)
    for (const id of this.#waiting) {
      if (due.length === room || looks-- === 0) break
      const isAsked = isDue(id)
      this.#waiting.delete(id)
      if (isAsked === true) due.push(id)
      // What somebody else is asked for comes last.
      if (isAsked === false) this.#waiting.add(id)
    }
    return due
  }

  #open(window: number): void {
    this.#window = Math.min(window, MAX_UNDER_WAY)
    this.#cameOfWindow = 0
  }

  #giveUp(): void {
    this.#underWay = 0
    this.#open(MAX_WANT_IDS)
  }

  #ask(ids: readonly MessageId[], now: Millis): void {
    if (ids.length === 0) return
    for (const id of ids) this.#asked.set(id, now)
    this.#underWay += ids.length
    this.#progressAt = now
  }
}
