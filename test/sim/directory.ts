import type { PeerKey } from '../../src/base/ids.js'
import { sample } from '../../src/base/pick.js'
import type { Random } from '../../src/base/random.js'

/** A crashed member's record was found for this long (measured, docs/facts: 26.8 minutes). */
const GHOST_MILLIS = 27 * 60_000

/** The DHT as a room sees it: a lookup gives a random sample in which the dead of half an hour take part. */
export class Directory {
  readonly #records = new Map<PeerKey, number>()
  readonly #random: Random
  readonly #sampleSize: number

  constructor(random: Random, sampleSize: number) {
    this.#random = random
    this.#sampleSize = sampleSize
  }

  /** Announces a key, or announces it again. */
  announce(key: PeerKey): void {
    this.#records.set(key, Number.POSITIVE_INFINITY)
  }

  /** The announcer went away without a word: the record stays for a while. */
  abandon(key: PeerKey, now: number): void {
    if (this.#records.has(key)) this.#records.set(key, now + GHOST_MILLIS)
  }

  lookup(now: number): PeerKey[] {
    for (const [key, until] of this.#records) if (until < now) this.#records.delete(key)
    return sample(this.#records.keys(), this.#sampleSize, this.#random)
  }
}
