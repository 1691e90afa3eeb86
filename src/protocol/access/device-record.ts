import b4a from 'b4a'
import {
  CIPHER_NONCE_BYTES,
  domain,
  hash,
  type KeyPair,
  openSecret,
  SIGNATURE_BYTES,
  sealSecret,
  sign,
  TAG_BYTES,
  verify
} from '../../base/crypto.js'
import {
  ID_BYTES,
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type PeerKey,
  type Topic
} from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_NICK_BYTES, MAX_RECORD_AGE_MILLIS } from '../config.js'
import { ByteReader, ByteWriter } from '../wire/bytes.js'
import { decodeText, encodeText } from '../wire/text.js'

/** What a device says of itself in the DHT, for those members who cannot dial it. */
export interface DeviceRecord {
  readonly identity: IdentityKey
  readonly nick: string
  /** Since when the device takes part, ms since 1970, by its own clock. */
  readonly since: Millis
  /** When it said so, ms since 1970, by its own clock. */
  readonly at: Millis
}

/** Whose record it is, and for whom: the room's secret, which leads to its topic. */
export interface RecordPlace {
  readonly roomSecret: Uint8Array
  readonly topic: Topic
  readonly device: PeerKey
}

const RECORD_DOMAIN = domain('record')
const VERSION = 1
const LEFT = 1
const HEAD_BYTES = 18
const NICK_AT = HEAD_BYTES + ID_BYTES
const NICK_END = NICK_AT + 1 + MAX_NICK_BYTES
const PLAIN_BYTES = NICK_END + SIGNATURE_BYTES
const NOTHING = new Uint8Array(0)

/** Every record has this length in bytes, whatever it says. */
export const DEVICE_RECORD_BYTES = CIPHER_NONCE_BYTES + PLAIN_BYTES + TAG_BYTES

/** Seals what a device says to the room, signed by its identity. `nonce`: 24 bytes, random. */
export function sealDeviceRecord(
  said: Omit<DeviceRecord, 'identity'>,
  identity: KeyPair,
  place: RecordPlace,
  nonce: Uint8Array
): Uint8Array {
  const claim = claimOf(said)
  const signature = sign(signedBytes(claim, identity.publicKey, place), identity.secretKey)
  return seal(b4a.concat([claim.head, identity.publicKey, claim.nick, signature]), place, nonce)
}

/** The record of a device that has left: it looks like any other, and tells members that there is nobody. */
export function sealEmptyRecord(at: Millis, place: RecordPlace, nonce: Uint8Array): Uint8Array {
  const plain = b4a.alloc(PLAIN_BYTES)
  plain.set(headOf(LEFT, at, 0))
  return seal(plain, place, nonce)
}

/**
 * Reads a record. Undefined for what is forged, of another room or device, empty, or not of the last hour. `wall`: ms since
 * 1970.
 */
export function openDeviceRecord(
  bytes: Uint8Array,
  place: RecordPlace,
  wall: Millis
): DeviceRecord | undefined {
  if (bytes.byteLength !== DEVICE_RECORD_BYTES) return undefined
  const nonce = bytes.subarray(0, CIPHER_NONCE_BYTES)
  const plain = openSecret(bytes.subarray(CIPHER_NONCE_BYTES), NOTHING, nonce, keyOf(place))
  const record = plain && readRecord(plain, place)
  if (record === undefined) return undefined
  const { at } = record
  const isFresh = at >= wall - MAX_RECORD_AGE_MILLIS && at <= wall + MAX_CLOCK_AHEAD_MILLIS
  return isFresh ? record : undefined
}

function readRecord(plain: Uint8Array, place: RecordPlace): DeviceRecord | undefined {
  const reader = new ByteReader(plain)
  const [version, flags] = [reader.uint8(), reader.uint8()]
  const [at, since] = [reader.uint64(), reader.uint64()]
  const identity = reader.bytes(ID_BYTES)
  const length = reader.uint8()
  const padded = reader.bytes(MAX_NICK_BYTES)
  const signature = reader.bytes(SIGNATURE_BYTES)
  const nick = decodeText(padded.subarray(0, length))
  if (version !== VERSION || (flags & LEFT) !== 0 || !reader.complete) return undefined
  if (length > MAX_NICK_BYTES || nick === undefined) return undefined
  const claim = { head: plain.subarray(0, HEAD_BYTES), nick: plain.subarray(NICK_AT, NICK_END) }
  if (!verify(signedBytes(claim, identity, place), signature, identity)) return undefined
  return { identity: idFromBytes(identity), nick, since, at }
}

interface Claim {
  readonly head: Uint8Array
  /** Its length and itself, padded. */
  readonly nick: Uint8Array
}

function claimOf({ at, nick, since }: Omit<DeviceRecord, 'identity'>): Claim {
  const text = encodeText(nick)
  const padded = b4a.alloc(1 + MAX_NICK_BYTES)
  padded.set([text.byteLength])
  padded.set(text, 1)
  return { head: headOf(0, at, since), nick: padded }
}

function headOf(flags: number, at: Millis, since: Millis): Uint8Array {
  return new ByteWriter().uint8(VERSION).uint8(flags).uint64(at).uint64(since).finish()
}

function signedBytes(
  { head, nick }: Claim,
  identity: Uint8Array,
  { device, topic }: RecordPlace
): Uint8Array {
  const parts = [RECORD_DOMAIN, head, idToBytes(topic), idToBytes(device), identity, nick]
  return b4a.concat(parts)
}

function seal(plain: Uint8Array, place: RecordPlace, nonce: Uint8Array): Uint8Array {
  return b4a.concat([nonce, sealSecret(plain, NOTHING, nonce, keyOf(place))])
}

function keyOf({ device, roomSecret }: RecordPlace): Uint8Array {
  return hash([RECORD_DOMAIN, idToBytes(device)], roomSecret)
}
