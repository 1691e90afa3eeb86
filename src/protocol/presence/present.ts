import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { RoomEvent } from '../events.js'
import { type Device, laterNaming, type Naming } from './device.js'

/** Somebody came, went, or is called something else. */
export type MemberEvent = Extract<RoomEvent, { identity: IdentityKey }>

/** What a presence led to. */
export interface News {
  readonly events: RoomEvent[]
  /** True if the device was not here before. */
  readonly isNew: boolean
}

/** A member that is present, with at least one device. */
export class Present {
  /** What it is called. */
  nick: string
  // BOUNDED: MAX_DEVICES_PER_IDENTITY.
  readonly devices: Map<PeerKey, Device>

  constructor(device: Device) {
    this.nick = device.naming.nick
    this.devices = new Map([[device.body.device, device]])
  }

  /** What its devices say that it is called: the one counts whose user chose last. */
  get naming(): Naming | undefined {
    let latest: Naming | undefined
    for (const { naming } of this.devices.values())
      latest = latest === undefined ? naming : laterNaming(latest, naming)
    return latest
  }

  /** Calls it what its devices say now; news if that is something else. */
  renamed(identity: IdentityKey): MemberEvent | undefined {
    const previous = this.nick
    this.nick = this.naming?.nick ?? previous
    const { nick } = this
    return nick === previous ? undefined : { type: 'rename', identity, nick, previous }
  }

  /** True if every device says that it is a program. */
  get isBot(): boolean {
    return [...this.devices.values()].every(({ body }) => body.bot)
  }

  /** True if the newest presence of one of its devices has this clock. */
  hasSaid(clock: Millis): boolean {
    for (const { message } of this.devices.values()) if (message.clock === clock) return true
    return false
  }

  /** True if somebody suspects one of its devices. */
  get isSuspected(): boolean {
    for (const { suspectedUntil } of this.devices.values())
      if (suspectedUntil !== undefined) return true
    return false
  }

  /** What its bots obey, each name once. */
  get commands(): string[] {
    const bots = [...this.devices.values()].filter(({ body }) => body.bot)
    return [...new Set(bots.flatMap(({ body }) => body.commands ?? []))]
  }
}
