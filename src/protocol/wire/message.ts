import b4a from 'b4a'
import type { KeyPair } from '../../base/crypto.js'
import {
  ID_BYTES,
  type IdentityKey,
  idFromBytes,
  type MessageId,
  type Topic
} from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_PARENTS, PROTOCOL_VERSION } from '../config.js'
import { ByteWriter } from './bytes.js'
import { isEphemeral, maxBodyBytes } from './kinds.js'
import {
  authorBytes,
  type BodyCipher,
  type ById,
  bodyBytesOf,
  cut,
  type Digest,
  type Envelope,
  type FreshEnvelope,
  MAX_SEALED_BYTES,
  NONCE_BYTES,
  readHead
} from './layout.js'
import { bodyHashOf, idOf, isSigned, signMessage } from './signing.js'

export {
  type BodyCipher,
  type Envelope,
  type FreshEnvelope,
  MAX_BARE_BYTES,
  MAX_SEALED_BYTES,
  NONCE_BYTES
} from './layout.js'

/** The room that messages are bound to. Whoever has no cipher verifies all the same, and reads nothing. */
export interface MessageRoom {
  readonly topic: Topic
  readonly cipher?: BodyCipher | undefined
  /** What was verified before, for many members in one process: an id covers every byte of its message. Default: nothing is. */
  readonly verified?: VerifiedMessages | undefined
}

/** Verified messages, for whoever has verified them once. */
export type VerifiedMessages = ById<VerifiedMessage>

declare const trust: unique symbol

interface OpenedMessage extends Envelope {
  /** Undefined where it does not open: the message is kept and passed on, and not shown. */
  readonly body: Uint8Array | undefined
}

/**
 * A message whose signature was checked: the only kind that is handed on, sent as history or put on disk. Only
 * {@link seal}, {@link verifyEnvelope} and {@link verifyCovered} make one.
 */
export interface VerifiedMessage extends OpenedMessage {
  readonly [trust]: 'verified'
  readonly isVerified: true
  readonly isBare: false
}

/**
 * A message whose signature was checked and that has left its body behind, because its author took it back: `sealed` has the
 * hash in place of it. It is handed on as a `bare` frame alone.
 */
export interface BareMessage extends OpenedMessage {
  readonly [trust]: 'bare'
  readonly isVerified: true
  readonly isBare: true
  readonly body: undefined
}

/**
 * A message that its author has vouched for in a later one, and whose own signature nobody has checked here yet: it is
 * kept and shown, and nothing else. Only {@link coverEnvelope} makes one.
 */
export interface CoveredMessage extends OpenedMessage {
  readonly [trust]: 'covered'
  readonly isVerified: false
  readonly isBare: false
}

/** A message whose signature was checked, with its body or without. */
export type CheckedMessage = VerifiedMessage | BareMessage
/** A message that may be kept and shown. */
export type KnownMessage = CheckedMessage | CoveredMessage

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
type MessageFault = 'malformed' | 'unknown-version' | 'forged'
export type Parsed =
  | { readonly ok: true; readonly envelope: FreshEnvelope }
  | { readonly ok: false; readonly reason: MessageFault }
export type OpenedBare =
  | { readonly ok: true; readonly message: BareMessage }
  | { readonly ok: false; readonly reason: MessageFault }
export type Opened =
  | { readonly ok: true; readonly message: VerifiedMessage }
  | { readonly ok: false; readonly reason: MessageFault }

/** The id of these bytes, whatever they are worth; undefined for what is no sealed message by its lengths. */
export function messageId(sealed: Uint8Array, topic: Topic): MessageId | undefined {
  return digestOf(sealed, topic)?.id
}

/** The same, and the hash that it took. */
export function digestOf(sealed: Uint8Array, topic: Topic): Digest | undefined {
  const parts = cut(sealed)
  if (parts === undefined) return undefined
  const bodyHash = bodyHashOf(parts.rest)
  return { id: idOf(parts, bodyHash, topic), bodyHash }
}

/** Seals and signs a message. Throws a RangeError for a draft that breaks a cap: a bug of ours. */
export function seal(draft: Draft, author: KeyPair, room: MessageRoom): VerifiedMessage {
  const { body, clock, kind } = draft
  const { cipher, topic } = room
  if (cipher === undefined) throw new RangeError('who cannot read a room cannot write there')
  const parents = [...new Set(draft.parents)].sort()
  const head = headOf(draft, parents, author.publicKey)
  const from = idFromBytes<IdentityKey>(author.publicKey)
  const rest = cipher.seal(head, from, body)
  const bodyHash = bodyHashOf(rest)
  const signature = signMessage(head, bodyHash, topic, author.secretKey)
  const sealed = b4a.concat([head, signature, rest])
  const id = idOf({ head, signature }, bodyHash, topic)
  return asVerified({ id, kind, author: from, clock, parents, sealed }, body)
}

/** Reads a sealed message without believing it: cheap. What is kept of the bytes is copied. */
export function parseMessage(
  sealed: Uint8Array,
  topic: Topic,
  digest: Digest | undefined = digestOf(sealed, topic)
): Parsed {
  if (sealed.byteLength > MAX_SEALED_BYTES) return { ok: false, reason: 'malformed' }
  if (sealed[0] !== PROTOCOL_VERSION) {
    return { ok: false, reason: sealed.byteLength === 0 ? 'malformed' : 'unknown-version' }
  }
  const envelope = digest && readEnvelope(new Uint8Array(sealed), digest)
  return envelope === undefined ? { ok: false, reason: 'malformed' } : { ok: true, envelope }
}

