import b4a from 'b4a'
import type { Millis } from '../../base/time.js'
import type { PresenceBody } from '../wire/bodies.js'
import type { VerifiedMessage } from '../wire/message.js'

/** Another running program with our device key: a copied home, or one volume in two containers. Noticed once. */
export class Rival {
  readonly #instance: Uint8Array | undefined
  #startedAt: Millis = Number.POSITIVE_INFINITY
  #noticed = false

  /** `instance`: the number of this program; without one nothing is noticed. */
  constructor(instance: Uint8Array | undefined) {
    this.#instance = instance
  }

  /** We are in the room, by the clock that messages are dated with: what our predecessor said is older. */
  start(wall: Millis): void {
    this.#startedAt = wall
  }

  /**
   * Takes a presence of our own identity that names our device. True if only another program can have said it: one
   * that runs now, for a replay is older than our start, and nobody else has our identity's secret key.
   */
  betrays({ clock }: VerifiedMessage, { instance }: PresenceBody): boolean {
    if (this.#noticed || this.#instance === undefined || instance === undefined) return false
    if (clock <= this.#startedAt || b4a.equals(instance, this.#instance)) return false
    this.#noticed = true
    return true
  }
}
