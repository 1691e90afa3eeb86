import { atMost } from '../../async/at-most.js'
import { sleep } from '../../async/sleep.js'
import type { Millis } from '../../base/time.js'
import type { Member } from '../../protocol/presence/roster.js'
import type { RoomUpdate } from '../events.js'
import type { Endpoint } from './endpoint.js'
import { Returning } from './returning.js'

/**
 * A device that gives its key up stays until the next one is linked, this long at most. Guess: a
 * lookup and a dial.
 */
const OVERLAP_MILLIS: Millis = 5_000
/**
 * ... and this long after, until everybody has heard of the next one. Guess: gossip through a large
 * room.
 */
const HANDOVER_MILLIS: Millis = 1_000
/**
 * Whom our new device has not heard of by then is gone. Guess: the presences of a large room are
 * handed on with a link.
 */
const RETURN_MILLIS: Millis = 15_000

/**
 * What happens around a change of our device key: the former device leaves late, and nobody else
 * seems to come or go.
 */
export class Handover {
  readonly #tell: (update: RoomUpdate) => void
  // BOUNDED: devices that gave their keys up leave within OVERLAP_MILLIS, and each came of another
  // program's presence.
  readonly #departing = new Set<Endpoint>()
  #returning: Returning | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #leaving = new AbortController()

  /** `tell` hears of members who have not come back. */
  constructor(tell: (update: RoomUpdate) => void) {
    this.#tell = tell
  }

  /** These members, and those who are still expected to come back. */
  among(present: Member[]): Member[] {
    return this.#returning?.among(present) ?? present
  }

  /** What to tell instead of this update, if anything. */
  filter(update: RoomUpdate): RoomUpdate | undefined {
    return this.#returning === undefined ? update : this.#returning.filter(update)
  }

  /** Members whom the next device has still to hear of. */
  expect(members: readonly Member[]): void {
    const returning = new Returning(members)
    this.#returning = returning
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#returning = undefined
      for (const update of returning.giveUp()) this.#tell(update)
    }, RETURN_MILLIS)
  }

  /** Lets the former device leave when the next one is linked. */
  async depart(former: Endpoint, next: Endpoint): Promise<void> {
    this.#departing.add(former)
    await atMost(OVERLAP_MILLIS, next.linked)
    await sleep(HANDOVER_MILLIS, this.#leaving.signal)
    await former.leave()
    this.#departing.delete(former)
  }

  /** Waits for nobody any more, and lets all former devices leave. Never rejects. */
  async leave(): Promise<void> {
    this.#leaving.abort()
    clearTimeout(this.#timer)
    await Promise.all([...this.#departing].map(former => former.leave()))
  }
}
