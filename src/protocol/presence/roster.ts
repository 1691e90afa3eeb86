import type { IdentityKey, PeerKey, RelayKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_DEVICES, MAX_KNOWN_PEERS } from '../config.js'
import type { RoomEvent, Suspect } from '../events.js'
import type { VerifiedMessage } from '../wire/message.js'
import { Claims } from './claims.js'
import { Departed } from './departed.js'
import {
  counts,
  type Device,
  deviceFrom,
  freshOf,
  isReplay,
  type Naming,
  type Sign,
  signOf,
  suspectOf
} from './device.js'
import { Expiry } from './expiry.js'
import type { Heard } from './heard.js'
import { Hearsay } from './hearsay.js'
import { type News, Present } from './present.js'
import { ended, isStale, type Program, programFrom } from './program.js'
import { MAX_DEVICES_PER_IDENTITY, MAX_RELAYS, PRESENCE_TUNING } from './tuning.js'

/** Somebody in the room, ourselves included, as views show them. */
export interface Member {
  readonly identity: IdentityKey
  /** What the member is called: by the device whose user chose last. */
  readonly nick: string
  /** The devices that are the member's as far as we know; without those that it only claims. */
  readonly devices: readonly PeerKey[]
  /** True where every device says that it is a program. */
  readonly bot: boolean
  /** What its bots obey: names in lower case, without the slash; each once. */
  readonly commands: readonly string[]
}

/**
 * Who is in the room now, by signed presences: a member is there as long as one of its devices is. What is done for a
 * presence, and once a second, does not grow with the room.
 */
export class Roster {
  readonly #self: IdentityKey
  readonly #max: number
  // BOUNDED: MAX_DEVICES devices in all.
  readonly #members = new Map<IdentityKey, Present>()
  readonly #gone = new Departed(MAX_KNOWN_PEERS)
  readonly #claims = new Claims()
  readonly #hearsay = new Hearsay()
  readonly #expiry: Expiry
  readonly #tuning: typeof PRESENCE_TUNING
  #devices = 0

  /** `self`: our own identity, whose coming and going is no news. `max`: how many devices there is room for. */
  constructor(self: IdentityKey, max: number = MAX_DEVICES, tuning = PRESENCE_TUNING) {
    this.#self = self
    this.#max = max
    this.#tuning = tuning
    this.#expiry = new Expiry(tuning.slackMillis)
  }

  /** How many devices of others are present. */
  get deviceCount(): number {
    return this.#devices
  }

