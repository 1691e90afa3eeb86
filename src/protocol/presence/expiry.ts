import type { Millis } from '../../base/time.js'
import { SUSPICION_MILLIS } from '../config.js'
import type { Suspect } from '../events.js'
import { Deadlines } from './deadlines.js'
import { type Device, dueAt, expiryOf, hurry, nextLookAt, suspectOf } from './device.js'
import { MANY_SUSPECTED, SUSPICION_OF_MANY_MILLIS, SUSPICION_SLOW_MILLIS } from './tuning.js'

/** Which devices are overdue, and which are gone. */
export class Expiry {
  readonly #slack: Millis
  readonly #deadlines = new Deadlines<Device>()
  // BOUNDED: by the devices that are watched: overdue, and not yet said to be.
  readonly #late = new Set<Device>()
  // BOUNDED: by the same: those that are suspected.
  readonly #suspected = new Set<Device>()

  /** `slack`: added to the times after which a presence is missed, and its device gone. */
  constructor(slack: Millis) {
    this.#slack = slack
  }

  /** The device has spoken: from now on it is waited for. */
  watch(device: Device): void {
    this.#deadlines.set(device, nextLookAt(device, this.#slack))
  }

  /** The device is gone, or spoke again, which makes another entry of it. */
  forget(device: Device): void {
    this.#deadlines.delete(device)
    this.#late.delete(device)
    this.#suspected.delete(device)
  }

  /**
   * The device is gone after 3 s unless it speaks. If many are suspected, so many answer that some take longer; so does the answer to
   * what is not hurried.
   */
  suspect(device: Device, now: Millis): void {
    const few = this.#suspected.size < MANY_SUSPECTED
    hurry(device, now)
    const hurried = few ? SUSPICION_MILLIS : SUSPICION_OF_MANY_MILLIS
    device.suspectedUntil = now + (device.isHurried ? hurried : SUSPICION_SLOW_MILLIS)
    this.#suspected.add(device)
    this.#deadlines.set(device, device.suspectedUntil)
  }

  /** Devices that were suspected and have not spoken for 3 s, and all of which nothing was heard for 2.5 intervals. */
  expired(now: Millis): Device[] {
    const gone: Device[] = []
    for (const device of this.#deadlines.take(now)) {
      if (now > expiryOf(device, this.#slack)) gone.push(device)
      else this.#waitFor(device, now)
    }
    return gone
  }

  /** Devices of which nothing was heard for 1.5 intervals, once `expired` has looked: so many at most, and each once. */
  overdue(max: number): Suspect[] {
    const suspects: Suspect[] = []
    for (const device of this.#late) {
      if (suspects.length === max) break
      this.#late.delete(device)
      device.isOverdue = true
      suspects.push(suspectOf(device))
    }
    return suspects
  }

  /** Nobody was heard for so long, because we slept: that says nothing against them. */
  excuse(devices: Iterable<Device>, slept: Millis): void {
    this.#late.clear()
    for (const device of devices) {
      device.heardAt += slept
      this.watch(device)
    }
  }

  // Deadlines come by the second: one may be a little early.
  #waitFor(device: Device, now: Millis): void {
    const slack = this.#slack
    const isLate = !device.isOverdue && now > dueAt(device, slack)
    if (isLate) this.#late.add(device)
    this.#deadlines.set(device, isLate ? expiryOf(device, slack) : nextLookAt(device, slack))
  }
}
