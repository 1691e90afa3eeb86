import type { Millis } from '../../base/time.js'

/** A thread that yields counts on this often, and is looked at as often. */
export const BEAT_MILLIS: Millis = 1_000

/** A thread that neither yields nor computes waits in a system call; it may, this many times as long. Guess. */
const WAITING_FACTOR = 10

/** What is seen of a thread. */
export interface Sample {
  /** How often it has counted on. */
  readonly beats: number
  /** Processor time that its process has used. */
  readonly cpu: Millis
}

/**
 * Tells a thread that hangs from one on a busy machine: by the processor time that it uses between two beats. Time is
 * counted in samples, so that no time passes while the whole process is stopped.
 */
export class Heartbeat {
  #last: Sample
  #missed = 0

  constructor(first: Sample) {
    this.#last = first
  }

  /**
   * To be called every BEAT_MILLIS. Gives how long the thread has not yielded, if it used `patience` of processor time
   * meanwhile, or ten times as much has passed.
   */
  hangsFor(sample: Sample, patience: Millis): Millis | undefined {
    if (sample.beats !== this.#last.beats) {
      this.#last = sample
      this.#missed = 0
      return undefined
    }
    this.#missed += 1
    const silence = this.#missed * BEAT_MILLIS
    const computed = Math.min(silence, sample.cpu - this.#last.cpu)
    const isTooLong = computed >= patience || silence >= WAITING_FACTOR * patience
    return isTooLong ? silence : undefined
  }
}
