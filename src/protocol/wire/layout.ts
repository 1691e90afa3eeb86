import { SIGNATURE_BYTES, TAG_BYTES } from '../../base/crypto.js'
import { ID_BYTES, type IdentityKey, idAt, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_BODY_BYTES, MAX_PARENTS } from '../config.js'
import { integerAt } from './bytes.js'

/** Length in bytes of a message's nonce. */
export const NONCE_BYTES = 16
/** Where a sealed message has its author: after version, kind and nonce. */
const AUTHOR_AT = 1 + 1 + NONCE_BYTES
const CLOCK_AT = AUTHOR_AT + ID_BYTES
const CLOCK_BYTES = 8
/** The head without its parents. */
const HEAD_BYTES = CLOCK_AT + CLOCK_BYTES + 1
/** Most bytes around a body: head and signature. */
const MAX_AROUND_BYTES = HEAD_BYTES + MAX_PARENTS * ID_BYTES + SIGNATURE_BYTES
/** Longest sealed message in bytes. */
export const MAX_SEALED_BYTES = MAX_AROUND_BYTES + MAX_BODY_BYTES + TAG_BYTES
/** Longest message in bytes that has left its body behind. */
export const MAX_BARE_BYTES = MAX_AROUND_BYTES + ID_BYTES

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

/** Seals bodies to the room, each under a key of its author's and a nonce that follows from the head: see docs/protocol.md. */
export interface BodyCipher {
  /** `TAG_BYTES` longer than the body. */
  seal(head: Uint8Array, author: IdentityKey, body: Uint8Array): Uint8Array
  /** Undefined for what was not sealed to this room, this author and this very head. */
  open(head: Uint8Array, author: IdentityKey, sealedBody: Uint8Array): Uint8Array | undefined
}

/** Something of each message, by its id. */
export interface ById<M> {
  get(id: MessageId): M | undefined
  set(id: MessageId, of: M): unknown
}

/** What bytes are called, and the hash of the sealed body that this took. */
export interface Digest {
  readonly id: MessageId
  readonly bodyHash: Uint8Array
}

/** An envelope that was just read: the hash of its sealed body need not be made again. */
export interface FreshEnvelope extends Envelope {
  readonly bodyHash: Uint8Array
}

/** A message cut where its parts meet. */
export interface Cut {
  /** Version, kind, nonce, author, clock, parents. */
  readonly head: Uint8Array
  readonly signature: Uint8Array
  /** The sealed body; of a bare message its hash. */
  readonly rest: Uint8Array
}

/** Undefined for bytes that are too short for what they announce. */
export function cut(sealed: Uint8Array): Cut | undefined {
  const parents = sealed[HEAD_BYTES - 1] ?? 0
  const end = HEAD_BYTES + parents * ID_BYTES
  const restAt = end + SIGNATURE_BYTES
  if (parents > MAX_PARENTS || sealed.byteLength < restAt) return undefined
  return {
    head: sealed.subarray(0, end),
    signature: sealed.subarray(end, restAt),
    rest: sealed.subarray(restAt)
  }
}

/** How long the body is under its seal; below 0 for what is too short to have one. */
export function bodyBytesOf(sealed: Uint8Array, parents: number): number {
  return sealed.byteLength - HEAD_BYTES - parents * ID_BYTES - SIGNATURE_BYTES - TAG_BYTES
}

/** How long a message is that has left its body behind; one with its body may happen to be as long. */
export function bareBytesOf(parents: number): number {
  return HEAD_BYTES + parents * ID_BYTES + SIGNATURE_BYTES + ID_BYTES
}

/** The author's public key; shorter than a key if the message is cut off there. */
export function authorBytes(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(AUTHOR_AT, AUTHOR_AT + ID_BYTES)
}

/** The author; undefined if the message is cut off there. */
export function authorOf(sealed: Uint8Array): IdentityKey | undefined {
  return sealed.byteLength < CLOCK_AT ? undefined : idAt(sealed, AUTHOR_AT)
}

/** The author's clock; undefined if the message is cut off there. */
export function clockOf(sealed: Uint8Array): Millis | undefined {
  if (sealed.byteLength < CLOCK_AT + CLOCK_BYTES) return undefined
  const clock = integerAt(sealed, CLOCK_AT, CLOCK_BYTES)
  return Number.isSafeInteger(clock) ? clock : undefined
}

/** What the head of a sealed message says; undefined for what is none. */
export function readHead(sealed: Uint8Array, { bodyHash, id }: Digest): FreshEnvelope | undefined {
  const clock = clockOf(sealed)
  const author = clock === undefined ? undefined : authorOf(sealed)
  const parents = author === undefined ? undefined : readParents(sealed)
  if (clock === undefined || author === undefined || parents === undefined) return undefined
  return { id, kind: sealed[1] as number, author, clock, parents, sealed, bodyHash }
}

/** Undefined if they are too many, not all there, or not ascending. */
function readParents(sealed: Uint8Array): MessageId[] | undefined {
  const count = sealed[HEAD_BYTES - 1] ?? MAX_PARENTS + 1
  if (count > MAX_PARENTS || sealed.byteLength < HEAD_BYTES + count * ID_BYTES) return undefined
  // One that grows would hold 17 places for the parents of every message.
  const parents = new Array<MessageId>(count)
  for (let n = 0; n < count; n++) {
    const parent = idAt<MessageId>(sealed, HEAD_BYTES + n * ID_BYTES)
    if (n > 0 && parent <= (parents[n - 1] as MessageId)) return undefined
    parents[n] = parent
  }
  return parents
}