  /** The members that are present, our own other devices included, in the order in which they came. */
  members(): Member[] {
    return [...this.#members.keys()].flatMap(identity => this.member(identity) ?? [])
  }

  /** A member that is present. */
  member(identity: IdentityKey): Member | undefined {
    const present = this.#members.get(identity)
    if (present === undefined) return undefined
    const devices = [...present.devices.keys()].filter(key => this.#claims.allow(key, identity))
    const { commands, isBot, nick } = present
    return { identity, nick, devices, bot: isBot, commands }
  }

  /** How many members other than ourselves are present. */
  get otherCount(): number {
    return this.#members.size - (this.#members.has(this.#self) ? 1 : 0)
  }

  /** How many other members there are, this one included whether present or not. */
  countOthers(other: IdentityKey): number {
    return this.#members.has(other) ? this.otherCount : this.otherCount + 1
  }

  /** True if the member is present. */
  isHere(identity: IdentityKey): boolean {
    return this.#members.has(identity)
  }

  /** True if somebody is present with this device. */
  has(device: PeerKey): boolean {
    return this.#claims.has(device)
  }

  /** True if only one link has told of the member, so that nobody else vouches for it. */
  isHearsay(identity: IdentityKey): boolean {
    return this.#hearsay.has(identity)
  }

  /** True if the device is theirs as far as we know, or nobody's: proved by a link, or nobody else claimed it before. */
  isOwner(identity: IdentityKey, device: PeerKey): boolean {
    return this.#claims.allow(device, identity)
  }

  /** A link has proved whose the device is. */
  prove(identity: IdentityKey, device: PeerKey): void {
    this.#claims.prove(device, identity)
    this.#hearsay.confirm(identity)
  }

  /** What the member is called, as long as it is present, and since when by which of its devices. */
  namingOf(identity: IdentityKey): Naming | undefined {
    return this.#members.get(identity)?.naming
  }

  /** How far the members' clocks seem to be ahead of ours, in ms: what their newest presences say against when they came. */
  clocks(): Millis[] {
    return [...this.#all()].map(({ ahead }) => ahead)
  }

  /** The newest presence of each device that is its member's as far as we know. */
  signs(): Sign[] {
    const isTheirs = ({ body, message }: Device) => this.isOwner(message.author, body.device)
    return [...this.#all()].filter(isTheirs).map(d => signOf(d, this.namingOf(d.message.author)))
  }

  /** What this identity's device said last. */
  latestOf(identity: IdentityKey, device: PeerKey): Readonly<Device> | undefined {
    return this.#find(identity, device)
  }

  /** The relays that devices offer, each once, 64 at most: those of members whom more than one link told of first, then the latest. */
  relays(): RelayKey[] {
    const [sure, unsure]: [RelayKey[], RelayKey[]] = [[], []]
    for (const { body, message } of this.#all())
      if (body.relay !== undefined)
        (this.isHearsay(message.author) ? unsure : sure).push(body.relay)
    return [...new Set([...sure.toReversed(), ...unsure.toReversed()])].slice(0, MAX_RELAYS)
  }

  /**
   * Presences that are fresh enough to hand on to a new link: first-hand ones not older than their interval. Those of
   * members whom more than one link told of come first. Looks at so many as {@link freshOf} does.
   */
  toHandOn(max: number, now: Millis): VerifiedMessage[] {
    return freshOf(this.#trustedFirst(), max, now, this.#tuning.slackMillis)
  }

  /** True if somebody suspects a device of theirs. */
  isSuspected(identity: IdentityKey): boolean {
    return this.#members.get(identity)?.isSuspected === true
  }

  /** What can be said against this device; undefined if it is not here, or is suspected already. */
  suspectOf(identity: IdentityKey, device: PeerKey): Suspect | undefined {
    const known = this.#find(identity, device)
    return known && known.suspectedUntil === undefined ? suspectOf(known) : undefined
  }

  /**
   * Takes a suspicion that was signed with the clock `saidAt`: without a newer presence the device is gone after 3 s. True
   * if that is new. `wall`: ms since 1970.
   */
  suspect(suspect: Suspect, saidAt: Millis, now: Millis, wall: Millis): boolean {
    const known = this.suspectable(suspect, saidAt, wall)
    if (known !== undefined) this.#expiry.suspect(known, now)
    return known !== undefined
  }

  /** The device that such a suspicion counts against; undefined for one that says nothing new. */
  suspectable({ clock, device, identity }: Suspect, saidAt: Millis, wall: Millis) {
    const known = this.#find(identity, device)
    if (known === undefined || known.suspectedUntil !== undefined) return undefined
    return counts(clock, saidAt, known, wall, this.#tuning.suspicionSlackMillis) ? known : undefined
  }

  /** Takes a presence; the newest clock of each device wins, of the program that runs now. Undefined if it says nothing new. `wall`: ms since 1970. */
  hear(heard: Heard, now: Millis, wall: Millis): News | undefined {
    const { body, message } = heard
    if (isReplay(heard, wall)) return undefined
    const known = this.#find(message.author, body.device)
    const last = known?.program ?? this.#gone.get(`${message.author}/${body.device}`)
    if (isStale(heard, last)) return undefined
    if (body.leaving) {
      const program = programFrom(heard, last)
      const events = this.#leave(message.author, body.device, program, heard.teller)
      return { isNew: false, events }
    }
    const events = known === undefined ? this.#makeRoom(heard) : []
    if (events === undefined) return undefined
    events.push(...this.#enter(heard, deviceFrom(heard, known, last, now, wall), known))
    return { isNew: known === undefined, events }
  }

  /** The device said goodbye on its own link. */
  goodbye(identity: IdentityKey, device: PeerKey): RoomEvent[] {
    const known = this.#find(identity, device)
    return known === undefined ? [] : this.#leave(identity, device, known.program)
  }

  /** Removes suspected devices that have not spoken for 3 s, and all of which nothing was heard for 2.5 intervals. */
  expire(now: Millis): RoomEvent[] {
    const gone = this.#expiry.expired(now)
    return gone.flatMap(({ body, message, program }) =>
      this.#leave(message.author, body.device, program)
    )
  }

  /** Devices of which nothing was heard for 1.5 intervals, once `expire` has looked: so many at most, and each once. */
  overdue(max: number): Suspect[] {
    return this.#expiry.overdue(max)
  }

  /** We have slept for so long and heard nobody: that says nothing against them. */
  excuse(slept: Millis): void {
    this.#expiry.excuse(this.#all(), slept)
  }

  #find(identity: IdentityKey, device: PeerKey): Device | undefined {
    return this.#members.get(identity)?.devices.get(device)
  }

  /** Whoever had to go for this new device; undefined if there is no room for it. */
  #makeRoom(heard: Heard): RoomEvent[] | undefined {
    const own = this.#members.get(heard.message.author)?.devices.size ?? 0
    if (own >= MAX_DEVICES_PER_IDENTITY) return undefined
    if (this.#devices < this.#max) return []
    const out = this.#hearsay.least(heard)
    return out === undefined ? undefined : this.#evict(out)
  }

  #evict(identity: IdentityKey): RoomEvent[] {
    const devices = [...(this.#members.get(identity)?.devices.values() ?? [])]
    return devices.flatMap(({ body, program }) =>
      this.#leave(identity, body.device, { ...program, clock: program.clock - 1 })
    )
  }

  #enter(heard: Heard, device: Device, known: Device | undefined): RoomEvent[] {
    const { body, message } = device
    const member = this.#members.get(message.author)
    this.#hearsay.note(heard, member === undefined)
    this.#expiry.watch(device)
    if (known === undefined) this.#claims.add(body.device, message.author)
    if (known === undefined) this.#devices += 1
    else this.#expiry.forget(known)
    if (member === undefined) return this.#join(device)
    member.devices.set(body.device, device)
    return this.#rename(member, message.author)
  }

  #join(device: Device): RoomEvent[] {
    const { body, message } = device
    this.#members.set(message.author, new Present(device))
    return this.#news({ type: 'join', identity: message.author, nick: body.nick })
  }

  #rename(member: Present, identity: IdentityKey): RoomEvent[] {
    const previous = member.nick
    const nick = member.naming?.nick ?? previous
    member.nick = nick
    return nick === previous ? [] : this.#news({ type: 'rename', identity, nick, previous })
  }

  #leave(identity: IdentityKey, key: PeerKey, program: Program, by = identity): RoomEvent[] {
    this.#gone.set(`${identity}/${key}`, ended(program), by)
    const member = this.#members.get(identity)
    const device = member?.devices.get(key)
    if (member === undefined || device === undefined) return []
    this.#expiry.forget(device)
    member.devices.delete(key)
    this.#claims.delete(key, identity)
    this.#devices -= 1
    if (member.devices.size > 0) return this.#rename(member, identity)
    this.#members.delete(identity)
    this.#hearsay.forget(identity)
    return this.#news({ type: 'leave', identity, nick: member.nick })
  }

  #news(event: Extract<RoomEvent, { identity: IdentityKey }>): RoomEvent[] {
    return event.identity === this.#self ? [] : [event]
  }

  *#trustedFirst(): Generator<Device> {
    for (const member of this.#hearsay.trustedFirst())
      yield* this.#members.get(member)?.devices.values() ?? []
  }

  *#all(): Generator<Device> {
    for (const { devices } of this.#members.values()) yield* devices.values()
  }
}
