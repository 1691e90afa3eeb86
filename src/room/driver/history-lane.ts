import type { Frame } from '../../protocol/wire/frames.js'
import { waitsWithHistory } from './lanes.js'
import { PIECES_PER_TURN, type Turns } from './turns.js'

/** Beyond so many bytes a link's history is taken as it comes. Guess: a batch of 256 KiB of short lines, and a write. */
export const MAX_LANE_BYTES = 786_432
/** What a frame takes beside its bytes. Guess, from heap sizes. */
const FRAME_EXTRA_BYTES = 128

interface Waiting {
  readonly frame: Frame
  readonly bytes: number
}

/**
 * History that came over one link and is yet to be handled: some in each turn of the event loop, so that what somebody says
 * meanwhile waits for no more than that.
 */
export class HistoryLane {
  readonly #turns: Turns
  readonly #handle: (frame: Frame) => void
  // BOUNDED: MAX_LANE_BYTES, and a frame; twice as many places, for those before #first are empty.
  #waiting: (Waiting | undefined)[] = []
  #first = 0
  #bytes = 0
  /** Called, once, when nothing waits any more. */
  #whenEmpty: (() => void) | undefined

  constructor(turns: Turns, handle: (frame: Frame) => void) {
    this.#turns = turns
    this.#handle = handle
  }

  get isEmpty(): boolean {
    return this.#first === this.#waiting.length
  }

  /** Handles a frame of so many bytes: now, or, if it is history or must come after some, in its turn. */
  take(frame: Frame, byteLength: number): void {
    if (!waitsWithHistory(frame, !this.isEmpty)) {
      this.#handleFew()
      this.#handle(frame)
      return
    }
    const bytes = byteLength + FRAME_EXTRA_BYTES
    this.#waiting.push({ frame, bytes })
    this.#bytes += bytes
    while (this.#bytes > MAX_LANE_BYTES) this.next()
    if (!this.isEmpty) this.#turns.add(this)
  }

  /** Handles the frame that has waited longest; says how many bytes that were. */
  next(): number {
    const first = this.#shift()
    if (first === undefined) return 0
    this.#handle(first.frame)
    if (this.isEmpty) this.#tellEmpty()
    return first.bytes
  }

  /** Calls this when all that waits has been handled or cleared: at once if nothing does. */
  whenEmpty(then: () => void): void {
    this.#whenEmpty = then
    if (this.isEmpty) this.#tellEmpty()
  }

  /** What waits is not handled any more. */
  clear(): void {
    this.#waiting = []
    this.#first = 0
    this.#bytes = 0
    // Not while whoever clears is in the midst of something.
    if (this.#whenEmpty !== undefined) setImmediate(() => this.#tellEmpty())
  }

  // Where little waits, nothing is gained if that is overtaken.
  #handleFew(): void {
    if (this.#waiting.length - this.#first > PIECES_PER_TURN) return
    while (!this.isEmpty) this.next()
  }

  // An array's own shift moves all that is left.
  #shift(): Waiting | undefined {
    const first = this.#waiting[this.#first]
    if (first === undefined) return undefined
    this.#waiting[this.#first] = undefined
    this.#first += 1
    this.#bytes -= first.bytes
    if (2 * this.#first >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first)
      this.#first = 0
    }
    return first
  }

  #tellEmpty(): void {
    const then = this.#whenEmpty
    this.#whenEmpty = undefined
    then?.()
  }
}
