import b4a from 'b4a'
import {
  CIPHER_NONCE_BYTES,
  domain,
  hash,
  openSecret,
  sealSecret,
  TAG_BYTES
} from '../../base/crypto.js'
import { type CardTexts, readCard, writeCard } from '../wire/bodies/room-card.js'
import { ByteReader, ByteWriter } from '../wire/bytes.js'

// A room's card as an immutable value of the DHT: who has an invitation that names it reads there what the room is.

const KEY_DOMAIN = domain('card')
const NONCE_DOMAIN = domain('card-nonce')
const VERSION = 1
/** What the longest card takes, and a few bytes for what is to come. */
const PLAIN_BYTES = 944
const NOTHING = new Uint8Array(0)

/** Every card has this length in bytes, whatever it says. */
export const CARD_RECORD_BYTES = CIPHER_NONCE_BYTES + PLAIN_BYTES + TAG_BYTES
/** What names a record, in bytes. */
export const CARD_TARGET_BYTES = 32

/**
 * A card, sealed to its room. The same card always gives the same bytes, whoever seals it: so every member can store it anew. RangeError
 * for a text over its cap.
 */
export function sealCardRecord(card: CardTexts, roomSecret: Uint8Array): Uint8Array {
  const plain = b4a.alloc(PLAIN_BYTES)
  plain.set(writeCard(new ByteWriter().uint8(VERSION), card).finish())
  const nonce = hash([NONCE_DOMAIN, plain], roomSecret).subarray(0, CIPHER_NONCE_BYTES)
  return b4a.concat([nonce, sealSecret(plain, NOTHING, nonce, keyOf(roomSecret))])
}

/** Reads a record; undefined for what is of another room, length or version, or altered. */
export function openCardRecord(record: Uint8Array, roomSecret: Uint8Array): CardTexts | undefined {
  if (record.byteLength !== CARD_RECORD_BYTES) return undefined
  const nonce = record.subarray(0, CIPHER_NONCE_BYTES)
  const sealed = record.subarray(CIPHER_NONCE_BYTES)
  const plain = openSecret(sealed, NOTHING, nonce, keyOf(roomSecret))
  const reader = plain && new ByteReader(plain)
  return reader?.uint8() === VERSION ? readCard(reader) : undefined
}

/** Under what the DHT has a record: its BLAKE2b-256. */
export function cardTarget(record: Uint8Array): Uint8Array {
  return hash([record])
}

/** Under what the DHT has this card of a room. RangeError for a text over its cap. */
export function targetOfCard(card: CardTexts, roomSecret: Uint8Array): Uint8Array {
  return cardTarget(sealCardRecord(card, roomSecret))
}

function keyOf(roomSecret: Uint8Array): Uint8Array {
  return hash([KEY_DOMAIN], roomSecret)
}
