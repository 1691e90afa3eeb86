import { domain, hash, type KeyPair, SIGNATURE_BYTES, sign, verify } from '../../base/crypto.js'
import {
  ID_BYTES,
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId,
  type Topic
} from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  MAX_BODY_BYTES,
  MAX_EPHEMERAL_BODY_BYTES,
  MAX_PARENTS,
  PROTOCOL_VERSION
} from '../config.js'
import { ByteReader, ByteWriter } from './bytes.js'

/** A line of chat: {@link TextBody}. */
export const KIND_TEXT = 1
/** A heartbeat: {@link PresenceBody}. */
export const KIND_PRESENCE = 2
/** A doubt whether a device is still there: {@link SuspicionBody}. */
export const KIND_SUSPICION = 128
/** Kinds from here on are ephemeral, also those that are not invented yet. */
const FIRST_EPHEMERAL_KIND = 128
/** Length in bytes of a message's nonce. */
export const NONCE_BYTES = 8
/** Where a sealed message has its author: after version, kind and nonce. */
const AUTHOR_AT = 1 + 1 + NONCE_BYTES
/** Longest sealed message in bytes. */
export const MAX_SEALED_BYTES =
  1 +
  1 +
  NONCE_BYTES +
  ID_BYTES +
  8 +
  1 +
  MAX_PARENTS * ID_BYTES +
  2 +
  MAX_BODY_BYTES +
  SIGNATURE_BYTES

/** What a message says before anybody has checked who says it. */
export interface Envelope {
  readonly id: MessageId
  readonly kind: number
  readonly author: IdentityKey
  /** The author's logical clock in ms since 1970. */
  readonly clock: Millis
  /** Ascending. In a presence: the heads that the member has. */
  readonly parents: readonly MessageId[]
  readonly body: Uint8Array
  /** The whole signed message, as it crosses links. */
  readonly sealed: Uint8Array
}

declare const verified: unique symbol

/**
 * A message whose signature was checked: the only kind that can be stored, shown or forwarded. Only {@link seal} and
 * {@link verifyEnvelope} make one.
 */
export interface VerifiedMessage extends Envelope {
  readonly [verified]: true
}

/** What an author puts into a message. */
export interface Draft {
  readonly kind: number
  readonly clock: Millis
  /** At most 8, in any order. */
  readonly parents: readonly MessageId[]
  readonly body: Uint8Array
  /** 8 random bytes: saying the same twice gives two messages. */
  readonly nonce: Uint8Array
}

/** Why bytes are no message: ours to drop (a later version) or the sender's fault. */
type MessageFault = 'malformed' | 'unknown-version' | 'forged'
export type Parsed =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly reason: MessageFault }
export type Opened =
  | { readonly ok: true; readonly message: VerifiedMessage }
  | { readonly ok: false; readonly reason: MessageFault }

const SIGNING_DOMAIN = domain('message')

/** True for kinds that are broadcast only: not stored, not reconciled, nobody's parent. */
export function isEphemeral(kind: number): boolean {
  return kind === KIND_PRESENCE || kind >= FIRST_EPHEMERAL_KIND
}

/**
 * What the bytes of a sealed message claim, unchecked; undefined for what is too short to be one.
 * Next to no work.
 */
export function glance(
  sealed: Uint8Array
): { readonly kind: number; readonly author: IdentityKey } | undefined {
  const [, kind] = sealed
  const author = sealed.subarray(AUTHOR_AT, AUTHOR_AT + ID_BYTES)
  if (kind === undefined || author.byteLength < ID_BYTES) return undefined
  return { kind, author: idFromBytes(author) }
}

/** Longest body of a message of this kind in bytes. */
function maxBodyBytes(kind: number): number {
  return isEphemeral(kind) ? MAX_EPHEMERAL_BODY_BYTES : MAX_BODY_BYTES
}

