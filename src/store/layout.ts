import b4a from 'b4a'
import { ID_BYTES, idFromBytes, idToBytes, type MessageId } from '../base/ids.js'
import type { Kept } from './store.js'

// What is where in a database. Keys: one byte that says what follows. A message: 'm', its clock in ms as 8 bytes,
// big-endian, its id; so the order of the keys is the order of the room. Its value: the sealed message. A mark, that a former
// value of it is still to be erased: the same key with 'e' in place of 'm'; its value is empty. A record of the index
// (index-log.ts): 'i', its number as 8 bytes. When all was deleted last: 'd', ms since 1970 as 8 bytes
// (deletion.ts). The order of arrival has keys of its own: see arrivals.ts.

/** Version of this layout. Version 1 had no index, which is made when such a database is opened; that of version 2 did not say when authors were first heard. */
export const LAYOUT_VERSION = 3

/** The key of the version, which is one byte. */
export const VERSION_KEY = b4a.from('v')

/** The key of the time of the last deletion. */
export const DELETED_KEY = b4a.from('d')

const MESSAGE = 'm'.charCodeAt(0)
const MARK = 'e'.charCodeAt(0)
const RECORD = 'i'.charCodeAt(0)
const CLOCK_AT = 1
const ID_AT = CLOCK_AT + 8
const KEY_BYTES = ID_AT + ID_BYTES

/** Between these are the keys of all messages. */
export const ALL_MESSAGES = {
  gte: Uint8Array.of(MESSAGE),
  lt: Uint8Array.of(MESSAGE + 1)
} as const

/** Between these are all marks. */
export const ALL_MARKS = {
  gte: Uint8Array.of(MARK),
  lt: Uint8Array.of(MARK + 1)
} as const

/** Between these are all records of the index. */
export const ALL_RECORDS = {
  gte: Uint8Array.of(RECORD),
  lt: Uint8Array.of(RECORD + 1)
} as const

/** The key of the record of this number. */
export function recordKey(number: number): Uint8Array {
  const key = new Uint8Array(CLOCK_AT + 8)
  key[0] = RECORD
  new DataView(key.buffer).setBigUint64(CLOCK_AT, BigInt(number))
  return key
}

/** The mark of the message at this key. */
export function markOf(key: Uint8Array): Uint8Array {
  return Uint8Array.of(MARK, ...key.subarray(CLOCK_AT))
}

/** The key of the message of this mark. */
export function markedBy(mark: Uint8Array): Uint8Array {
  return Uint8Array.of(MESSAGE, ...mark.subarray(CLOCK_AT))
}

export function keyOf({ clock, id }: Pick<Kept, 'clock' | 'id'>): Uint8Array {
  const key = new Uint8Array(KEY_BYTES)
  key[0] = MESSAGE
  new DataView(key.buffer).setBigUint64(CLOCK_AT, BigInt(clock))
  key.set(idToBytes(id), ID_AT)
  return key
}

/** The message at this key; undefined if that is no key of a message. */
export function keptAt(key: Uint8Array, sealed: Uint8Array): Kept | undefined {
  if (key.byteLength !== KEY_BYTES || key[0] !== MESSAGE) return undefined
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const clock = Number(view.getBigUint64(CLOCK_AT))
  return { clock, id: idFromBytes<MessageId>(key.subarray(ID_AT)), sealed }
}
