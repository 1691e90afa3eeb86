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
