import type { IdentityKey, MessageId, PeerKey, RelayKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import {
  MAX_DEVICES,
  MAX_DEVICES_PER_IDENTITY,
  MAX_KNOWN_PEERS,
  MAX_PRESENCE_AGE_MILLIS,
  MAX_PRESENCE_INTERVAL_MILLIS,
  PRESENCE_DUE_INTERVALS,
  PRESENCE_INTERVAL_MILLIS,
  PRESENCE_LIFE_INTERVALS,
  PRESENCE_SLACK_MILLIS,
  SUSPICION_MILLIS
} from '../config.js'
import type { RoomEvent } from '../events.js'
import type { PresenceBody } from '../wire/bodies.js'
import type { VerifiedMessage } from '../wire/message.js'

/** Somebody in the room, ourselves included, as views show them. */
export interface Member {
  readonly identity: IdentityKey
  readonly nick: string
  readonly devices: readonly PeerKey[]
  /** True where every device says that it is a program. */
  readonly bot: boolean
  /** What its bots obey: names in lower case, without the slash; each once. */
  readonly commands: readonly string[]
}

/** A presence that was read from a verified message. */
export interface Heard {
  readonly message: VerifiedMessage
  readonly body: PresenceBody
  /** True where a neighbour handed it on, so that it may be old. */
  readonly handedOn: boolean
}

/** A device that may be gone: the newest presence of it that somebody knows has this clock. */
export interface Suspect {
  readonly identity: IdentityKey
  readonly device: PeerKey
  readonly clock: Millis
}

/** What a presence led to. */
export interface News {
  readonly events: RoomEvent[]
  /** True where the device was not here before. */
  readonly isNew: boolean
}

interface Device extends Heard {
  readonly key: DeviceId
  readonly interval: Millis
  /** How far its clock seemed to be ahead of ours. */
  readonly ahead: Millis
  heardAt: Millis
  /** True where its next presence is overdue, and was said to be. */
  isOverdue: boolean
  /** When it is gone, where somebody suspects it. */
  suspectedUntil: Millis | undefined
}

/** One device as one identity claims it: nobody can touch another identity's devices by naming them. */
type DeviceId = `${IdentityKey}/${PeerKey}`

interface Present {
  nick: string
  // BOUNDED: MAX_DEVICES_PER_IDENTITY.
  readonly devices: Map<PeerKey, Device>
}

/** Who is in the room now, by signed presences: a member is there as long as one of its devices is. */
export class Roster {
  readonly #self: IdentityKey
  // BOUNDED: MAX_DEVICES devices in all.
  readonly #members = new Map<IdentityKey, Present>()
  // BOUNDED: MAX_KNOWN_PEERS: the last clock of devices that left, so that an old presence does not bring them back.
  readonly #gone = new Recent<DeviceId, Millis>(MAX_KNOWN_PEERS)
  #devices = 0
  /** See {@link #earliest}. */
  #nothingUntil: Millis = Number.POSITIVE_INFINITY

  /** `self`: our own identity, whose coming and going is no news. */
  constructor(self: IdentityKey) {
    this.#self = self
  }

  /** How many devices of others are present. */
  get deviceCount(): number {
    return this.#devices
  }

  /** The members that are present, our own other devices included, in the order in which they came. */
  members(): Member[] {
    return [...this.#members].map(([identity, { devices, nick }]) => {
      const bodies = [...devices.values()].map(({ body }) => body)
      const bot = bodies.every(body => body.bot)
      return { identity, nick, devices: [...devices.keys()], bot, commands: commandsOf(bodies) }
    })
  }

  /** How many other members there are, this one included whether present or not. */
  countOthers(other: IdentityKey): number {
    const present = this.#members.size - (this.#members.has(this.#self) ? 1 : 0)
    return this.#members.has(other) ? present : present + 1
  }

  /** True where somebody is present with this device. */
  has(device: PeerKey): boolean {
    for (const { devices } of this.#members.values()) if (devices.has(device)) return true
    return false
  }

  /** What the member is called, as long as it is present. */
  nickOf(identity: IdentityKey): string | undefined {
    return this.#members.get(identity)?.nick
  }

  /** How far the members' clocks seem to be ahead of ours, in ms: what their newest presences say against when they came. */
  clocks(): Millis[] {
    return [...this.#all()].map(({ ahead }) => ahead)
  }

  /** The heads in the newest presence of this identity's device. */
  headsOf(identity: IdentityKey, device: PeerKey): readonly MessageId[] | undefined {
    return this.#members.get(identity)?.devices.get(device)?.message.parents
  }

  /** The relays that devices offer, each once; those that came last first. */
  relays(): RelayKey[] {
    const offers = [...this.#all()].flatMap(({ body }) => body.relay ?? [])
    return [...new Set(offers.toReversed())]
  }

  /** Presences that are fresh enough to hand on to a new link: first-hand ones not older than their interval. */
  toHandOn(max: number, now: Millis): VerifiedMessage[] {
    const fresh: VerifiedMessage[] = []
    for (const { handedOn, heardAt, interval, message, suspectedUntil } of this.#all()) {
      const young = now - heardAt <= interval + PRESENCE_SLACK_MILLIS
      if (young && !handedOn && suspectedUntil === undefined) fresh.push(message)
      if (fresh.length === max) break
    }
    return fresh
  }

  /** What can be said against this device; undefined where it is not here, or is suspected already. */
  suspectOf(identity: IdentityKey, device: PeerKey): Suspect | undefined {
    const known = this.#members.get(identity)?.devices.get(device)
    return known && known.suspectedUntil === undefined ? suspectOf(known) : undefined
  }

  /** Takes a suspicion: without a newer presence the device is gone after 3 s. True where that is new. */
  suspect({ clock, device, identity }: Suspect, now: Millis): boolean {
    const known = this.#members.get(identity)?.devices.get(device)
    if (known === undefined || known.suspectedUntil !== undefined) return false
    if (known.message.clock > clock) return false
    known.suspectedUntil = now + SUSPICION_MILLIS
    this.#nothingUntil = Math.min(this.#nothingUntil, known.suspectedUntil)
    return true
  }

  /** Takes a presence; the newest clock of each device wins. Undefined where it says nothing new. */
  hear(heard: Heard, now: Millis, wall: Millis = now): News | undefined {
    const { body, message } = heard
    const key: DeviceId = `${message.author}/${body.device}`
    const known = this.#members.get(message.author)?.devices.get(body.device)
    const last = Math.max(known?.message.clock ?? -1, this.#gone.get(key) ?? -1)
    if (message.clock <= last || message.clock < wall - MAX_PRESENCE_AGE_MILLIS) return undefined
    if (body.leaving) {
      return { isNew: false, events: this.#leave(message.author, body.device, message.clock) }
    }
    const interval = readInterval(body)
    const fresh = { isOverdue: false, suspectedUntil: undefined }
    const ahead = message.clock - wall
    const device = { ...heard, ...fresh, key, interval, heardAt: now, ahead }
    this.#nothingUntil = Math.min(this.#nothingUntil, dueAt(device))
    return this.#enter(device, known)
  }

  /** The device said goodbye on its own link. */
  goodbye(identity: IdentityKey, device: PeerKey): RoomEvent[] {
    const clock = this.#members.get(identity)?.devices.get(device)?.message.clock
    return clock === undefined ? [] : this.#leave(identity, device, clock)
  }

  /** Removes suspected devices that have not spoken for 3 s, and all of which nothing was heard for 2.5 intervals. */
  expire(now: Millis): RoomEvent[] {
    if (now <= this.#nothingUntil) return []
    this.#nothingUntil = this.#earliest()
    const late = [...this.#all()].filter(device => now > expiryOf(device))
    return late.flatMap(({ body, message }) =>
      this.#leave(message.author, body.device, message.clock)
    )
  }

  /** Devices of which nothing was heard for 1.5 intervals: so many at most, and each once. */
  overdue(max: number, now: Millis): Suspect[] {
    if (now <= this.#nothingUntil) return []
    const late = [...this.#all()].filter(device => !device.isOverdue && now > dueAt(device))
    return late.slice(0, max).map(device => {
      device.isOverdue = true
      return suspectOf(device)
    })
  }

  /** We have slept for so long and heard nobody: that says nothing against them. */
  excuse(slept: Millis): void {
    for (const device of this.#all()) device.heardAt += slept
  }

  #enter(device: Device, known: Device | undefined): News | undefined {
    const { body, message } = device
    const member = this.#members.get(message.author)
    const isNew = known === undefined
    if (isNew && !this.#roomFor(member)) return undefined
    if (isNew) this.#devices += 1
    if (member === undefined) return { isNew, events: this.#join(device) }
    member.devices.set(body.device, device)
    if (known?.body.nick === body.nick) return { isNew, events: [] }
    return { isNew, events: this.#rename(member, message.author, body.nick) }
  }

  #roomFor(member: Present | undefined): boolean {
    const own = member?.devices.size ?? 0
    return own < MAX_DEVICES_PER_IDENTITY && this.#devices < MAX_DEVICES
  }

  #join(device: Device): RoomEvent[] {
    const { body, message } = device
    const devices = new Map([[body.device, device]])
    this.#members.set(message.author, { nick: body.nick, devices })
    return this.#news({ type: 'join', identity: message.author, nick: body.nick })
  }

  #rename(member: Present, identity: IdentityKey, nick: string): RoomEvent[] {
    const previous = member.nick
    member.nick = nick
    return nick === previous ? [] : this.#news({ type: 'rename', identity, nick, previous })
  }

  #leave(identity: IdentityKey, device: PeerKey, clock: Millis): RoomEvent[] {
    this.#gone.set(`${identity}/${device}`, clock)
    const member = this.#members.get(identity)
    if (!member?.devices.delete(device)) return []
    this.#devices -= 1
    if (member.devices.size > 0) return []
    this.#members.delete(identity)
    return this.#news({ type: 'leave', identity, nick: member.nick })
  }

  #news(event: Extract<RoomEvent, { identity: IdentityKey }>): RoomEvent[] {
    return event.identity === this.#self ? [] : [event]
  }

  /** Before this nobody is gone or overdue, whatever happens but a presence or a suspicion. */
  #earliest(): Millis {
    let earliest = Number.POSITIVE_INFINITY
    for (const device of this.#all()) {
      const at = device.isOverdue ? expiryOf(device) : Math.min(dueAt(device), expiryOf(device))
      earliest = Math.min(earliest, at)
    }
    return earliest
  }

  *#all(): Generator<Device> {
    for (const { devices } of this.#members.values()) yield* devices.values()
  }
}

function commandsOf(bodies: readonly PresenceBody[]): string[] {
  return [...new Set(bodies.flatMap(({ bot, commands }) => (bot && commands) || []))]
}

function readInterval(body: PresenceBody): Millis {
  return Math.min(Math.max(body.interval, PRESENCE_INTERVAL_MILLIS), MAX_PRESENCE_INTERVAL_MILLIS)
}

function suspectOf({ body, message }: Device): Suspect {
  return { identity: message.author, device: body.device, clock: message.clock }
}

function dueAt({ heardAt, interval }: Device): Millis {
  return heardAt + PRESENCE_DUE_INTERVALS * interval + PRESENCE_SLACK_MILLIS
}

function expiryOf({ heardAt, interval, suspectedUntil }: Device): Millis {
  return suspectedUntil ?? heardAt + PRESENCE_LIFE_INTERVALS * interval + PRESENCE_SLACK_MILLIS
}
