import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { Candidate } from './candidates.js'

/** How long {@link RetryWaits} are. */
export interface RetryOptions {
  /**
   * Waits after the first, second, ... failure in a row; who fails once more is given up. Default
   * 1, 5, 15, 60, 600 s.
   */
  backoffs?: readonly Millis[]
  /** A random part of this size (0.5: half) is added to every wait; default 0.5. */
  jitter?: number
  /** Uniform in [0, 1). */
  random: Random
}

const DEFAULT_BACKOFFS: readonly Millis[] = [1_000, 5_000, 15_000, 60_000, 600_000]
/** Between two dials of a peer that is to be reached for ever, where no wait was given. */
const LONGEST_BACKOFF_MILLIS: Millis = 600_000

/** How long a peer that has failed waits for its next dial. */
export class RetryWaits {
  readonly #backoffs: readonly Millis[]
  readonly #jitter: number
  readonly #random: Random

  constructor({ backoffs = DEFAULT_BACKOFFS, jitter = 0.5, random }: RetryOptions) {
    this.#backoffs = backoffs
    this.#jitter = jitter
    this.#random = random
  }

  /** The wait after one more failure of this peer; undefined if it is to be given up. */
  next({ failures, tries }: Candidate): Millis | undefined {
    const backoff = this.#backoffs[failures] ?? (tries === 'always' ? this.#longest : undefined)
    return backoff === undefined ? undefined : backoff * (1 + this.#jitter * this.#random())
  }

  get #longest(): Millis {
    return this.#backoffs.at(-1) ?? LONGEST_BACKOFF_MILLIS
  }
}
