import {
  MAX_PRESENCE_INTERVAL_MILLIS,
  type Millis,
  PRESENCE_GAP_PER_DEVICE_MILLIS,
  PRESENCE_INTERVAL_MILLIS,
  PRESENCE_INTERVAL_PER_DEVICE_MILLIS
} from './config.js'
import type { Random } from './events.js'

/** Time between two regular presences of one of so many devices, in ms: 3 s up to 30 devices, then 100 ms for each. */
export function presenceInterval(devices: number): Millis {
  const interval = devices * PRESENCE_INTERVAL_PER_DEVICE_MILLIS
  return Math.min(Math.max(interval, PRESENCE_INTERVAL_MILLIS), MAX_PRESENCE_INTERVAL_MILLIS)
}

/** Shortest time between a presence and an early one: 50 ms for each device. */
export function presenceGap(devices: number): Millis {
  return Math.max(1, devices) * PRESENCE_GAP_PER_DEVICE_MILLIS
}

/** When to fire next, and the number that tells a timer that still counts from an older one. */
export interface PresenceAlarm {
  readonly after: Millis
  readonly round: number
}

/** Decides when our presences go out; sends nothing itself. */
export class PresencePacer {
  readonly #random: Random
  #sentAt: Millis = Number.NEGATIVE_INFINITY
  #dueAt: Millis = Number.POSITIVE_INFINITY
  #round = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** True where the timer of this round is the one that counts. */
  isDue(round: number): boolean {
    return round === this.#round
  }

  /** A presence that announced this interval goes out now: when the next regular one is due. */
  sent(interval: Millis, now: Millis): PresenceAlarm {
    this.#sentAt = now
    // Early by up to a tenth, so that members that started together spread, and never late.
    return this.#alarm(now + Math.floor(interval * (1 - this.#random() / 10)), now)
  }

  /** There is news to tell: the alarm for an early presence, unless one as early is set already. */
  hurry(devices: number, now: Millis): PresenceAlarm | undefined {
    const gap = presenceGap(devices)
    // Everybody has the same news at the same time: spread over half a gap.
    const spread = Math.floor((this.#random() * gap) / 2)
    const at = Math.max(now, this.#sentAt + gap) + spread
    return at < this.#dueAt ? this.#alarm(at, now) : undefined
  }

  #alarm(at: Millis, now: Millis): PresenceAlarm {
    this.#dueAt = at
    this.#round += 1
    return { after: at - now, round: this.#round }
  }
}
