import type { Millis } from '../../base/time.js'
import { ANNOUNCE_WINDOW_MILLIS } from '../config.js'
import { UNDER_WAY_MILLIS } from './tuning.js'

/** From when on a clock was the newest one. */
interface Lead {
  readonly from: Millis
  newest: Millis
}

/** Clocks seen within this count as seen together. */
const TOGETHER_MILLIS: Millis = 1_000

/**
 * Which messages are so new that they are still under way by broadcast, and no history. Messages follow the clock of whoever is
 * furthest ahead, so the system's alone does not tell: with one that is minutes behind, all that the room has said since would count.
 */
export class UnderWay {
  // BOUNDED: one for each second of the last 15, and one before.
  readonly #leads: Lead[] = []

  /** How many clocks are remembered, for tests. */
  get size(): number {
    return this.#leads.length
  }

  /** A message that was not here before is dated so. */
  heard(clock: Millis, now: Millis): void {
    const last = this.#leads.at(-1)
    if (last !== undefined && clock <= last.newest) return
    if (last !== undefined && now - last.from < TOGETHER_MILLIS) last.newest = clock
    else this.#push({ from: now, newest: clock }, now)
  }

  /** What is dated so or later is under way. */
  since(wall: Millis, now: Millis): Millis {
    return this.#lately(UNDER_WAY_MILLIS, wall, now)
  }

  /** What is dated so or later may yet be announced. */
  announcedSince(wall: Millis, now: Millis): Millis {
    return this.#lately(ANNOUNCE_WINDOW_MILLIS, wall, now)
  }

  // Somebody who dates far ahead only has us compare more.
  #lately(span: Millis, wall: Millis, now: Millis): Millis {
    const settled = this.#leads.findLast(({ from }) => now - from >= span + TOGETHER_MILLIS)
    return Math.max(wall - span, (settled?.newest ?? 0) + 1)
  }

  #push(lead: Lead, now: Millis): void {
    this.#leads.push(lead)
    const isOld = (each: Lead) => now - each.from >= ANNOUNCE_WINDOW_MILLIS + TOGETHER_MILLIS
    while (this.#leads[1] !== undefined && isOld(this.#leads[1])) this.#leads.shift()
  }
}
