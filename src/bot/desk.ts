import type { MessageId } from '../base/ids.js'
import type { Saying } from '../room/sending/speak.js'
import type { Author } from './updates.js'

/** Whose doing a message is: answers to bots wait behind answers to people, and at a slower pace. */
export type Cause = 'person' | 'bot'

/** All that a bot's code can do to a room, wherever that room is: in this process, behind a thread, or in a test. */
export interface Desk {
  /** The room's name. */
  readonly name: string
  /** Who the bot is. */
  readonly me: Author
  members(): Author[]
  /** Says something at the bot's pace. Rejects with OUTBOX_FULL, BOT_STOPPED or what the room throws; resolves when it is out. */
  post(saying: Saying, cause: Cause): Promise<MessageId>
}
