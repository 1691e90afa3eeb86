import { surface } from '../../async/surface.js'
import type { PeerKey } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import { Recent } from '../../base/recent.js'
import { MAX_KNOWN_PEERS } from '../../protocol/config.js'

/** Records that are read at a time. Guess: 8 walks through the DHT. */
const MAX_READING = 8

/**
 * Reads something of many devices, so many at a time, and of each once. Who is next is drawn by lot, and so is who may wait
 * if not all can: devices that somebody invented have their share, and not all because they came first.
 */
export class RecordReader {
  readonly #read: (device: PeerKey) => Promise<void>
  readonly #random: Random
  // BOUNDED: MAX_KNOWN_PEERS; the oldest may be read again.
  readonly #done = new Recent<PeerKey, true>(MAX_KNOWN_PEERS)
  // BOUNDED: MAX_KNOWN_PEERS, both the same devices.
  readonly #waiting: PeerKey[] = []
  readonly #isWaiting = new Set<PeerKey>()
  /** Devices that wanted to wait since nobody did. */
  #wanted = 0
  #reading = 0

  constructor(read: (device: PeerKey) => Promise<void>, random: Random) {
    this.#read = read
    this.#random = random
  }

  /** True while something is being read, or waits to be. */
  get isBusy(): boolean {
    return this.#reading > 0
  }

  /** Reads it, unless it was read before. */
  ask(device: PeerKey): void {
    if (this.#done.has(device) || this.#isWaiting.has(device)) return
    this.#wanted += 1
    if (this.#waiting.length >= MAX_KNOWN_PEERS && !this.#makeRoom()) return
    this.#waiting.push(device)
    this.#isWaiting.add(device)
    this.#next()
  }

  /** Reads nothing more. */
  stop(): void {
    this.#waiting.length = 0
    this.#isWaiting.clear()
  }

  // Whoever wanted to wait, first or last, is among those who do with the same chance (algorithm R).
  #makeRoom(): boolean {
    if (this.#random() * this.#wanted >= MAX_KNOWN_PEERS) return false
    this.#draw()
    return true
  }

  #next(): void {
    const device = this.#reading < MAX_READING ? this.#draw() : undefined
    if (device === undefined) return
    this.#done.set(device, true)
    this.#reading += 1
    const done = () => {
      this.#reading -= 1
      this.#next()
    }
    void this.#read(device).catch(surface).then(done)
  }

  #draw(): PeerKey | undefined {
    const at = Math.floor(this.#random() * this.#waiting.length)
    const device = this.#waiting[at]
    const last = this.#waiting.pop()
    if (device === undefined || last === undefined) return undefined
    if (at < this.#waiting.length) this.#waiting[at] = last
    this.#isWaiting.delete(device)
    if (this.#waiting.length === 0) this.#wanted = 0
    return device
  }
}
