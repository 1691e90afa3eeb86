import { MAX_TEXT_BYTES } from '../../protocol/config.js'
import { splitText } from '../../room/text.js'
import { NEW_LINE } from '../prompt/typed-text.js'

/** So many UTF-16 units are one message in any case. */
const MAX_SURE = Math.floor(MAX_TEXT_BYTES / 3)

/** What is told below about a text, {@link NEW_LINE} for each line feed: what Enter does with several lines; empty for one. */
export function pasteHint(typed: string): string {
  // Most texts, and cheaper to know than in how many messages they are.
  if (typed.length <= MAX_SURE && !typed.includes(NEW_LINE)) return ''
  const lines = typed.split(NEW_LINE)
  const { length: messages } = splitText(lines.join('\n'))
  // Short, as the row below has 60 columns in a window of 80.
  if (messages > 1) return `${messages} messages: Enter sends them, Ctrl-U drops them`
  if (lines.length === 1) return ''
  return `${lines.length} lines: Enter sends them as one, Ctrl-U drops them`
}
