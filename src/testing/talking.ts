import type { IdentityKey, MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Duration } from '../bot/duration.js'
import type { DirectMessage } from '../protocol/events.js'
import type { CardTexts } from '../protocol/wire/bodies/room-card.js'
import type { RoomUpdate } from '../room/events.js'
import type { Speaks } from '../room/sending/speak.js'

/** A bot answers within this. Guess: what is said to all takes as long. */
const ANSWER_MILLIS: Millis = 1_000

/** What members of a test room say: each method resolves with the id of the message when everybody has it. */
export abstract class Talking {
  /** Says something as a member, and lets the room deliver and answer it. Gives its id. */
  async say(nick: string, text: string): Promise<MessageId> {
    return this.speak(nick, room => room.say(text))
  }

  /** Says something to another member alone, and lets the room deliver and answer it. Gives its id. */
  async direct(nick: string, to: string, text: string): Promise<MessageId> {
    const identity = this.identityOf(to)
    const id = await this.speak(nick, room => room.direct(identity, text))
    // Who else has it cannot be seen.
    await this.advance(ANSWER_MILLIS)
    return id
  }

  /** What was said to a member alone, and what it said to others alone. */
  directs(nick: string): DirectMessage[] {
    return this.heard(nick).flatMap(update => (update.type === 'direct' ? [update.message] : []))
  }

  /** The same, in answer to a line that the member has. Rejects with NO_SUCH_MESSAGE. */
  async reply(nick: string, id: MessageId, text: string): Promise<MessageId> {
    return this.speak(nick, room => room.reply(id, text))
  }

  /** A member gives a line of its own another text. Rejects with NO_SUCH_MESSAGE, NOT_YOURS. */
  async edit(nick: string, id: MessageId, text: string): Promise<MessageId> {
    return this.speak(nick, room => room.edit(id, text))
  }

  /** A member takes a line of its own back. Rejects with NO_SUCH_MESSAGE, NOT_YOURS. */
  async delete(nick: string, id: MessageId): Promise<MessageId> {
    return this.speak(nick, room => room.delete(id))
  }

  /** A member puts a sign to a line. Rejects with NO_SUCH_MESSAGE, BAD_EMOJI. */
  async react(nick: string, id: MessageId, emoji: string): Promise<MessageId> {
    return this.speak(nick, room => room.react(id, emoji))
  }

  /** A member takes its sign away again. Rejects with NO_SUCH_MESSAGE, BAD_EMOJI. */
  async unreact(nick: string, id: MessageId, emoji: string): Promise<MessageId> {
    return this.speak(nick, room => room.unreact(id, emoji))
  }

  /** A member says what the room is about. Rejects with BAD_TEXT. */
  async setSubject(nick: string, subject: string): Promise<MessageId> {
    return this.speak(nick, room => room.setSubject(subject))
  }

  /** A member says what the room is; what is left out is empty. Rejects with BAD_TEXT. */
  async setCard(
    nick: string,
    { description = '', rules = '', title = '' }: Partial<CardTexts>
  ): Promise<MessageId> {
    return this.speak(nick, room => room.setCard({ title, description, rules }))
  }

  /** Lets time pass. */
  abstract advance(duration: Duration): Promise<void>

  /** Everything that a member was told. */
  abstract heard(nick?: string): readonly RoomUpdate[]

  /** Who a member is. */
  protected abstract identityOf(nick: string): IdentityKey

  /** Lets a member say it, and the room deliver and answer it. */
  protected abstract speak(nick: string, say: (room: Speaks) => MessageId): Promise<MessageId>
}

/** The message that an update tells of, if it tells of one. */
export function spokenIn(
  update: RoomUpdate
): { readonly id: MessageId; readonly from: string } | undefined {
  if (update.type === 'message') return update.message
  if (update.type === 'subject' || update.type === 'card') return update
  return 'by' in update && 'from' in update ? { id: update.by, from: update.from } : undefined
}