/** Checks the author's signature, about 50 µs, and opens the body if the room can be read. */
export function verifyEnvelope(envelope: FreshEnvelope, room: MessageRoom): Opened {
  const { cipher, topic, verified } = room
  const { bodyHash, sealed } = envelope
  const parts = cut(sealed)
  if (parts === undefined) return { ok: false, reason: 'malformed' }
  if (!isSigned(parts, bodyHash, topic, authorBytes(sealed))) return { ok: false, reason: 'forged' }
  const message = asVerified(envelope, cipher?.open(parts.head, envelope.author, parts.rest))
  verified?.set(message.id, message)
  return { ok: true, message }
}

/**
 * Takes a message at its author's word, and opens it: about 10 µs. Undefined unless the voucher, which is verified or
 * covered itself, is a later stored message of the same author and names this one: then its bytes are what that author
 * says they are, whatever its own signature is worth.
 */
export function coverEnvelope(
  envelope: Envelope,
  voucher: KnownMessage,
  { cipher }: MessageRoom
): CoveredMessage | undefined {
  const parts = cut(envelope.sealed)
  if (parts === undefined || !vouches(voucher, envelope)) return undefined
  return asCovered(envelope, cipher?.open(parts.head, envelope.author, parts.rest))
}

/** Checks the signature of a message that was taken at its author's word: undefined if it is none of its author's. */
export function verifyCovered(message: CoveredMessage, topic: Topic): VerifiedMessage | undefined {
  const { body, sealed } = message
  const parts = cut(sealed) ?? nothing()
  const good = isSigned(parts, bodyHashOf(parts.rest), topic, authorBytes(sealed))
  return good ? asVerified(message, body) : undefined
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
): CheckedMessage | undefined {
  const bare = readBare(sealed, topic)
  if (bare?.id === id) return asBare(bare)
  const digest = digestOf(sealed, topic)
  const parsed = digest?.id === id ? parseMessage(sealed, topic, digest) : undefined
  const parts = cut(sealed)
  if (!parsed?.ok || parts === undefined) return undefined
  const { envelope } = parsed
  return asVerified(envelope, cipher?.open(parts.head, envelope.author, parts.rest))
}

/** The message without its body: who said something when, and after what, can still be verified. */
export function bareMessage({ sealed }: VerifiedMessage): Uint8Array {
  const { head, rest, signature } = cut(sealed) ?? nothing()
  return b4a.concat([head, signature, bodyHashOf(rest)])
}

/**
 * Reads and verifies a message that has left its body behind. Only a deletion by its author can say that this is right:
 * without one the message counts as missing.
 */
export function openBare(bare: Uint8Array, topic: Topic): OpenedBare {
  if (bare.byteLength > 0 && bare[0] !== PROTOCOL_VERSION) {
    return { ok: false, reason: 'unknown-version' }
  }
  const parts = cut(bare)
  const envelope = readBare(bare, topic)
  if (parts === undefined || envelope === undefined) return { ok: false, reason: 'malformed' }
  const good = isSigned(parts, parts.rest, topic, authorBytes(bare))
  return good ? { ok: true, message: asBare(envelope) } : { ok: false, reason: 'forged' }
}

/** The message without its body, to be kept in its place. */
export function stripMessage(message: VerifiedMessage): BareMessage {
  return asBare({ ...message, sealed: bareMessage(message) })
}

/** What the bytes of a bare message claim, unchecked; undefined for what is none. */
export function readBare(bare: Uint8Array, topic: Topic): Envelope | undefined {
  const parts = cut(bare)
  if (bare[0] !== PROTOCOL_VERSION || parts?.rest.byteLength !== ID_BYTES) return undefined
  const digest = { id: idOf(parts, parts.rest, topic), bodyHash: parts.rest }
  return readHead(new Uint8Array(bare), digest)
}

function headOf(draft: Draft, parents: readonly MessageId[], author: Uint8Array): Uint8Array {
  const { body, clock, kind, nonce } = draft
  if (body.byteLength > maxBodyBytes(kind) || nonce.byteLength !== NONCE_BYTES) {
    throw new RangeError('the body or the nonce of a message has the wrong size')
  }
  return new ByteWriter()
    .uint8(PROTOCOL_VERSION)
    .uint8(kind)
    .bytes(nonce)
    .bytes(author)
    .uint64(clock)
    .uint8(parents.length)
    .ids(parents, MAX_PARENTS)
    .finish()
}

function readEnvelope(sealed: Uint8Array, digest: Digest): FreshEnvelope | undefined {
  const envelope = readHead(sealed, digest)
  if (envelope === undefined) return undefined
  const bodyBytes = bodyBytesOf(sealed, envelope.parents.length)
  return bodyBytes < 0 || bodyBytes > maxBodyBytes(envelope.kind) ? undefined : envelope
}

function nothing(): never {
  throw new RangeError('a known message has all its parts')
}

function vouches(voucher: KnownMessage, { author, clock, id, kind }: Envelope): boolean {
  if (isEphemeral(voucher.kind) || isEphemeral(kind)) return false
  return voucher.author === author && voucher.clock > clock && voucher.parents.includes(id)
}

function asVerified(envelope: Envelope, body: Uint8Array | undefined): VerifiedMessage {
  return known(envelope, body, true, false) as unknown as VerifiedMessage
}

function asCovered(envelope: Envelope, body: Uint8Array | undefined): CoveredMessage {
  return known(envelope, body, false, false) as unknown as CoveredMessage
}

function asBare(envelope: Envelope): BareMessage {
  return known(envelope, undefined, true, true) as unknown as BareMessage
}

// One object, spelled out: copying an envelope takes longer than all of its hashes, and would keep the body's.
function known(from: Envelope, body: Uint8Array | undefined, isVerified: boolean, isBare: boolean) {
  const { author, clock, id, kind, parents, sealed } = from
  return { id, kind, author, clock, parents, sealed, body, isVerified, isBare }
}
