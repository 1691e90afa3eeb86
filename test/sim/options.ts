/** How the simulated world behaves. Times in virtual milliseconds, probabilities 0 to 1. */
export interface WorldOptions {
  readonly seed: number
  /** One-way latency between the two closest and the two furthest members. Default 5 and 150. */
  readonly latency: readonly [number, number]
  /** Share of a frame's latency that is random. Default 0.2. */
  readonly jitter: number
  /** Time from a dial to its open connection. Default 50 to 600 and the latency. */
  readonly dial: readonly [number, number]
  /** Dials that fail though the other side lives. Default 0.02. */
  readonly dialFails: number
  /** Dials that take up to 8 s (a birthday punch). Default 0.05. */
  readonly dialSlow: number
  /** Dials that open on the dialling side only and die after 13 s. Default 0.01. */
  readonly dialOneSided: number
  /** Time until a dial of a dead peer has failed. Default 6 to 10 s. */
  readonly dialDead: readonly [number, number]
  /** Time until a dead link is noticed by the connection itself. Default 5 to 13 s. */
  readonly notice: readonly [number, number]
  /** Closings of which the other side hears only when it notices the silence. Default 0.02. */
  readonly closeUnheard: number
  /** Members in a lookup's answer. Default 20. */
  readonly sampleSize: number
  /** Time between lookups. Default 10 to 12 minutes. */
  readonly lookup: readonly [number, number]
  /** Time between starting and the second lookup, which sees those that started together. Default 2 to 10 s. */
  readonly secondLookup: readonly [number, number]
  /** Share of the members behind randomising NATs, which cannot reach each other. Default 0. */
  readonly badNat: number
  /** Clocks are wrong by up to this. Default 0. */
  readonly skew: number
  /** The share of a core that each member owns; undefined: all inputs are handled at once. Default undefined. */
  readonly cpu: number | undefined
}

export const DEFAULTS: WorldOptions = {
  seed: 1,
  latency: [5, 150],
  jitter: 0.2,
  dial: [50, 600],
  dialFails: 0.02,
  dialSlow: 0.05,
  dialOneSided: 0.01,
  dialDead: [6_000, 10_000],
  notice: [5_000, 13_000],
  closeUnheard: 0.02,
  sampleSize: 20,
  lookup: [600_000, 720_000],
  secondLookup: [2_000, 10_000],
  badNat: 0,
  skew: 0,
  cpu: undefined
}
