import { MAX_CARD_BYTES } from '../../config.js'
import { ByteReader, ByteWriter } from '../bytes.js'
import { decodeText, encodeText } from '../text.js'
import { readNick, writeNick } from './nick-field.js'

/** What a room says of itself. Each may be empty; all empty: it has no card. */
export interface CardTexts {
  /** As people read it; at most 64 bytes of UTF-8. */
  readonly title: string
  /** What it is for; at most 255 bytes of UTF-8. */
  readonly description: string
  /** How one behaves in it; at most 600 bytes of UTF-8. */
  readonly rules: string
}

/** The body of a room's card, kind 12: what the room is, as somebody put it. The newest counts. */
export interface RoomCardBody extends CardTexts {
  readonly nick: string
}

/** True for a card that says nothing: it takes the last one away. */
export function isEmptyCard({ description, rules, title }: CardTexts): boolean {
  return title + description + rules === ''
}

/** RangeError for a text over its cap: a bug of ours. */
export function encodeRoomCardBody({ nick, ...texts }: RoomCardBody): Uint8Array {
  return writeCard(writeNick(new ByteWriter(), nick), texts).finish()
}

/** Undefined for what cannot be shown. */
export function decodeRoomCardBody(body: Uint8Array): RoomCardBody | undefined {
  const reader = new ByteReader(body)
  const nick = readNick(reader)
  const texts = readCard(reader)
  return nick === undefined || texts === undefined ? undefined : { nick, ...texts }
}

/** Title and description, each after its length (u8), and the rules after theirs (u16). RangeError for a text over its cap. */
export function writeCard(writer: ByteWriter, texts: CardTexts): ByteWriter {
  const [title, description, rules] = [
    capped(texts.title, MAX_CARD_BYTES.title),
    capped(texts.description, MAX_CARD_BYTES.description),
    capped(texts.rules, MAX_CARD_BYTES.rules)
  ]
  writer.uint8(title.byteLength).bytes(title)
  writer.uint8(description.byteLength).bytes(description)
  return writer.uint16(rules.byteLength).bytes(rules)
}

/** The same read; undefined for what is cut off, over its cap, or no UTF-8. */
export function readCard(reader: ByteReader): CardTexts | undefined {
  const title = readText(reader, reader.uint8(), MAX_CARD_BYTES.title)
  const description = readText(reader, reader.uint8(), MAX_CARD_BYTES.description)
  const rules = readText(reader, reader.uint16(), MAX_CARD_BYTES.rules)
  if (title === undefined || description === undefined || rules === undefined) return undefined
  return reader.failed ? undefined : { title, description, rules }
}

function capped(text: string, most: number): Uint8Array {
  const bytes = encodeText(text)
  if (bytes.byteLength > most) throw new RangeError('a text of a card is too long')
  return bytes
}

function readText(reader: ByteReader, length: number, most: number): string | undefined {
  return length > most ? undefined : decodeText(reader.bytes(length))
}