/** BLAKE2b-256 of the whole sealed message, signature included. */
export function messageId(sealed: Uint8Array): MessageId {
  return idFromBytes(hash([sealed]))
}

/** Signs a message. Throws a RangeError for a draft that breaks a cap: a bug of ours. */
export function seal(draft: Draft, author: KeyPair, topic: Topic): VerifiedMessage {
  const { body, clock, kind, nonce } = draft
  if (body.byteLength > maxBodyBytes(kind) || nonce.byteLength !== NONCE_BYTES) {
    throw new RangeError('the body or the nonce of a message has the wrong size')
  }
  const parents = [...new Set(draft.parents)].sort()
  const signed = new ByteWriter()
    .uint8(PROTOCOL_VERSION)
    .uint8(kind)
    .bytes(nonce)
    .bytes(author.publicKey)
    .uint64(clock)
    .uint8(parents.length)
    .ids(parents, MAX_PARENTS)
    .uint16(body.byteLength)
    .bytes(body)
    .finish()
  const signature = sign(signedBytes(signed, topic), author.secretKey)
  const sealed = new ByteWriter().bytes(signed).bytes(signature).finish()
  const id = messageId(sealed)
  const from = idFromBytes<IdentityKey>(author.publicKey)
  return asVerified({ id, kind, author: from, clock, parents, body, sealed })
}

/** Reads a sealed message without believing it: cheap. What is kept of the bytes is copied. */
export function parseMessage(sealed: Uint8Array, id: MessageId = messageId(sealed)): Parsed {
  if (sealed.byteLength > MAX_SEALED_BYTES) return { ok: false, reason: 'malformed' }
  if (sealed[0] !== PROTOCOL_VERSION) {
    return { ok: false, reason: sealed.byteLength === 0 ? 'malformed' : 'unknown-version' }
  }
  const envelope = readEnvelope(new Uint8Array(sealed), id)
  return envelope === undefined ? { ok: false, reason: 'malformed' } : { ok: true, envelope }
}

/** Checks the author's signature: about 50 µs. */
export function verifyEnvelope(envelope: Envelope, topic: Topic): Opened {
  const { sealed } = envelope
  const author = sealed.subarray(AUTHOR_AT, AUTHOR_AT + ID_BYTES)
  const end = sealed.byteLength - SIGNATURE_BYTES
  const signed = signedBytes(sealed.subarray(0, end), topic)
  const good = verify(signed, sealed.subarray(end), author)
  return good ? { ok: true, message: asVerified(envelope) } : { ok: false, reason: 'forged' }
}

/** Reads a sealed message and checks its signature. */
export function open(sealed: Uint8Array, topic: Topic): Opened {
  const parsed = parseMessage(sealed)
  return parsed.ok ? verifyEnvelope(parsed.envelope, topic) : parsed
}

function readEnvelope(sealed: Uint8Array, id: MessageId): Envelope | undefined {
  const reader = new ByteReader(sealed)
  reader.uint8()
  const kind = reader.uint8()
  reader.bytes(NONCE_BYTES)
  const author = reader.id<IdentityKey>()
  const clock = reader.uint64()
  const parents = reader.ids<MessageId>(reader.uint8(), MAX_PARENTS)
  const bodyLength = reader.uint16()
  const body = reader.bytes(bodyLength)
  reader.bytes(SIGNATURE_BYTES)
  if (!reader.complete || author === undefined) return undefined
  if (bodyLength > maxBodyBytes(kind) || !ascending(parents)) return undefined
  return { id, kind, author, clock, parents, body, sealed }
}

function ascending(ids: readonly MessageId[]): boolean {
  return ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? ''))
}

function signedBytes(signed: Uint8Array, topic: Topic): Uint8Array {
  return new ByteWriter().bytes(SIGNING_DOMAIN).bytes(idToBytes(topic)).bytes(signed).finish()
}

function asVerified(envelope: Envelope): VerifiedMessage {
  return envelope as VerifiedMessage
}
