import type { LookupSample } from './discovery-context.js'

/** Fewer lookups than this say nothing of those that none of them named. */
export const MIN_SAMPLES = 3

/**
 * How many are announced under a topic, by capture and recapture: each lookup names a random sample
 * of them, and how many were named only once says how many were never. The estimator is Chao2, in
 * the form that is corrected for bias (Chao, Biometrics 43, 1987): it does not take for granted that
 * all are named equally often, and then errs on the low side.
 */
export class Population {
  // BOUNDED: by the owner, who looks up a few times, and MAX_NAMED.
  readonly #timesNamed = new Map<string, number>()
  #samples = 0

  /** `maxNamed`: most keys that are remembered. Guess: what a lookup of 1,000 names, many times. */
  constructor(readonly maxNamed = 16_384) {}

  /** How many lookups there were. */
  get samples(): number {
    return this.#samples
  }

  /** How many were named by any lookup. */
  get seen(): number {
    return this.#timesNamed.size
  }

  /** Takes whom one lookup named; gives how many of them no other one had. */
  add(named: LookupSample): number {
    const before = this.seen
    this.#samples += 1
    for (const key of named) {
      const times = this.#timesNamed.get(key)
      if (times === undefined && this.seen >= this.maxNamed) continue
      this.#timesNamed.set(key, (times ?? 0) + 1)
    }
    return this.seen - before
  }

  /** About how many there are, those who were never named included; undefined before 3 lookups. */
  get estimate(): number | undefined {
    if (this.#samples < MIN_SAMPLES) return undefined
    const [once, twice] = [this.#namedTimes(1), this.#namedTimes(2)]
    const weight = (this.#samples - 1) / this.#samples
    const unseen = (weight * once * (once - 1)) / (2 * (twice + 1))
    return this.seen + Math.round(unseen)
  }

  #namedTimes(times: number): number {
    let count = 0
    for (const each of this.#timesNamed.values()) if (each === times) count += 1
    return count
  }
}
