import { MAX_BODY_BYTES, MAX_EPHEMERAL_BODY_BYTES } from '../config.js'

// Every kind of message, assigned once. What a later version adds takes a number that is free.

/** A line of chat. */
export const KIND_TEXT = 1
/** A heartbeat. */
export const KIND_PRESENCE = 2
/** Another text for a line of one's own. */
export const KIND_EDIT = 3
/** Takes lines of one's own back. */
export const KIND_DELETION = 4
/** A sign put to a line, or taken away. */
export const KIND_REACTION = 5
/** A line that answers another. */
export const KIND_REPLY = 6
/** Words for one member. */
export const KIND_DIRECT = 7
/** What the room is about. */
export const KIND_SUBJECT = 8
/** Somebody may come, by a ticket. */
export const KIND_INVITATION = 9
/** Somebody came by a ticket. */
export const KIND_INVITATION_USE = 10
/** A ticket is void. */
export const KIND_INVITATION_REVOCATION = 11
/** What a room is: its name, its rules, who owns it. */
export const KIND_ROOM_CARD = 12
/** A doubt whether a device is still there. */
export const KIND_SUSPICION = 128
/** Somebody is writing. */
export const KIND_TYPING = 129
/** Kinds from here on are ephemeral, also those that are not invented yet. */
const FIRST_EPHEMERAL_KIND = 128

/** What becomes of a kind of message. A kind that is not known here is kept and passed on, and not shown. */
export interface KindTraits {
  /** Kept, reconciled, and may be a parent. Else it is *ephemeral*: broadcast only. */
  readonly stored: boolean
  /** People see it: as a line, or as a change of one. */
  readonly shown: boolean
  /** Kept however old it is, in room of its own, and reconciled apart: see `history/lasting.ts`. */
  readonly lasting: boolean
}

const LINE: KindTraits = { stored: true, shown: true, lasting: false }
const LASTING: KindTraits = { stored: true, shown: false, lasting: true }
const UNKNOWN: KindTraits = { stored: true, shown: false, lasting: false }
const EPHEMERAL: KindTraits = { stored: false, shown: false, lasting: false }

const TRAITS: ReadonlyMap<number, KindTraits> = new Map([
  [KIND_TEXT, LINE],
  [KIND_PRESENCE, EPHEMERAL],
  [KIND_EDIT, LINE],
  [KIND_DELETION, LINE],
  [KIND_REACTION, LINE],
  [KIND_REPLY, LINE],
  [KIND_DIRECT, LINE],
  [KIND_SUBJECT, LINE],
  [KIND_INVITATION, LASTING],
  [KIND_INVITATION_USE, LASTING],
  [KIND_INVITATION_REVOCATION, LASTING],
  [KIND_ROOM_CARD, LINE]
])

/** What becomes of messages of this kind, 0 to 255. */
export function traitsOf(kind: number): KindTraits {
  return TRAITS.get(kind) ?? (kind >= FIRST_EPHEMERAL_KIND ? EPHEMERAL : UNKNOWN)
}

/** True for kinds that are broadcast only: not stored, not reconciled, nobody's parent. */
export function isEphemeral(kind: number): boolean {
  return !traitsOf(kind).stored
}

/** Longest body of a message of this kind in bytes, before it is sealed. */
export function maxBodyBytes(kind: number): number {
  return isEphemeral(kind) ? MAX_EPHEMERAL_BODY_BYTES : MAX_BODY_BYTES
}
