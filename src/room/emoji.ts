import { SwarmchatError } from '../base/errors.js'
import { safeText } from '../base/safe-text.js'
import { MAX_SIGN_BYTES } from '../protocol/config.js'

/** BAD_EMOJI: this is no sign that can be put to a line. */
const badEmoji = (reason: string) =>
  new SwarmchatError('BAD_EMOJI', `That is no reaction: ${reason}.`, {
    hint: 'Give one emoji, or a short word: 1 to 48 bytes of UTF-8 without blanks.'
  })

/** The sign as it is sent. Throws BAD_EMOJI. */
export function checkEmoji(emoji: string): string {
  if (typeof emoji !== 'string') throw badEmoji('it is no text')
  const sign = Buffer.from(emoji.trim()).toString()
  const bytes = Buffer.byteLength(sign)
  if (bytes === 0) throw badEmoji('it is empty')
  if (bytes > MAX_SIGN_BYTES) throw badEmoji(`it has ${bytes} bytes, more than ${MAX_SIGN_BYTES}`)
  if (/\s/u.test(sign)) throw badEmoji('it has blanks')
  if (safeText(sign) !== sign) throw badEmoji('it has characters that nobody would see')
  return sign
}
