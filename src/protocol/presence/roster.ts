import type { IdentityKey, MessageId, PeerKey, RelayKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_DEVICES, MAX_KNOWN_PEERS } from '../config.js'
import type { RoomEvent, Suspect } from '../events.js'
import type { VerifiedMessage } from '../wire/message.js'
import { Departed } from './departed.js'
import {
  counts,
  type Device,
  deviceFrom,
  freshOf,
  isReplay,
  type Naming,
  relaysOf,
  type Sign,
  signOf,
  suspectOf
} from './device.js'
import type { Heard } from './heard.js'
import { type MemberEvent, type News, Present } from './present.js'
import { PresentDevices } from './present-devices.js'
import { isStale, type Program, programFrom, unheard } from './program.js'
import { Tellers, type Told } from './tellers.js'
import { MAX_DEVICES_PER_IDENTITY, PRESENCE_TUNING } from './tuning.js'

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
  readonly #gone: Departed
  // BOUNDED: MAX_DEVICES devices in all.
  readonly #members = new Map<IdentityKey, Present>()
  readonly #tellers: Tellers
  readonly #devices: PresentDevices
  readonly #tuning: typeof PRESENCE_TUNING

  /** `self`: our own identity, whose coming and going is no news. `max`: how many devices there is room for. */
  constructor(self: IdentityKey, max: number = MAX_DEVICES, tuning = PRESENCE_TUNING) {
    this.#self = self
    this.#max = max
    this.#tuning = tuning
    this.#tellers = new Tellers(max)
    this.#devices = new PresentDevices(tuning.slackMillis)
    this.#gone = new Departed(MAX_KNOWN_PEERS, this.#tellers, this.#devices.claims)
  }

  /** How many devices of others are present. */
  get deviceCount(): number {
    return this.#devices.count
  }

  /** The members that are present, our own other devices included, in the order in which they came. */
  members(): Member[] {
    return [...this.#members.keys()].flatMap(identity => this.member(identity) ?? [])
  }

  /** A member that is present. */
  member(identity: IdentityKey): Member | undefined {
    const present = this.#members.get(identity)
    if (present === undefined) return undefined
    const devices = [...present.devices.keys()].filter(key => this.isOwner(identity, key))
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

  /** How many devices the member is present with. */
  deviceCountOf(identity: IdentityKey): number {
    return this.#members.get(identity)?.devices.size ?? 0
  }

  /** True if somebody is present with this device. */
  has(device: PeerKey): boolean {
    return this.#devices.claims.has(device)
  }

  /** True if the device is theirs as far as we know, or nobody's: proved by a link, or nobody else claimed it before. */
  isOwner(identity: IdentityKey, device: PeerKey): boolean {
    return this.#devices.claims.allow(device, identity)
  }

  /** A link has proved whose the device is. */
  linkUp(identity: IdentityKey, device: PeerKey, now: Millis): void {
    this.#devices.claims.prove(device, identity)
    this.#tellers.linkUp(identity, now)
  }

  /** There is no link to this identity any more. */
  linkDown(identity: IdentityKey, now: Millis): void {
    this.#tellers.linkDown(identity, this.#members.get(identity)?.devices.size ?? 0, now)
    this.#gone.linkDown(identity)
  }

  /** Somebody has this message: where it is the newest presence of a device, that vouches for its member. */
  vouch(id: MessageId, told: Told): void {
    const author = this.#devices.authorOf(id)
    if (author !== undefined) this.#tellers.vouch(author, told)
  }

  /** The same for a message with this clock. */
  vouchFor(author: IdentityKey, clock: Millis, told: Told): void {
    if (this.#members.get(author)?.hasSaid(clock)) this.#tellers.vouch(author, told)
  }

  /** True if only one link has told of the member, so that nobody else vouches for it; and who is charged with it. */
  standingOf(identity: IdentityKey, now: Millis) {
    return this.#tellers.standingOf(identity, now)
  }

  /** True if there is room for a device of this member, or somebody else would go for it. */
  hasRoomFor(heard: Pick<Heard, 'message' | keyof Told>): boolean {
    return this.deviceCount < this.#max || this.#tellers.leastFor(heard) !== undefined
  }

  /** What the member is called, as long as it is present, and since when by which of its devices. */
  namingOf(identity: IdentityKey): Naming | undefined {
    return this.#members.get(identity)?.naming
  }

  /** How far the members' clocks seem to be ahead of ours, in ms: what their newest presences say against when they came. */
  clocks(): Millis[] {
    return [...this.#devicesOf(this.#members.keys())].map(({ ahead }) => ahead)
  }

  /** The newest presence of each device that is its member's as far as we know. */
  signs(): Sign[] {
    const isTheirs = ({ body, message }: Device) => this.isOwner(message.author, body.device)
    return [...this.#devicesOf(this.#members.keys())]
      .filter(isTheirs)
      .map(d => signOf(d, this.namingOf(d.message.author)))
  }

  /** What this identity's device said last. */
  latestOf(identity: IdentityKey, device: PeerKey): Readonly<Device> | undefined {
    return this.#find(identity, device)
  }

  /** The relays that devices offer, each once, 64 at most: in the order of {@link Tellers.trustedFirst}. */
  relays(): RelayKey[] {
    return relaysOf(this.#devicesOf(this.#tellers.trustedFirst()))
  }

  /**
   * Presences that are fresh enough to hand on to a new link: first-hand ones not older than their interval, in the order of
   * {@link Tellers.trustedFirst}. Looks at so many as {@link freshOf} does.
   */
  toHandOn(max: number, now: Millis): VerifiedMessage[] {
    const devices = this.#devicesOf(this.#tellers.trustedFirst())
    return freshOf(devices, max, now, this.#tuning.slackMillis)
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
    if (known !== undefined) this.#devices.expiry.suspect(known, now)
    return known !== undefined
  }

  /** The device that such a suspicion counts against; undefined for one that says nothing new. */
  suspectable({ clock, device, identity }: Suspect, saidAt: Millis, wall: Millis) {
    const known = this.#find(identity, device)
    const slack = this.#tuning.suspicionSlackMillis
    return known && counts(clock, saidAt, known, wall, slack) ? known : undefined
  }

  /** Takes a presence; the newest clock of each device wins, of the program that runs now. Undefined if it says nothing new. `wall`: ms since 1970. */
  hear(heard: Heard, now: Millis, wall: Millis): News | undefined {
    const { body, message } = heard
    if (isReplay(heard, wall)) return undefined
    const known = this.#find(message.author, body.device)
    const last = known?.program ?? this.#gone.get(`${message.author}/${body.device}`)
    if (isStale(heard, last)) return undefined
    const program = programFrom(heard, last)
    if (body.leaving)
      return { isNew: false, events: this.#leave(message.author, body.device, program, now, heard) }
    const events = known === undefined ? this.#makeRoom(heard, now) : []
    if (events === undefined) return undefined
    this.#tellers.told(heard, !this.isHere(message.author), now)
    events.push(...this.#enter(deviceFrom(heard, known, program, now, wall), known))
    return { isNew: known === undefined, events }
  }

  /** The device said goodbye on its own link. */
  goodbye(identity: IdentityKey, device: PeerKey, now: Millis): RoomEvent[] {
    const known = this.#find(identity, device)
    return known === undefined ? [] : this.#remove(known, known.program, now)
  }

  /** Removes suspected devices that have not spoken for 3 s, and all of which nothing was heard for 2.5 intervals. */
  expire(now: Millis): RoomEvent[] {
    return this.#devices.expiry.expired(now).flatMap(d => this.#remove(d, d.program, now))
  }

  /** Devices of which nothing was heard for 1.5 intervals, once `expire` has looked: so many at most, and each once. */
  overdue(max: number): Suspect[] {
    return this.#devices.expiry.overdue(max)
  }

  /** We have slept for so long and heard nobody: that says nothing against them. */
  excuse(slept: Millis): void {
    this.#devices.expiry.excuse(this.#devicesOf(this.#members.keys()), slept)
  }

  #find(identity: IdentityKey, device: PeerKey): Device | undefined {
    return this.#members.get(identity)?.devices.get(device)
  }

  /** Whoever had to go for this new device; undefined if there is no room for it. */
  #makeRoom(heard: Heard, now: Millis): RoomEvent[] | undefined {
    if (this.deviceCountOf(heard.message.author) >= MAX_DEVICES_PER_IDENTITY) return undefined
    if (this.deviceCount < this.#max) return []
    const out = this.#tellers.leastFor(heard)
    if (out === undefined) return undefined
    return [...this.#devicesOf([out])].flatMap(d => this.#remove(d, unheard(d.program), now))
  }

  #enter(device: Device, known: Device | undefined): RoomEvent[] {
    const { body, message } = device
    const member = this.#members.get(message.author)
    this.#devices.enter(device, known)
    if (known === undefined) this.#tellers.weigh(message.author, 1)
    if (member === undefined) {
      this.#members.set(message.author, new Present(device))
      return this.#news({ type: 'join', identity: message.author, nick: body.nick })
    }
    member.devices.set(body.device, device)
    return this.#news(member.renamed(message.author))
  }

  #remove({ body, message }: Device, program: Program, now: Millis): RoomEvent[] {
    return this.#leave(message.author, body.device, program, now)
  }

  #leave(identity: IdentityKey, key: PeerKey, program: Program, now: Millis, told: Told = {}) {
    this.#gone.add(identity, key, program, now, told)
    const member = this.#members.get(identity)
    const device = member?.devices.get(key)
    if (member === undefined || device === undefined) return []
    this.#devices.leave(device)
    this.#tellers.weigh(identity, -1)
    member.devices.delete(key)
    if (member.devices.size > 0) return this.#news(member.renamed(identity))
    this.#members.delete(identity)
    this.#tellers.forget(identity)
    return this.#news({ type: 'leave', identity, nick: member.nick })
  }

  #news(event: MemberEvent | undefined): RoomEvent[] {
    return event === undefined || event.identity === this.#self ? [] : [event]
  }

  *#devicesOf(identities: Iterable<IdentityKey>): Generator<Device> {
    for (const each of identities) yield* this.#members.get(each)?.devices.values() ?? []
  }
}
