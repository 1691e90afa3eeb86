import { badText, SwarmchatError } from '../base/errors.js'
import { MAX_DIRECT_BYTES } from '../protocol/access/direct.js'
import {
  MAX_CARD_BYTES,
  MAX_NICK_BYTES,
  MAX_SUBJECT_BYTES,
  MAX_TEXT_BYTES
} from '../protocol/config.js'
import type { CardTexts } from '../protocol/wire/bodies/room-card.js'

export { DIRECT_RATE } from '../protocol/chat/tuning.js'

/** Longest text for one member in UTF-8 bytes: what the longest padding has room for, beside the longest nick. */
export const MAX_DIRECT_TEXT_BYTES = MAX_DIRECT_BYTES - 1 - MAX_NICK_BYTES

/** The text as it is sent: well-formed Unicode. Throws BAD_TEXT where it is empty or over so many bytes of UTF-8, by default 8192. */
export function checkText(text: string, most: number = MAX_TEXT_BYTES): string {
  if (typeof text !== 'string') throw badText('it is no text')
  const bytes = Buffer.byteLength(text)
  if (text.trim() === '') throw badText('it is empty')
  if (bytes > most) throw badText(`it has ${bytes} bytes, more than ${most}`)
  // A lone surrogate has no UTF-8: what others read is what we show.
  return Buffer.from(text).toString()
}

/** BAD_TEXT: a subject, or a text of a card, has more bytes of UTF-8 than it may. */
const tooLong = (what: string, most: number, bytes: number) =>
  new SwarmchatError(
    'BAD_TEXT',
    `That cannot be sent: ${what} has at most ${most} bytes, and this has ${bytes}.`,
    { hint: 'Say it in fewer words.' }
  )

/** A subject as it is sent: one row, well-formed Unicode; it may be empty. Throws BAD_TEXT where it is over 512 bytes of UTF-8. */
export function checkSubject(text: string): string {
  return fitting('a subject', oneRow(text), MAX_SUBJECT_BYTES)
}

/**
 * A card as it is sent: well-formed Unicode, the title and the description one row each; each may be empty. Throws BAD_TEXT where the
 * title is over 64 bytes of UTF-8, the description over 255, or the rules over 600.
 */
export function checkCard({ description, rules, title }: CardTexts): CardTexts {
  return {
    title: fitting("a card's title", oneRow(title), MAX_CARD_BYTES.title),
    description: fitting("a card's description", oneRow(description), MAX_CARD_BYTES.description),
    rules: fitting("a card's rules", textOf(rules).trim(), MAX_CARD_BYTES.rules)
  }
}

// Callers in JavaScript hand over whatever they like.
function textOf(given: string): string {
  if (typeof given !== 'string') throw badText('it is no text')
  return given
}

function oneRow(text: string): string {
  return textOf(text).replace(/\s+/gu, ' ').trim()
}

// A lone surrogate has no UTF-8: what others read is what we show.
function fitting(what: string, text: string, most: number): string {
  const bytes = Buffer.from(text)
  if (bytes.byteLength > most) throw tooLong(what, most, bytes.byteLength)
  return bytes.toString()
}

/**
 * The text in parts that each can be sent: of a text over 8192 bytes of UTF-8 as many lines as fit, of a longer line as many
 * characters. Parts of white space alone are left out.
 */
export function splitText(text: string): string[] {
  const parts: string[] = []
  let rest = Buffer.from(text)
  while (rest.length > MAX_TEXT_BYTES) {
    const end = endOfPart(rest)
    parts.push(rest.toString('utf8', 0, end).replace(/\n$/, ''))
    rest = rest.subarray(end)
  }
  return [...parts, rest.toString()].filter(part => part.trim() !== '')
}

function endOfPart(bytes: Buffer): number {
  const line = bytes.lastIndexOf('\n', MAX_TEXT_BYTES - 1)
  if (line > 0) return line + 1
  // Not in the middle of a character: its other bytes begin with the bits 10.
  let end = MAX_TEXT_BYTES
  while (end > 1 && (bytes.readUInt8(end) & 0xc0) === 0x80) end -= 1
  return end
}
