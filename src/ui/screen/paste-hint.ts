import { splitText } from '../../room/text.js'
import { NEW_LINE } from '../prompt/typed-text.js'

/** A text of so many lines is looked at before it is sent. */
const LONG_LINES = 6

/** What is told below about a text that was pasted, {@link NEW_LINE} for each line feed; empty if it is as short as what is typed. */
export function pasteHint(typed: string): string {
  const lines = typed.split(NEW_LINE)
  const { length: messages } = splitText(lines.join('\n'))
  // Short, as the row below has 60 columns in a window of 80.
  if (messages > 1) return `${messages} messages: Enter sends them, Ctrl-U drops them`
  if (lines.length < LONG_LINES) return ''
  return `${lines.length} lines: Enter sends them as one, Ctrl-U drops them`
}
