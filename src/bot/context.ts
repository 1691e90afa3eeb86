import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { checkEmoji } from '../room/emoji.js'
import type { CardTexts } from '../room/records/room-cards.js'
import type { Saying } from '../room/sending/speak.js'
import { checkCard, checkSubject, checkText, MAX_DIRECT_TEXT_BYTES } from '../room/text.js'
import { isAddressed } from './addressed.js'
import { type BotClock, sleepOn } from './clock.js'
import type { Call } from './commands.js'
import type { Cause, Desk } from './desk.js'
import { type Duration, millisOf } from './duration.js'
import type { Log } from './log.js'
import type { State } from './state.js'
import { type Author, type BotMessage, isMissed, type Update } from './updates.js'

/** Something that the bot says. */
export interface Sent {
  /** Resolves with its id, which receipts name, when the pace has let it out and it is on the disk. Rejects with OUTBOX_FULL or BOT_STOPPED. */
  readonly id: Promise<MessageId>
}

/** How a bot answers. */
export interface ReplyOptions {
  /** Answer the message itself instead of its author by name. Default false. */
  readonly quote?: boolean
}

/** What every context is made of. */
export interface ContextParts {
  readonly desk: Desk
  readonly state: State
  readonly log: Log
  readonly signal: AbortSignal
  readonly clock: BotClock
}

/** What a handler is given: an update, and the room that it comes from. */
export class Context<U extends Update = Update> {
  readonly update: U
  /** Durable key-value store of this bot in this room. */
  readonly state: State
  readonly log: Log
  /** Fires when the handler has taken too long, or the bot stops meanwhile; that of a `start` handler fires whenever the bot stops. */
  readonly signal: AbortSignal
  readonly #parts: ContextParts

  constructor(parts: ContextParts, update: U) {
    this.#parts = parts
    this.update = update
    this.state = parts.state
    this.log = parts.log
    this.signal = parts.signal
  }

  /** The room's name. */
  get room(): string {
    return this.#parts.desk.name
  }

  /** Who the bot is. */
  get me(): Author {
    return this.#parts.desk.me
  }

  /** True where it happened while the bot was away; heard with the option `missed` alone. */
  get missed(): boolean {
    return isMissed(this.update)
  }

  /** Milliseconds since 1970; of the virtual clock in tests. */
  now(): Millis {
    return this.#parts.clock.now()
  }

  /** Waits; rejects when the signal fires. */
  sleep(duration: Duration): Promise<void> {
    return sleepOn(this.#parts.clock, millisOf(duration), this.signal)
  }

  /** Everybody in the room, the bot included. */
  members(): Author[] {
    return this.#parts.desk.members()
  }

  /** Says something in the room, at the bot's pace. Throws BAD_TEXT where it is empty or over 8192 bytes of UTF-8. */
  say(text: string): Sent {
    return this.post({ type: 'say', text: checkText(text) })
  }

  /**
   * Gives a line of the bot's another text, at the bot's pace; its id is that of {@link Sent}. Throws BAD_TEXT. The promise
   * of the id that this gives rejects with NO_SUCH_MESSAGE or NOT_YOURS.
   */
  edit(id: MessageId, text: string): Sent {
    return this.post({ type: 'edit', id, text: checkText(text) })
  }

  /** Takes a line of the bot's back, at the bot's pace. The promise of the id rejects with NO_SUCH_MESSAGE or NOT_YOURS. */
  delete(id: MessageId): Sent {
    return this.post({ type: 'delete', id })
  }

  /** Says what the room is about from now on, at the bot's pace; empty: about nothing in particular. Throws BAD_TEXT. */
  setSubject(subject: string): Sent {
    return this.post({ type: 'subject', subject: checkSubject(subject) })
  }

  /**
   * Says what the room is from now on, at the bot's pace; what is left out is empty, all empty: it has no card. Throws BAD_TEXT where the
   * title is over 64 bytes of UTF-8, the description over 255, or the rules over 600.
   */
  setCard({ description = '', rules = '', title = '' }: Partial<CardTexts>): Sent {
    return this.post({ type: 'card', ...checkCard({ title, description, rules }) })
  }

  /** Says something that this identity alone can read. Throws BAD_TEXT. */
  protected postTo(to: Author, text: string): Sent {
    return this.post({
      type: 'direct',
      to: to.identity,
      text: checkText(text, MAX_DIRECT_TEXT_BYTES)
    })
  }

  protected post(saying: Saying): Sent {
    const id = this.#parts.desk.post(saying, this.cause())
    // Not everybody wants to know.
    id.catch(() => {})
    return { id }
  }

  protected cause(): Cause {
    return 'person'
  }
}

/** Somebody said something. */
export class MessageContext extends Context<Extract<Update, { type: 'message' }>> {
  readonly message: BotMessage

