import type { IdentityKey, MessageId } from '../../../base/ids.js'
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
  /** True: every member lets in; else only devices of its author do. */
  readonly anyone: boolean
}

/** The body of a use, kind 10: this identity came by that invitation. */
export interface InvitationUseBody {
  readonly invitation: MessageId
  readonly newcomer: IdentityKey
}

/** The body of a revocation, kind 11: the invitation, which its author made, is void. */
export interface InvitationRevocationBody {
  readonly invitation: MessageId
}

const ANYONE = 1
const TICKET_BYTES = 32

/** RangeError for a ticket that has not 32 bytes: a bug of ours. */
export function encodeInvitationBody(body: InvitationBody): Uint8Array {
  const { anyone, expires, ticket, uses } = body
  if (ticket.byteLength !== TICKET_BYTES) throw new RangeError('a ticket has 32 bytes')
  const writer = new ByteWriter().bytes(ticket).uint64(expires).uint16(uses)
  return writer.uint8(anyone ? ANYONE : 0).finish()
}

/** Undefined for what is no invitation. Flags and bytes that a later version may add are passed over. */
export function decodeInvitationBody(body: Uint8Array): InvitationBody | undefined {
  const reader = new ByteReader(body)
  const ticket = Uint8Array.from(reader.bytes(TICKET_BYTES))
  const expires = reader.uint64()
  const uses = reader.uint16()
  const anyone = (reader.uint8() & ANYONE) !== 0
  return reader.failed ? undefined : { ticket, expires, uses, anyone }
}

export function encodeInvitationUseBody({ invitation, newcomer }: InvitationUseBody): Uint8Array {
  return new ByteWriter().id(invitation).id(newcomer).finish()
}

/** Undefined for what is no use. Bytes that a later version may add are passed over. */
export function decodeInvitationUseBody(body: Uint8Array): InvitationUseBody | undefined {
  const reader = new ByteReader(body)
  const invitation = reader.id<MessageId>()
  const newcomer = reader.id<IdentityKey>()
  return invitation && newcomer && { invitation, newcomer }
}

export function encodeInvitationRevocationBody(body: InvitationRevocationBody): Uint8Array {
  return new ByteWriter().id(body.invitation).finish()
}

/** Undefined for what is no revocation. Bytes that a later version may add are passed over. */
export function decodeInvitationRevocationBody(
  body: Uint8Array
): InvitationRevocationBody | undefined {
  const invitation = new ByteReader(body).id<MessageId>()
  return invitation && { invitation }
}
