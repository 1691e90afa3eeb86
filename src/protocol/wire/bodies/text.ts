import type { MessageId } from '../../../base/ids.js'
import { MAX_TEXT_BYTES } from '../../config.js'
import { ByteReader, ByteWriter } from '../bytes.js'
import { decodeText, encodeText } from '../text.js'
import { readNick, writeNick } from './nick-field.js'

/** The body of a line of chat, kind 1. */
export interface TextBody {
  readonly nick: string
  /** At most 8,192 bytes of UTF-8. */
  readonly text: string
}

/** The body of an edit, kind 3, or of a reply, kind 6: a line, and which other one it is for. */
export interface LineAboutBody extends TextBody {
  /** The line that is to read otherwise, or that is answered. */
  readonly target: MessageId
}

export function encodeTextBody({ nick, text }: TextBody): Uint8Array {
  return writeNick(new ByteWriter(), nick).bytes(encodeText(text)).finish()
}

/** Undefined for what cannot be shown: a body cut short, a nick or text too long, text that is not UTF-8. */
export function decodeTextBody(body: Uint8Array): TextBody | undefined {
  return readText(new ByteReader(body))
}

export function encodeLineAbout({ nick, target, text }: LineAboutBody): Uint8Array {
  return writeNick(new ByteWriter().id(target), nick).bytes(encodeText(text)).finish()
}

/** Undefined for what {@link decodeTextBody} does not read either, and without a target. */
export function decodeLineAbout(body: Uint8Array): LineAboutBody | undefined {
  const reader = new ByteReader(body)
  const target = reader.id<MessageId>()
  const line = readText(reader)
  return target && line && { target, ...line }
}

function readText(reader: ByteReader): TextBody | undefined {
  const nick = readNick(reader)
  const bytes = reader.rest()
  const text = bytes.byteLength > MAX_TEXT_BYTES ? undefined : decodeText(bytes)
  if (reader.failed || nick === undefined || text === undefined) return undefined
  return { nick, text }
}