  constructor(parts: ContextParts, update: Extract<Update, { type: 'message' }>) {
    super(parts, update)
    this.message = update.message
  }

  get author(): Author {
    return this.message.author
  }

  /** True where the text speaks to the bot by its nick: `dice: ...`, `@dice`, `/roll@dice`. */
  get addressed(): boolean {
    return isAddressed(this.message.text, this.me.nick)
  }

  /**
   * Says something to the author: `ana: ...`; without the name where the author is a bot, which would take it as a call.
   * With `quote` it is an answer to this very message, which others see beside it, and begins with no name. Throws BAD_TEXT.
   */
  reply(text: string, { quote = false }: ReplyOptions = {}): Sent {
    if (quote) return this.post({ type: 'say', text: checkText(text), replyTo: this.message.id })
    return this.say(this.author.isBot ? text : `${this.author.nick}: ${text}`)
  }

  /** Says something that the author alone can read, at the bot's pace, and at 5 a second. Throws BAD_TEXT. */
  direct(text: string): Sent {
    return this.postTo(this.author, text)
  }

  /** Puts a sign to the message, an emoji as a rule, at the bot's pace. Throws BAD_EMOJI. */
  react(emoji: string): Sent {
    return this.#putSign(emoji, false)
  }

  /** Takes the bot's sign away again. Throws BAD_EMOJI. */
  unreact(emoji: string): Sent {
    return this.#putSign(emoji, true)
  }

  #putSign(emoji: string, removed: boolean): Sent {
    return this.post({ type: 'react', id: this.message.id, emoji: checkEmoji(emoji), removed })
  }

  protected override cause(): Cause {
    return this.author.isBot ? 'bot' : 'person'
  }
}

/** Somebody said something to the bot alone. */
export class DirectContext extends Context<Extract<Update, { type: 'direct' }>> {
  get message(): BotMessage {
    return this.update.message
  }

  get author(): Author {
    return this.message.author
  }

  /** Answers so that the author alone can read it, at the bot's pace, and at 5 a second. Throws BAD_TEXT. */
  reply(text: string): Sent {
    return this.postTo(this.author, text)
  }

  protected override cause(): Cause {
    return this.author.isBot ? 'bot' : 'person'
  }
}

/** Somebody gave a command. */
export class CommandContext extends MessageContext implements Call {
  readonly name: string
  readonly args: readonly string[]
  readonly rest: string

  constructor(parts: ContextParts, update: Extract<Update, { type: 'message' }>, call: Call) {
    super(parts, update)
    this.name = call.name
    this.args = call.args
    this.rest = call.rest
  }
}

/** Somebody said something that a pattern fits. */
export class HearsContext extends MessageContext {
  readonly match: RegExpExecArray

  constructor(
    parts: ContextParts,
    update: Extract<Update, { type: 'message' }>,
    match: RegExpExecArray
  ) {
    super(parts, update)
    this.match = match
  }
}

/** What somebody did. */
abstract class AuthorContext<
  U extends ChangeUpdate | MemberUpdate | SubjectUpdate | CardUpdate
> extends Context<U> {
  get author(): Author {
    return this.update.author
  }

  protected override cause(): Cause {
    return this.author.isBot ? 'bot' : 'person'
  }
}

/** What is told of a line. */
export type ChangeUpdate = Extract<Update, { type: 'edit' | 'delete' | 'reaction' }>

/** A line was edited or taken back, or somebody put a sign to it. */
export class ChangeContext<U extends ChangeUpdate = ChangeUpdate> extends AuthorContext<U> {}

type SubjectUpdate = Extract<Update, { type: 'subject' }>

/** Somebody said what the room is about. */
export class SubjectContext extends AuthorContext<SubjectUpdate> {}

type CardUpdate = Extract<Update, { type: 'card' }>

/** Somebody said what the room is. */
export class CardContext extends AuthorContext<CardUpdate> {}

/** What is told of a member. */
export type MemberUpdate = Extract<Update, { type: 'join' | 'leave' | 'rename' }>

/** Somebody came, went, or goes by another nick. */
export class MemberContext<U extends MemberUpdate = MemberUpdate> extends AuthorContext<U> {}
