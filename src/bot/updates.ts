import type { IdentityKey, MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { CardTexts } from '../room/records/room-cards.js'

/** Somebody in a room, as a bot sees them. */
export interface Author {
  /** Who they are: 64 hex digits. Nobody can take it from them. */
  readonly identity: IdentityKey
  /** What they are called. Proves nothing, and is not unique. */
  readonly nick: string
  /** True where their signed profile says that they are a program. */
  readonly isBot: boolean
}

/** Something that somebody else said. */
export interface BotMessage {
  readonly id: MessageId
  /** The exact text: make it safe before it goes to a terminal. */
  readonly text: string
  /** The author's clock, ms since 1970. */
  readonly time: Millis
  /** True where it was said before the bot came. */
  readonly history: boolean
  /** True where it was said while the bot was away: since it first came, and before it came this time. */
  readonly missed?: boolean
  /** The line that it answers. */
  readonly replyTo?: MessageId
  readonly author: Author
}

/** What is told of a line that the bot was told of before: `id`. */
interface Change {
  readonly id: MessageId
  readonly time: Millis
  readonly history: boolean
  /** As of a {@link BotMessage}. */
  readonly missed?: boolean
  readonly author: Author
}

/** What a bot is told. Plain data: it crosses threads, and tests write it down. */
export type Update =
  /** The bot is in the room, and others find it. */
  | { readonly type: 'start' }
  /** The bot leaves, or is replaced by a newer version of itself. */
  | { readonly type: 'stop' }
  | { readonly type: 'message'; readonly message: BotMessage }
  /** Somebody said something to the bot alone: a message that is not to be answered before all. */
  | { readonly type: 'direct'; readonly message: BotMessage }
  /** Its author gave a line another text. */
  | (Change & { readonly type: 'edit'; readonly text: string })
  /** Its author took a line back. */
  | (Change & { readonly type: 'delete' })
  /** Somebody put a sign to a line, or took it away: an emoji as a rule, 48 bytes of anything at most. */
  | (Change & { readonly type: 'reaction'; readonly emoji: string; readonly removed: boolean })
  /** The room is about something else now; empty: about nothing in particular. 512 bytes of anything at most. */
  | {
      readonly type: 'subject'
      readonly subject: string
      readonly time: Millis
      readonly history: boolean
      /** As of a {@link BotMessage}. */
      readonly missed?: boolean
      readonly author: Author
    }
  /** The room has this card now; all three texts empty: none any more. Whatever a stranger likes: 64, 255 and 600 bytes at most. */
  | (CardTexts & {
      readonly type: 'card'
      readonly time: Millis
      readonly history: boolean
      /** As of a {@link BotMessage}. */
      readonly missed?: boolean
      readonly author: Author
    })
  /** `present`: they were here before the bot, which has only now heard of them. */
  | { readonly type: 'join'; readonly author: Author; readonly present: boolean }
  | { readonly type: 'leave'; readonly author: Author }
  | { readonly type: 'rename'; readonly author: Author; readonly previous: string }
  /** So many of so many other members have this message of the bot's. */
  | {
      readonly type: 'receipt'
      readonly id: MessageId
      readonly have: number
      readonly members: number
    }
  /** A schedule of the bot's own: its number in the order of declaration. */
  | { readonly type: 'tick'; readonly schedule: number }

/** What `bot.on` can be asked for. */
export type UpdateType = Exclude<Update['type'], 'tick'>

/** Who did it; undefined for what nobody did. */
export function authorIn(update: Update): Author | undefined {
  if ('message' in update) return update.message.author
  return 'author' in update ? update.author : undefined
}

/** True for what was before the bot came. */
export function isPast(update: Update): boolean {
  if ('message' in update) return update.message.history
  return update.type === 'join' ? update.present : 'history' in update && update.history
}

/** True for what was while the bot was away. */
export function isMissed(update: Update): boolean {
  const { missed = false } = 'message' in update ? update.message : { missed: false, ...update }
  return missed
}
