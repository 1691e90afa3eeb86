import type { Input, Output } from '../../src/protocol/events.js'
import { costOf } from './costs.js'

/** Inputs that are read from sockets before timers have their turn again. Guess: what a socket's buffer holds. */
const READ_AT_ONCE = 64
const MICROS_PER_MILLI = 1_000

/** What a processor needs of its world. Times in virtual ms. */
export interface ProcessorHost {
  readonly now: () => number
  /** Calls back at this time. */
  readonly at: (time: number, call: () => void) => void
  /** The machine takes an input now. */
  readonly handle: (input: Input) => readonly Output[]
  readonly perform: (input: Input, outputs: readonly Output[]) => void
  /** So many microseconds of a whole core were spent. */
  readonly spent: (micros: number) => void
}

/**
 * An event loop that owns a share of a core, as Node's does it: all timers that are due come first, then some of what has
 * arrived meanwhile. Each input takes its time, and what it leads to happens when that is over.
 */
export class Processor {
  readonly #host: ProcessorHost
  readonly #share: number
  readonly #timers = new Queue()
  readonly #sockets = new Queue()
  #readable = 0
  #busy = false

  /** `share`: of a core, above 0. */
  constructor(share: number, host: ProcessorHost) {
    this.#share = share
    this.#host = host
  }

  /** Something came that waits for its turn. */
  accept(input: Input): void {
    const queue = input.type === 'timer' ? this.#timers : this.#sockets
    queue.push(input)
    if (this.#busy) return
    this.#busy = true
    this.#step()
  }

  #step(): void {
    const input = this.#next()
    if (input === undefined) {
      this.#busy = false
      return
    }
    const now = this.#host.now()
    const outputs = this.#host.handle(input)
    const micros = costOf(input, outputs)
    this.#host.spent(micros)
    this.#host.at(now + micros / this.#share / MICROS_PER_MILLI, () => {
      this.#host.perform(input, outputs)
      this.#step()
    })
  }

  #next(): Input | undefined {
    if (this.#readable-- > 0) return this.#sockets.take()
    const timer = this.#timers.take()
    if (timer !== undefined) return timer
    this.#readable = Math.min(READ_AT_ONCE, this.#sockets.size) - 1
    return this.#sockets.take()
  }
}

/** First in, first out, at a constant cost. */
class Queue {
  #items: Input[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  push(item: Input): void {
    this.#items.push(item)
  }

  take(): Input | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#head++
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
