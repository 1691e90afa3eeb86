import { EventEmitter } from 'node:events'
import { noSuchMessage, notSent, notYours, roomFault, type SwarmchatError } from '../base/errors.js'
import type { IdentityKey, MessageId } from '../base/ids.js'
import type { FoldedLine } from '../protocol/chat/fold.js'
import type { Output, Saying, Typing } from '../protocol/events.js'
import type { CardTexts } from '../protocol/wire/bodies/room-card.js'
import { checkEmoji } from './emoji.js'
import type { RoomEvents } from './events.js'
import { checkCard, checkSubject, checkText, MAX_DIRECT_TEXT_BYTES } from './text.js'

/** What can be said in a room: the part of {@link Room} that only needs to hand it on. */
export abstract class Speaker extends EventEmitter<RoomEvents> {
  /** Who we are to the others. */
  abstract readonly identity: IdentityKey

  /**
   * Says something; gives its id, which receipts name. Throws BAD_TEXT if it is empty or over 8192
   * bytes of UTF-8, ROOM_LEFT, and ROOM_FAULT if a mistake of ours kept it from being sent.
   */
  say(text: string): MessageId {
    return this.#publish({ type: 'say', text: checkText(text) })
  }

  /**
   * Says something that only this identity can read, on all its devices; gives its id. Throws BAD_TEXT
   * if it is empty or over 8125 bytes, NOT_SENT (more than 5 in a second; no such identity), ROOM_LEFT.
   */
  direct(to: IdentityKey, text: string): MessageId {
    const checked = checkText(text, MAX_DIRECT_TEXT_BYTES)
    return this.#publish({ type: 'direct', to, text: checked }, notSent)
  }

  /**
   * Says something in answer to a line, and gives its id: a `message` with `replyTo`. Throws BAD_TEXT,
   * NO_SUCH_MESSAGE if that line is not here, ROOM_LEFT, ROOM_FAULT.
   */
  reply(id: MessageId, text: string): MessageId {
    this.#lineOf(id)
    return this.#publish({ type: 'say', text: checkText(text), replyTo: id })
  }

  /**
   * Gives a line of ours another text; gives the id of the edit. Others have had the old text: an edit
   * is no secret. Throws BAD_TEXT, NO_SUCH_MESSAGE, NOT_YOURS, ROOM_LEFT, ROOM_FAULT.
   */
  edit(id: MessageId, text: string): MessageId {
    this.#checkOwn(id)
    return this.#publish({ type: 'edit', id, text: checkText(text) })
  }

  /**
   * Takes a line of ours back, and its edits; gives the id of the deletion. Members that honour it
   * drop the text for good, here and on their disks; whoever has read it has read it. Throws
   * NO_SUCH_MESSAGE, NOT_YOURS, ROOM_LEFT, ROOM_FAULT.
   */
  delete(id: MessageId): MessageId {
    this.#checkOwn(id)
    return this.#publish({ type: 'delete', id })
  }

  /**
   * Puts a sign to a line, an emoji as a rule; gives the id of the reaction. Throws BAD_EMOJI if it is
   * empty, over 48 bytes of UTF-8 or has blanks, NO_SUCH_MESSAGE, ROOM_LEFT, ROOM_FAULT.
   */
  react(id: MessageId, emoji: string): MessageId {
    return this.#putSign(id, emoji, false)
  }

  /** Takes our sign away from a line again. Throws BAD_EMOJI, NO_SUCH_MESSAGE, ROOM_LEFT, ROOM_FAULT. */
  unreact(id: MessageId, emoji: string): MessageId {
    return this.#putSign(id, emoji, true)
  }

  /**
   * Says what the room is about from now on; gives the id of the message. Empty: about nothing in particular. Any member
   * may, and who did it last counts. Throws BAD_TEXT if it is over 512 bytes of UTF-8, ROOM_LEFT, ROOM_FAULT.
   */
  setSubject(subject: string): MessageId {
    return this.#publish({ type: 'subject', subject: checkSubject(subject) })
  }

  /**
   * Says what the room is from now on; gives the id of the message. All texts empty: it has no card. Any member may, and who did
   * it last counts. Throws BAD_TEXT if one is too long (title 64 bytes of UTF-8, description 255, rules 600), ROOM_LEFT, ROOM_FAULT.
   */
  setCard(card: CardTexts): MessageId {
    return this.#publish({ type: 'card', ...checkCard(card) })
  }

  /**
   * Tells the others that we are writing a line, or no longer: at most every 3 s, however often this is called, and not in a
   * room of over 64 others. It is kept nowhere. Throws ROOM_LEFT.
   */
  setTyping(writing: boolean): void {
    this.hand({ type: 'typing', writing })
  }

  /** Hands it to the room, if we are in it; gives what that led to. Throws ROOM_LEFT. */
  protected abstract hand(saying: Saying | Typing): readonly Output[]

  /** A line as it reads now, if it is here. Throws ROOM_LEFT. */
  protected abstract lineHere(id: MessageId): FoldedLine | undefined

  #putSign(id: MessageId, emoji: string, removed: boolean): MessageId {
    this.#lineOf(id)
    return this.#publish({ type: 'react', id, emoji: checkEmoji(emoji), removed })
  }

  #checkOwn(id: MessageId): void {
    if (this.#lineOf(id).author !== this.identity) throw notYours()
  }

  #lineOf(id: MessageId): FoldedLine {
    const line = this.lineHere(id)
    if (line === undefined) throw noSuchMessage()
    return line
  }

  // The last one: what was said before may be signed anew, if the clock was set back.
  #publish(saying: Saying, failed: () => SwarmchatError = roomFault): MessageId {
    const message = this.hand(saying).findLast(isStored)?.message
    if (message === undefined) throw failed()
    return message.id
  }
}

function isStored(output: Output): output is Extract<Output, { type: 'store' }> {
  return output.type === 'store'
}
