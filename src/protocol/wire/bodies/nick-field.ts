import { MAX_NICK_BYTES } from '../../config.js'
import type { ByteReader, ByteWriter } from '../bytes.js'
import { capNick, decodeText, encodeText } from '../text.js'

// A nick in a body: its length, u8, and UTF-8.

export function writeNick(writer: ByteWriter, nick: string): ByteWriter {
  const bytes = encodeText(capNick(nick))
  return writer.uint8(bytes.byteLength).bytes(bytes)
}

export function readNick(reader: ByteReader): string | undefined {
  const length = reader.uint8()
  if (length > MAX_NICK_BYTES) return undefined
  return decodeText(reader.bytes(length))
}
