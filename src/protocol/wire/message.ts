import b4a from 'b4a'
import {
  domain,
  hash,
  type KeyPair,
  SIGNATURE_BYTES,
  sign,
  TAG_BYTES,
  verify
} from '../../base/crypto.js'
import {
  ID_BYTES,
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId,
  type Topic
} from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_BODY_BYTES, MAX_PARENTS, PROTOCOL_VERSION } from '../config.js'
import { ByteReader, ByteWriter } from './bytes.js'
import { maxBodyBytes } from './kinds.js'

/** Length in bytes of a message's nonce. */
export const NONCE_BYTES = 16
/** Where a sealed message has its author: after version, kind and nonce. */
const AUTHOR_AT = 1 + 1 + NONCE_BYTES
/** The head without its parents. */
const HEAD_BYTES = AUTHOR_AT + ID_BYTES + 8 + 1
/** Most bytes around a body: head and signature. */
const MAX_AROUND_BYTES = HEAD_BYTES + MAX_PARENTS * ID_BYTES + SIGNATURE_BYTES
/** Longest sealed message in bytes. */
export const MAX_SEALED_BYTES = MAX_AROUND_BYTES + MAX_BODY_BYTES + TAG_BYTES
/** Longest message in bytes that has left its body behind. */
export const MAX_BARE_BYTES = MAX_AROUND_BYTES + ID_BYTES

/** Seals bodies to the room, each under a key of its author's and a nonce that follows from the head: see docs/protocol.md. */
export interface BodyCipher {
  /** `TAG_BYTES` longer than the body. */
  seal(head: Uint8Array, author: Uint8Array, body: Uint8Array): Uint8Array
  /** Undefined for what was not sealed to this room, this author and this very head. */
  open(head: Uint8Array, author: Uint8Array, sealedBody: Uint8Array): Uint8Array | undefined
}

/** The room that messages are bound to. Whoever has no cipher verifies all the same, and reads nothing. */
export interface MessageRoom {
  readonly topic: Topic
  readonly cipher?: BodyCipher | undefined
}

/** What a message says before anybody has checked who says it. */
export interface Envelope {
  readonly id: MessageId
  readonly kind: number
  readonly author: IdentityKey
  /** The author's logical clock in ms since 1970. */
  readonly clock: Millis
  /** Ascending. In a presence: the heads that the member has. */
  readonly parents: readonly MessageId[]
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
  /** Undefined where it does not open: the message is kept and passed on, and not shown. */
  readonly body: Uint8Array | undefined
}

/** What an author puts into a message. */
export interface Draft {
  readonly kind: number
  readonly clock: Millis
  /** At most 8, in any order. */
  readonly parents: readonly MessageId[]
  readonly body: Uint8Array
  /** 16 random bytes of the system's: saying the same twice gives two messages, and two that nobody can tell apart by their bodies. */
  readonly nonce: Uint8Array
}

/** Why bytes are no message: ours to drop (a later version) or the sender's fault. */
export type MessageFault = 'malformed' | 'unknown-version' | 'forged'
export type Parsed =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly reason: MessageFault }
export type Opened =
  | { readonly ok: true; readonly message: VerifiedMessage }
  | { readonly ok: false; readonly reason: MessageFault }

/** A message cut where its parts meet. */
interface Cut {
  /** Version, kind, nonce, author, clock, parents. */
  readonly head: Uint8Array
  readonly signature: Uint8Array
  /** The sealed body; of a bare message its hash. */
  readonly rest: Uint8Array
}

const SIGNING_DOMAIN = domain('message')
const ID_DOMAIN = domain('id')

/**
 * What the bytes of a sealed message claim, unchecked; undefined for what is too short to be one.
 * Next to no work.
 */
export function glance(
  sealed: Uint8Array
): { readonly kind: number; readonly author: IdentityKey } | undefined {
  const [, kind] = sealed
  const author = authorBytes(sealed)
  if (kind === undefined || author.byteLength < ID_BYTES) return undefined
  return { kind, author: idFromBytes(author) }
}

/** The id of these bytes, whatever they are worth; undefined for what is no sealed message by its lengths. */
export function messageId(sealed: Uint8Array, topic: Topic): MessageId | undefined {
  const parts = cut(sealed)
  return parts && idOf(parts, hash([parts.rest]), topic)
}

/** Seals and signs a message. Throws a RangeError for a draft that breaks a cap: a bug of ours. */
export function seal(draft: Draft, author: KeyPair, room: MessageRoom): VerifiedMessage {
  const { body, clock, kind, nonce } = draft
  const { cipher, topic } = room
  if (body.byteLength > maxBodyBytes(kind) || nonce.byteLength !== NONCE_BYTES) {
    throw new RangeError('the body or the nonce of a message has the wrong size')
  }
  if (cipher === undefined) throw new RangeError('who cannot read a room cannot write there')
  const parents = [...new Set(draft.parents)].sort()
  const head = new ByteWriter()
    .uint8(PROTOCOL_VERSION)
    .uint8(kind)
    .bytes(nonce)
    .bytes(author.publicKey)
    .uint64(clock)
    .uint8(parents.length)
    .ids(parents, MAX_PARENTS)
    .finish()
  const rest = cipher.seal(head, author.publicKey, body)
  const bodyHash = hash([rest])
  const signature = sign(signedBytes(head, bodyHash, topic), author.secretKey)
  const sealed = b4a.concat([head, signature, rest])
  const id = idOf({ head, signature, rest }, bodyHash, topic)
  const from = idFromBytes<IdentityKey>(author.publicKey)
  return asVerified({ id, kind, author: from, clock, parents, sealed }, body)
}

