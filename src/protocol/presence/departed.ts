import type { IdentityKey } from '../../base/ids.js'
import { Shares } from '../../base/shares.js'
import type { DeviceId } from './device.js'
import type { Program } from './program.js'

/**
 * What spoke last with the keys of devices that left, so that an old presence does not bring them back. Devices cost nothing:
 * whoever has told of most forgets first, so that nobody's are forgotten for those of others.
 */
export class Departed {
  readonly #max: number
  // BOUNDED: #max.
  readonly #programs = new Map<DeviceId, Program>()
  // BOUNDED: the same devices, by who told of them.
  readonly #shares = new Shares<IdentityKey, { readonly id: DeviceId; readonly clock: number }>()
  /** How many have come. */
  #count = 0

  /** Remembers at most `max` devices. */
  constructor(max: number) {
    this.#max = max
  }

  get(device: DeviceId): Program | undefined {
    return this.#programs.get(device)
  }

  /** The device has left, as this member says: itself, or whose link that came over. */
  set(device: DeviceId, program: Program, by: IdentityKey): void {
    const isKnown = this.#programs.has(device)
    this.#programs.set(device, program)
    if (isKnown) return
    this.#count += 1
    this.#shares.add(by, { id: device, clock: this.#count })
    const first = this.#programs.size > this.#max ? this.#shares.takeFirst() : undefined
    if (first !== undefined) this.#programs.delete(first.id)
  }
}
