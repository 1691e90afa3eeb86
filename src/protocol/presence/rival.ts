import b4a from 'b4a'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_LEAD_MILLIS } from '../config.js'
import type { Turn } from '../turn.js'
import type { PresenceBody } from '../wire/bodies/presence.js'
import { RIVAL_SLACK_MILLIS } from './tuning.js'

/** A message came so late at most. Guess: through a large room. */
const MESSAGE_DELAY_MILLIS: Millis = 1_000

/** Another running program with our device key: a copied home, or one volume in two containers. Noticed once. */
export class Rival {
  readonly #turn: Turn
  readonly #instance: Uint8Array
  #startedAt: Millis = Number.POSITIVE_INFINITY
  /** How far the room's clocks were ahead of ours since we started. */
  #lead: Millis = 0
  #noticed = false

  /** `instance`: the number of this program. */
  constructor(turn: Turn, instance: Uint8Array) {
    this.#turn = turn
    this.#instance = instance
  }

  /** We are in the room: what our predecessor said is older. */
  start(): void {
    this.#startedAt = this.#turn.now
  }

  /** Somebody else's message has this clock. */
  note(clock: Millis): void {
    const ahead = clock - this.#turn.wall
    if (ahead <= 0) return
    const lead = Math.min(ahead + MESSAGE_DELAY_MILLIS, MAX_CLOCK_LEAD_MILLIS)
    this.#lead = Math.max(this.#lead, lead)
  }

  /**
   * Takes a presence of our own identity that names our device. True if only another program can have said it, one that
   * runs now: a replay is older than our start, and nobody else has our identity's secret key.
   */
  betrays(clock: Millis, { instance }: PresenceBody): boolean {
    if (this.#noticed) return false
    if (b4a.equals(instance, this.#instance) || !this.#isOfNow(clock)) return false
    this.#noticed = true
    return true
  }

  // Clocks follow those of others for 2.5 minutes: so far ahead of our start our predecessor may have been.
  #isOfNow(clock: Millis): boolean {
    const { now, wall } = this.#turn
    const since = clock - (this.#startedAt + wall - now)
    if (since > MAX_CLOCK_LEAD_MILLIS) return true
    return since > this.#lead && clock <= wall + RIVAL_SLACK_MILLIS
  }
}
