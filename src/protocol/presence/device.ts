import type { IdentityKey, PeerKey, RelayKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import {
  MAX_PRESENCE_AGE_MILLIS,
  MAX_PRESENCE_INTERVAL_MILLIS,
  MAX_SUSPICION_AHEAD_MILLIS,
  PRESENCE_DUE_INTERVALS,
  PRESENCE_INTERVAL_MILLIS,
  PRESENCE_LIFE_INTERVALS
} from '../config.js'
import type { Suspect } from '../events.js'
import type { PresenceBody } from '../wire/bodies/presence.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { Heard } from './heard.js'
import { isAboutFormer, type Program } from './program.js'
import { HURRY_RATE, MAX_LOOKED_AT, MAX_RELAYS } from './tuning.js'

/** What a member is called by one of its devices: of several devices, that one counts whose user chose last. */
export interface Naming {
  readonly nick: string
  /** When it was chosen, ms since 1970. */
  readonly since: Millis
  readonly device: PeerKey
}

/** One device as one identity claims it: nobody can touch another identity's devices by naming them. */
export type DeviceId = `${IdentityKey}/${PeerKey}`

/** The newest presence of a device: its member's own word, whoever handed it on. */
export interface Sign {
  readonly device: PeerKey
  readonly identity: IdentityKey
  readonly nick: string
  /** When it was signed, ms since 1970, by the member's clock. */
  readonly at: Millis
  /** True if a member doubts that it is still here, and it has not spoken since. */
  readonly isDoubted: boolean
  /** True if it stores what it is handed. */
  readonly keeps: boolean
}

/** A device that is here. */
export interface Device extends Pick<Heard, 'message' | 'body' | 'handedOn'> {
  readonly interval: Millis
  /** Which running program of the device spoke last. */
  readonly program: Program
  readonly naming: Naming
  /** How far its clock is ahead of ours, in ms. */
  readonly ahead: Millis
  heardAt: Millis
  /** True if its next presence is overdue, and was said to be. */
  isOverdue: boolean
  /** When it is gone, if somebody suspects it. */
  suspectedUntil: Millis | undefined
  /** True if that is soon, so that the answer goes to all neighbours at once, as the suspicion did. */
  isHurried: boolean
  /** How often that may be so; undefined as long as nobody has suspected it. */
  hurries: TokenBucket | undefined
}

/** The device that this presence tells of; `known`: what was known of it before; `program`: the one that speaks now. */
export function deviceFrom(
  heard: Heard,
  known: Device | undefined,
  program: Program,
  now: Millis,
  wall: Millis
): Device {
  const { body, handedOn, message } = heard
  return {
    message,
    body,
    handedOn,
    interval: readInterval(body),
    program,
    naming: namingFrom(heard, known),
    ahead: message.clock - wall,
    heardAt: now,
    isOverdue: false,
    suspectedUntil: undefined,
    isHurried: false,
    hurries: known?.hurries
  }
}

/** The one that counts of two. The key decides between equal times, so that it is the same for everybody. */
export function laterNaming(a: Naming, b: Naming): Naming {
  if (a.since !== b.since) return a.since > b.since ? a : b
  return a.device > b.device ? a : b
}

/**
 * True for a presence that is older than any of a member that is here. What a member sends over its own link is none,
 * however wrong its clock is.
 */
export function isReplay({ message, teller }: Heard, wall: Millis): boolean {
  return teller !== message.author && message.clock < wall - MAX_PRESENCE_AGE_MILLIS
}

/** True if its newest presence can be handed on: heard first-hand, within its interval. */
function isFresh(device: Device, now: Millis, slack: Millis): boolean {
  const { handedOn, heardAt, interval, suspectedUntil } = device
  const young = now - heardAt <= interval + slack
  return young && !handedOn && suspectedUntil === undefined
}

/** The newest presences of so many of these that are fresh. Looks at MAX_LOOKED_AT at most: what it costs does not grow with a crowd. */
export function freshOf(
  devices: Iterable<Device>,
  max: number,
  now: Millis,
  slack: Millis
): VerifiedMessage[] {
  const fresh: VerifiedMessage[] = []
  let looked = 0
  for (const device of devices) {
    looked += 1
    if (isFresh(device, now, slack)) fresh.push(device.message)
    if (fresh.length >= max || looked >= MAX_LOOKED_AT) break
  }
  return fresh
}

/**
 * True for a suspicion of the device that names this clock and was signed with that one. What names an older presence than
 * we have is answered already. Whatever names a later one must be sure to be older than the answer to it, or an answer that
 * is here first would not be taken for one: an answer comes after `saidAt`, up to 2.5 minutes ahead of its own clock. What was
 * said of a program that had the key before is of no concern to the one that has it now.
 */
export function counts(
  clock: Millis,
  saidAt: Millis,
  known: Device,
  wall: Millis,
  slack: Millis
): boolean {
  if (known.suspectedUntil !== undefined || isAboutFormer(clock, known.program)) return false
  const newest = Math.max(known.message.clock, wall + known.ahead + slack)
  return (
    clock >= known.message.clock &&
    clock <= Math.min(newest, saidAt, wall + MAX_SUSPICION_AHEAD_MILLIS)
  )
}

/** True if the device is suspected, and a presence with this clock is the answer. */
export function awaits(known: Readonly<Device>, clock: Millis): boolean {
  return known.suspectedUntil !== undefined && clock > known.message.clock
}

/** True if a suspicion of the device may be hurried: who is suspected again and again has time to answer instead. */
export function mayHurry({ hurries }: Readonly<Device>, now: Millis): boolean {
  return hurries?.has(now) ?? true
}

/** The device is suspected. */
export function hurry(device: Device, now: Millis): void {
  device.hurries ??= new TokenBucket(HURRY_RATE, now)
  device.isHurried = device.hurries.take(now)
}

/** What can be said against the device. */
export function suspectOf({ body, message }: Device): Suspect {
  return { identity: message.author, device: body.device, clock: message.clock }
}

/** The newest presence of the device, whose member is called so. */
export function signOf(
  { body, message, suspectedUntil }: Device,
  naming: Naming | undefined
): Sign {
  const { author: identity, clock: at } = message
  return {
    device: body.device,
    identity,
    nick: naming?.nick ?? body.nick,
    at,
    isDoubted: suspectedUntil !== undefined,
    keeps: body.keeps === true
  }
}

/** The relays that these devices offer, each once, the first MAX_RELAYS. */
export function relaysOf(devices: Iterable<Device>): RelayKey[] {
  const relays = new Set<RelayKey>()
  for (const { body } of devices) {
    if (body.relay !== undefined) relays.add(body.relay)
    if (relays.size === MAX_RELAYS) break
  }
  return [...relays]
}

/** After this its next presence is overdue. */
export function dueAt({ heardAt, interval }: Device, slack: Millis): Millis {
  return heardAt + PRESENCE_DUE_INTERVALS * interval + slack
}

/** After this it is gone, unless it speaks. */
export function expiryOf({ heardAt, interval, suspectedUntil }: Device, slack: Millis): Millis {
  return suspectedUntil ?? heardAt + PRESENCE_LIFE_INTERVALS * interval + slack
}

/** When it is to be looked at next. */
export function nextLookAt(device: Device, slack: Millis): Millis {
  const expiry = expiryOf(device, slack)
  return device.isOverdue ? expiry : Math.min(dueAt(device, slack), expiry)
}

function readInterval({ interval }: PresenceBody): Millis {
  return Math.min(Math.max(interval, PRESENCE_INTERVAL_MILLIS), MAX_PRESENCE_INTERVAL_MILLIS)
}

// A program that does not say when its nick was chosen is believed from the first presence that had it.
function namingFrom({ body, message }: Heard, known: Device | undefined): Naming {
  const { device, nick, nickSince } = body
  const same = known?.naming.nick === nick ? known.naming.since : message.clock
  return { nick, since: nickSince ?? same, device }
}
