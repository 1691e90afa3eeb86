import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { Claims } from './claims.js'
import type { Device } from './device.js'
import { Expiry } from './expiry.js'

/** The devices that are here, whoever's: how many, whose each is, when it is gone, and what it said last. */
export class PresentDevices {
  readonly claims = new Claims()
  readonly expiry: Expiry
  // BOUNDED: by the roster, MAX_DEVICES in all. Who said this as the last word of a device.
  readonly #authorOf = new Map<MessageId, IdentityKey>()
  #count = 0

  /** `slack`: added to the times after which a presence is missed, and its device gone. */
  constructor(slack: Millis) {
    this.expiry = new Expiry(slack)
  }

  get count(): number {
    return this.#count
  }

  /** Whose newest presence this is; undefined for all others. */
  authorOf(id: MessageId): IdentityKey | undefined {
    return this.#authorOf.get(id)
  }

  /** A device has spoken; `known`: what was known of it before, if it was here. */
  enter(device: Device, known: Device | undefined): void {
    const { body, message } = device
    this.expiry.watch(device)
    this.#authorOf.set(message.id, message.author)
    if (known === undefined) {
      this.claims.add(body.device, message.author)
      this.#count += 1
      return
    }
    this.expiry.forget(known)
    this.#authorOf.delete(known.message.id)
  }

  /** A device is gone. */
  leave(device: Device): void {
    const { body, message } = device
    this.expiry.forget(device)
    this.#authorOf.delete(message.id)
    this.claims.delete(body.device, message.author)
    this.#count -= 1
  }
}
