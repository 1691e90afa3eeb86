import { shortId } from '../../base/ids.js'
import type { ChatMessage } from '../events.js'
import { decodeTextBody } from '../wire/bodies/text.js'
import { KIND_TEXT } from '../wire/kinds.js'
import type { KnownMessage } from '../wire/message.js'

/** A line of chat as people see it; undefined for what nobody sees: another kind, or a body that does not open. */
export function chatMessageOf(
  { author, body, clock, id, kind }: KnownMessage,
  history: boolean
): ChatMessage | undefined {
  const line = kind === KIND_TEXT && body && decodeTextBody(body)
  if (!line) return undefined
  const nick = line.nick === '' ? shortId(author) : line.nick
  return { id, from: author, nick, text: line.text, time: clock, history }
}
