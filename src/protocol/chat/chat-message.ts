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
  const { author: from, clock: time, edit, id, replyTo, text } = line
  const nick = line.nick === '' ? shortId(from) : line.nick
  const message = { id, from, nick, text, time, history }
  if (replyTo === undefined && edit === undefined) return message
  return { ...message, ...(replyTo && { replyTo }), ...(edit && { edited: edit.clock }) }
}