/** Reads a sealed message without believing it: cheap. What is kept of the bytes is copied. */
export function parseMessage(
  sealed: Uint8Array,
  topic: Topic,
  id: MessageId | undefined = messageId(sealed, topic)
): Parsed {
  if (sealed.byteLength > MAX_SEALED_BYTES) return { ok: false, reason: 'malformed' }
  if (sealed[0] !== PROTOCOL_VERSION) {
    return { ok: false, reason: sealed.byteLength === 0 ? 'malformed' : 'unknown-version' }
  }
  const envelope = id && readEnvelope(new Uint8Array(sealed), id)
  return envelope === undefined ? { ok: false, reason: 'malformed' } : { ok: true, envelope }
}

/** Checks the author's signature, about 50 µs, and opens the body if the room can be read. */
export function verifyEnvelope(envelope: Envelope, { cipher, topic }: MessageRoom): Opened {
  const { sealed } = envelope
  const parts = cut(sealed)
  if (parts === undefined) return { ok: false, reason: 'malformed' }
  const { head, rest, signature } = parts
  const author = authorBytes(sealed)
  const signed = signedBytes(head, hash([rest]), topic)
  if (!verify(signed, signature, author)) return { ok: false, reason: 'forged' }
  return { ok: true, message: asVerified(envelope, cipher?.open(head, author, rest)) }
}

/** Reads a sealed message and checks its signature. */
export function open(sealed: Uint8Array, room: MessageRoom): Opened {
  const parsed = parseMessage(sealed, room.topic)
  return parsed.ok ? verifyEnvelope(parsed.envelope, room) : parsed
}

/**
 * A message that was verified before its bytes were put away, about 10 µs: undefined if these are not those bytes, for a
 * disk may err. Only for bytes that nobody else can have written.
 */
export function reopen(
  { id, sealed }: Pick<Envelope, 'id' | 'sealed'>,
  { cipher, topic }: MessageRoom
): VerifiedMessage | undefined {
  const isSame = messageId(sealed, topic) === id
  const parsed = isSame ? parseMessage(sealed, topic, id) : undefined
  const parts = cut(sealed)
  if (!parsed?.ok || parts === undefined) return undefined
  return asVerified(parsed.envelope, cipher?.open(parts.head, authorBytes(sealed), parts.rest))
}

/** The message without its body: who said something when, and after what, can still be verified. */
export function bareMessage({ sealed }: VerifiedMessage): Uint8Array {
  const { head, rest, signature } = cut(sealed) ?? nothing()
  return b4a.concat([head, signature, hash([rest])])
}

/**
 * Reads and verifies a message that has left its body behind. Only a deletion by its author can say that this is right:
 * without one the message counts as missing.
 */
export function openBare(
  bare: Uint8Array,
  topic: Topic
): { readonly ok: true; readonly envelope: Envelope } | { ok: false; reason: MessageFault } {
  if (bare.byteLength > 0 && bare[0] !== PROTOCOL_VERSION) {
    return { ok: false, reason: 'unknown-version' }
  }
  const parts = cut(bare)
  const isWhole = parts?.rest.byteLength === ID_BYTES
  const envelope = isWhole
    ? readHead(new Uint8Array(bare), idOf(parts, parts.rest, topic))
    : undefined
  if (parts === undefined || envelope === undefined) return { ok: false, reason: 'malformed' }
  const signed = signedBytes(parts.head, parts.rest, topic)
  const good = verify(signed, parts.signature, authorBytes(bare))
  return good ? { ok: true, envelope } : { ok: false, reason: 'forged' }
}

function readEnvelope(sealed: Uint8Array, id: MessageId): Envelope | undefined {
  const envelope = readHead(sealed, id)
  const bodyBytes = (cut(sealed)?.rest.byteLength ?? 0) - TAG_BYTES
  if (envelope === undefined || bodyBytes < 0) return undefined
  return bodyBytes > maxBodyBytes(envelope.kind) ? undefined : envelope
}

function readHead(sealed: Uint8Array, id: MessageId): Envelope | undefined {
  const reader = new ByteReader(sealed)
  reader.uint8()
  const kind = reader.uint8()
  reader.bytes(NONCE_BYTES)
  const author = reader.id<IdentityKey>()
  const clock = reader.uint64()
  const parents = reader.ids<MessageId>(reader.uint8(), MAX_PARENTS)
  if (reader.failed || author === undefined || !ascending(parents)) return undefined
  return { id, kind, author, clock, parents, sealed }
}

/** Undefined for bytes that are too short for what they announce. */
function cut(sealed: Uint8Array): Cut | undefined {
  const parents = sealed[HEAD_BYTES - 1] ?? 0
  const end = HEAD_BYTES + parents * ID_BYTES
  const restAt = end + SIGNATURE_BYTES
  if (parents > MAX_PARENTS || sealed.byteLength < restAt) return undefined
  const [head, signature] = [sealed.subarray(0, end), sealed.subarray(end, restAt)]
  return { head, signature, rest: sealed.subarray(restAt) }
}

function nothing(): never {
  throw new RangeError('a verified message has all its parts')
}

function authorBytes(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(AUTHOR_AT, AUTHOR_AT + ID_BYTES)
}

function ascending(ids: readonly MessageId[]): boolean {
  return ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? ''))
}

function signedBytes(head: Uint8Array, bodyHash: Uint8Array, topic: Topic): Uint8Array {
  return b4a.concat([SIGNING_DOMAIN, idToBytes(topic), head, bodyHash])
}

function idOf({ head, signature }: Cut, bodyHash: Uint8Array, topic: Topic): MessageId {
  return idFromBytes(hash([ID_DOMAIN, idToBytes(topic), head, bodyHash, signature]))
}

function asVerified(envelope: Envelope, body: Uint8Array | undefined): VerifiedMessage {
  return { ...envelope, body } as VerifiedMessage
}
