import type { MessageId } from '../../base/ids.js'
import type { Saying } from '../../protocol/events.js'
import type { Speaker } from '../speaker.js'

export type { Saying } from '../../protocol/events.js'

/** Whatever says what it is told to: a room, or a test's. */
export type Speaks = Pick<
  Speaker,
  'say' | 'direct' | 'reply' | 'edit' | 'delete' | 'react' | 'unreact' | 'setSubject' | 'setCard'
>

/** Says it; gives the id of the message. Throws what the method of {@link Speaker} throws. */
export function speak(room: Speaks, saying: Saying): MessageId {
  switch (saying.type) {
    case 'say': {
      const { replyTo, text } = saying
      return replyTo === undefined ? room.say(text) : room.reply(replyTo, text)
    }
    case 'direct':
      return room.direct(saying.to, saying.text)
    case 'edit':
      return room.edit(saying.id, saying.text)
    case 'delete':
      return room.delete(saying.id)
    case 'react': {
      const { emoji, id, removed } = saying
      return removed ? room.unreact(id, emoji) : room.react(id, emoji)
    }
    case 'subject':
      return room.setSubject(saying.subject)
    case 'card':
      return room.setCard(saying)
  }
}
