import { shortId } from '../../base/ids.js'
import type { ChatMessage } from '../events.js'
import type { FoldedLine } from './fold.js'
import { type Readable, readSaid } from './said.js'

/** A line as its author said it, whatever was said about it; undefined for what is no line, or cannot be read. */
export function chatMessageOf(message: Readable, history: boolean): ChatMessage | undefined {
  const said = readSaid(message)
  if (said?.type !== 'line') return undefined
  const { author, clock, id } = message
  const { nick, target: replyTo, text } = said
  return chatMessageFrom({ id, clock, author, nick, text, replyTo, edit: undefined }, history)
}

/** A line as it reads now, as people see it. */
export function chatMessageFrom(line: FoldedLine, history: boolean): ChatMessage {
  const { author, clock, edit, id, nick, replyTo, text } = line
  return {
    id,
    from: author,
    nick: nick === '' ? shortId(author) : nick,
    text,
    time: clock,
    history,
    ...(replyTo && { replyTo }),
    ...(edit && { edited: edit.clock })
  }
}
