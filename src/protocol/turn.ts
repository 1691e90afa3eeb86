import type { Millis } from '../base/time.js'
import type { Output, RoomEvent, Timer } from './events.js'

/** One input's turn: when it came, and everything that it leads to, in order. */
export class Turn {
  #now: Millis = 0
  #wall: Millis = 0
  // BOUNDED: the outputs of one input.
  #outputs: Output[] = []

  /** When the input came, in ms on a clock that never jumps: what spans are measured with. */
  get now(): Millis {
    return this.#now
  }

  /** The same moment in whole ms since 1970, as it is in the room: what messages are dated with, and judged by. It may jump. */
  get wall(): Millis {
    return this.#wall
  }

  begin(now: Millis, wall: Millis): void {
    this.#now = now
    this.#wall = wall
    this.#outputs = []
  }

  end(): Output[] {
    return this.#outputs
  }

  push(output: Output): void {
    this.#outputs.push(output)
  }

  emit(...events: readonly RoomEvent[]): void {
    for (const event of events) this.push({ type: 'emit', event })
  }

  timer(after: Millis, timer: Timer): void {
    this.push({ type: 'timer', after: Math.max(0, after), timer })
  }
}
