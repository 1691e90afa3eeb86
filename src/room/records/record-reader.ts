import { surface } from '../../async/surface.js'
import type { PeerKey } from '../../base/ids.js'
import { MAX_KNOWN_PEERS } from '../../protocol/config.js'

/** Records that are read at a time. Guess: 8 walks through the DHT. */
const MAX_READING = 8

/** Reads something of many devices, so many at a time, and of each once. */
export class RecordReader {
  readonly #read: (device: PeerKey) => Promise<void>
  // BOUNDED: MAX_KNOWN_PEERS; further ones are passed over.
  readonly #known = new Set<PeerKey>()
  // BOUNDED: a subset of #known.
  readonly #waiting: PeerKey[] = []
  #reading = 0

  constructor(read: (device: PeerKey) => Promise<void>) {
    this.#read = read
  }

  /** True while something is being read, or waits to be. */
  get isBusy(): boolean {
    return this.#reading > 0
  }

  /** Reads it, unless it was read before. */
  ask(device: PeerKey): void {
    if (this.#known.has(device) || this.#known.size >= MAX_KNOWN_PEERS) return
    this.#known.add(device)
    this.#waiting.push(device)
    this.#next()
  }

  /** Reads nothing more. */
  stop(): void {
    this.#waiting.length = 0
  }

  #next(): void {
    const device = this.#reading < MAX_READING ? this.#waiting.shift() : undefined
    if (device === undefined) return
    this.#reading += 1
    const done = () => {
      this.#reading -= 1
      this.#next()
    }
    void this.#read(device).catch(surface).then(done)
  }
}
