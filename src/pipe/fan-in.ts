import type { Outlet } from './link.js'

// BOUNDED: bytes of an unfinished line that are kept back while several sides write.
const MAX_LINE = 64 * 1024
const NEWLINE = 0x0a

/**
 * Joins what several sides write into one outlet: whole lines while there are several, untouched bytes while there is
 * one.
 */
export class FanIn {
  readonly #outlet: Outlet
  // BOUNDED: by the connections that the caller lets in.
  readonly #sides = new Set<Side>()

  constructor(outlet: Outlet) {
    this.#outlet = outlet
  }

  /** An outlet of one side's own; `leave` when the side has ended. */
  side(): Outlet & { leave(): void } {
    const side = new Side()
    this.#sides.add(side)
    return {
      write: (chunk, done) => this.#write(side.take(chunk, this.#sides.size > 1), done),
      drained: () => this.#outlet.drained(),
      leave: () => this.#leave(side)
    }
  }

  #write(bytes: Buffer, done: () => void): boolean {
    if (bytes.length > 0) return this.#outlet.write(bytes, done)
    done()
    return true
  }

  #leave(side: Side): void {
    this.#sides.delete(side)
    this.#write(side.rest(), () => {})
  }
}

class Side {
  #held: Buffer = Buffer.alloc(0)

  take(chunk: Buffer, wholeLines: boolean): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const end = wholeLines ? bytes.lastIndexOf(NEWLINE) + 1 : bytes.length
    const cut = bytes.length - end > MAX_LINE ? bytes.length : end
    this.#held = bytes.subarray(cut)
    return bytes.subarray(0, cut)
  }

  rest(): Buffer {
    return this.#held
  }
}
