import type { IdentityKey, InvitationId, PeerKey } from '../../../base/ids.js'
import type { Millis } from '../../../base/time.js'
import { ByteReader, ByteWriter } from '../bytes.js'

/** The body of an invitation, kind 9: whoever proves the ticket's key may be let in. */
export interface InvitationBody {
  /** An Ed25519 public key: whoever has the ticket has its secret key. 32 bytes. */
  readonly ticket: Uint8Array
  /** ms since 1970; 0: for ever. */
  readonly expires: Millis
  /** How often it may be used; 0: any number of times. */
  readonly uses: number
  /** True: every member lets in; else only a device of its author does. */
  readonly anyone: boolean
  /** Which one: there unless every member does. */
  readonly holder?: Holder | undefined
}

/** Whose turn it is to let in by an invitation that is counted: one device's of its author, until that hands it on. */
export interface Holder {
  readonly device: PeerKey
  /** 0: it was made there; one more each time that it is handed on. At most 65,535. */
  readonly turn: number
  /** So many had come by it then; at most 65,535. */
  readonly used: number
}

/** The body of a use, kind 10: this identity came by that invitation. */
export interface InvitationUseBody {
  /** What its ticket gives: see `ticketId`. */
  readonly invitation: InvitationId
  readonly newcomer: IdentityKey
  /** So many had come by it then, this one among them, as far as whoever tells knows; at most 65,535. */
  readonly used: number
}

/** The body of a revocation, kind 11: the invitation, which its author made, is void. */
export interface InvitationRevocationBody {
  readonly invitation: InvitationId
}

const ANYONE = 1
const TICKET_BYTES = 32

/** RangeError for a ticket that has not 32 bytes, or nobody who lets in: a bug of ours. */
export function encodeInvitationBody(body: InvitationBody): Uint8Array {
  const { anyone, expires, holder, ticket, uses } = body
  if (ticket.byteLength !== TICKET_BYTES) throw new RangeError('a ticket has 32 bytes')
  const writer = new ByteWriter().bytes(ticket).uint64(expires).uint16(uses)
  if (anyone) return writer.uint8(ANYONE).finish()
  if (holder === undefined) throw new RangeError('nobody lets in')
  const { device, turn, used } = holder
  return writer.uint8(0).id(device).uint16(turn).uint16(used).finish()
}

/** Undefined for what is no invitation. Flags and bytes that a later version may add are passed over. */
export function decodeInvitationBody(body: Uint8Array): InvitationBody | undefined {
  const reader = new ByteReader(body)
  const ticket = Uint8Array.from(reader.bytes(TICKET_BYTES))
  const expires = reader.uint64()
  const uses = reader.uint16()
  const anyone = (reader.uint8() & ANYONE) !== 0
  const terms = { ticket, expires, uses, anyone }
  if (reader.failed || anyone) return reader.failed ? undefined : terms
  const holder = decodeHolder(reader)
  return holder && { ...terms, holder }
}

function decodeHolder(reader: ByteReader): Holder | undefined {
  const device = reader.id<PeerKey>()
  const [turn, used] = [reader.uint16(), reader.uint16()]
  return reader.failed || device === undefined ? undefined : { device, turn, used }
}

export function encodeInvitationUseBody(body: InvitationUseBody): Uint8Array {
  const { invitation, newcomer, used } = body
  return new ByteWriter().id(invitation).id(newcomer).uint16(used).finish()
}

/** Undefined for what is no use. Bytes that a later version may add are passed over. */
export function decodeInvitationUseBody(body: Uint8Array): InvitationUseBody | undefined {
  const reader = new ByteReader(body)
  const invitation = reader.id<InvitationId>()
  const newcomer = reader.id<IdentityKey>()
  const used = reader.uint16()
  if (reader.failed || invitation === undefined || newcomer === undefined) return undefined
  return { invitation, newcomer, used }
}

export function encodeInvitationRevocationBody(body: InvitationRevocationBody): Uint8Array {
  return new ByteWriter().id(body.invitation).finish()
}

/** Undefined for what is no revocation. Bytes that a later version may add are passed over. */
export function decodeInvitationRevocationBody(
  body: Uint8Array
): InvitationRevocationBody | undefined {
  const invitation = new ByteReader(body).id<InvitationId>()
  return invitation && { invitation }
}
