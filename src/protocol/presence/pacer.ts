import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import {
  MAX_PRESENCE_INTERVAL_MILLIS,
  PRESENCE_INTERVAL_MILLIS,
  PRESENCE_INTERVAL_PER_DEVICE_MILLIS
} from '../config.js'
import { isRoutine } from '../wire/bodies/presence.js'
import { KIND_PRESENCE } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import { PRESENCE_TUNING, TALK_GAPS, TALK_MILLIS } from './tuning.js'

/** Time between two regular presences of one of so many devices, in ms: 3 s for each, 10 s to 15 min. */
export function presenceInterval(devices: number): Millis {
  const interval = devices * PRESENCE_INTERVAL_PER_DEVICE_MILLIS
  return Math.min(Math.max(interval, PRESENCE_INTERVAL_MILLIS), MAX_PRESENCE_INTERVAL_MILLIS)
}

/** Shortest time between a presence and an early one: 200 ms for each device, by default. */
export function presenceGap(
  devices: number,
  perDevice = PRESENCE_TUNING.gapPerDeviceMillis
): Millis {
  return Math.max(1, devices) * perDevice
}

/** True for a regular presence: nobody waits for it. */
export function isRoutinePresence({ body, kind }: Pick<VerifiedMessage, 'body' | 'kind'>): boolean {
  return kind === KIND_PRESENCE && body !== undefined && isRoutine(body)
}

/** When to fire next, and the number that tells a timer that still counts from an older one. */
export interface PresenceAlarm {
  readonly after: Millis
  readonly round: number
}

/** Decides when our presences go out; sends nothing itself. */
export class PresencePacer {
  readonly #random: Random
  readonly #gapPerDevice: Millis
  #sentAt: Millis = Number.NEGATIVE_INFINITY
  #dueAt: Millis = Number.POSITIVE_INFINITY
  /** When the next regular one is due. */
  #regularAt: Millis = Number.POSITIVE_INFINITY
  /** When we said something else last: that told what we have as well. */
  #spokeAt: Millis = Number.NEGATIVE_INFINITY
  /** When there was news last, and the time before. */
  #newsAt: Millis = Number.NEGATIVE_INFINITY
  #newsBefore: Millis = Number.NEGATIVE_INFINITY
  #round = 0
  /** True where there is news that the next presence will tell. */
  #isEarly = false

  constructor(random: Random, gapPerDevice = PRESENCE_TUNING.gapPerDeviceMillis) {
    this.#random = random
    this.#gapPerDevice = gapPerDevice
  }

  /** True where the timer of this round is the one that counts. */
  isDue(round: number): boolean {
    return round === this.#round
  }

  /** A presence that announced this interval goes out now: when the next regular one is due. */
  sent(interval: Millis, now: Millis): PresenceAlarm {
    this.#sentAt = now
    this.#isEarly = false
    // Early by up to a tenth, so that members that started together spread, and never late.
    this.#regularAt = now + Math.floor(interval * (1 - this.#random() / 10))
    return this.#alarm(this.#regularAt, now)
  }

  /** We say something that names what we have, as presences do. */
  spoke(now: Millis): void {
    this.#spokeAt = now
  }

  /**
   * An early presence is due: the alarm for a later one if we have told its news ourselves since, or as long as people talk,
   * for a few gaps: the next line will be news as well. A regular one is never late.
   */
  postpone(devices: number, now: Millis): PresenceAlarm | undefined {
    const gap = presenceGap(devices, this.#gapPerDevice)
    const isTalk = now - this.#newsBefore < TALK_MILLIS
    const talkedAt = isTalk ? Math.min(now + gap, this.#sentAt + TALK_GAPS * gap) : now
    const at = Math.min(Math.max(this.#spokeAt + gap, talkedAt), this.#regularAt)
    return this.#isEarly && at > now ? this.#alarm(at, now) : undefined
  }

  /** There is news to tell: the alarm for an early presence, unless one is set already. */
  hurry(devices: number, now: Millis): PresenceAlarm | undefined {
    this.#newsBefore = this.#newsAt
    this.#newsAt = now
    // One draw for each presence: the least of many would be early for all.
    if (this.#isEarly) return undefined
    this.#isEarly = true
    const gap = presenceGap(devices, this.#gapPerDevice)
    // Everybody has the same news at the same time: spread over a gap.
    const spread = Math.floor(this.#random() * gap)
    const at = Math.max(now, this.#sentAt + gap) + spread
    return at < this.#dueAt ? this.#alarm(at, now) : undefined
  }

  /** There is news that only we have: the alarm for a presence `gap` after the one before at the earliest, unless it is set already. */
  urge(gap: Millis, now: Millis): PresenceAlarm | undefined {
    const at = Math.max(now, this.#sentAt + gap)
    return at < this.#dueAt ? this.#alarm(at, now) : undefined
  }

  #alarm(at: Millis, now: Millis): PresenceAlarm {
    this.#dueAt = at
    this.#round += 1
    return { after: at - now, round: this.#round }
  }
}
