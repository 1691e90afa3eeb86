import { shortId } from '../../base/ids.js'
import type { RoomEvent } from '../events.js'
import type { Change } from './fold.js'
import type { Readable } from './said.js'

/** What the owner of a room is told of a change of a line that it was told of. `by`: the message that made it. */
export function changeEvent(
  change: Exclude<Change, { type: 'line' }>,
  by: Pick<Readable, 'author' | 'clock' | 'id'>,
  history: boolean
): Extract<RoomEvent, { readonly type: 'edit' | 'delete' | 'reaction' | 'subject' | 'card' }> {
  const { author: from, clock: time } = by
  const said = { by: by.id, from, time, history }
  switch (change.type) {
    case 'edit': {
      const { id, nick, text } = change.line
      return { type: 'edit', id, ...said, nick: nick || shortId(from), text }
    }
    case 'delete':
      return { type: 'delete', id: change.about, ...said }
    case 'reaction': {
      const { author, removed, sign: emoji } = change.reaction
      return { type: 'reaction', id: change.about, ...said, from: author, emoji, removed }
    }
    case 'subject': {
      const none = { id: by.id, from, nick: shortId(from), subject: '', time }
      return { type: 'subject', history, ...(change.subject ?? none) }
    }
    case 'card': {
      const texts = { title: '', description: '', rules: '' }
      const none = { id: by.id, from, nick: shortId(from), time, ...texts }
      return { type: 'card', history, ...(change.card ?? none) }
    }
  }
}
