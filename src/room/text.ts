import { badText } from '../base/errors.js'
import { MAX_TEXT_BYTES } from '../protocol/config.js'

/** The text as it is sent: well-formed Unicode. Throws BAD_TEXT where it is empty or over 8192 bytes of UTF-8. */
export function checkText(text: string): string {
  const bytes = Buffer.byteLength(text)
  if (text.trim() === '') throw badText('it is empty')
  if (bytes > MAX_TEXT_BYTES) throw badText(`it has ${bytes} bytes, more than ${MAX_TEXT_BYTES}`)
  // A lone surrogate has no UTF-8: what others read is what we show.
  return Buffer.from(text).toString()
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
