import { MAX_CARD_NAME_BYTES, MAX_CARD_TEXT_BYTES } from '../../config.js'
import { ByteReader, ByteWriter } from '../bytes.js'
import { decodeText, encodeText } from '../text.js'

/** The body of a room's card, kind 12: what the room is. */
export interface RoomCardBody {
  /** As people read it; 1 to 255 bytes of UTF-8. */
  readonly name: string
  /** What it is for, and its rules; at most 2,048 bytes of UTF-8. */
  readonly text: string
}

/** RangeError for a name or text over its cap: a bug of ours. */
export function encodeRoomCardBody(body: RoomCardBody): Uint8Array {
  const [name, text] = [encodeText(body.name), encodeText(body.text)]
  if (!fits(name, text)) throw new RangeError('the name or the text of a room is too long')
  return new ByteWriter().uint8(name.byteLength).bytes(name).bytes(text).finish()
}

/** Undefined for what cannot be shown. */
export function decodeRoomCardBody(body: Uint8Array): RoomCardBody | undefined {
  const reader = new ByteReader(body)
  const nameBytes = reader.bytes(reader.uint8())
  const textBytes = reader.rest()
  if (reader.failed || !fits(nameBytes, textBytes)) return undefined
  const [name, text] = [decodeText(nameBytes), decodeText(textBytes)]
  return name === undefined || text === undefined ? undefined : { name, text }
}

function fits(name: Uint8Array, text: Uint8Array): boolean {
  const isNamed = name.byteLength > 0 && name.byteLength <= MAX_CARD_NAME_BYTES
  return isNamed && text.byteLength <= MAX_CARD_TEXT_BYTES
}
