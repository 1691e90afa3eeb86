import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { RoomEvent } from '../events.js'
import { KIND_REPLY, KIND_TEXT } from '../wire/kinds.js'
import { changeEvent } from './change-event.js'
import { chatMessageFrom } from './chat-message.js'
import { type Change, Fold } from './fold.js'
import { type Readable, readSaid } from './said.js'

/** What messages tell to people. */
export type LineEvent = Extract<
  RoomEvent,
  { readonly type: 'message' | 'edit' | 'delete' | 'reaction' | 'subject' | 'card' }
>

/**
 * What the messages of a room tell, one after another, in whatever order they come: the same messages tell the same, whether
 * somebody listens from the beginning or from any of them on.
 */
export class ChatLog {
  // BOUNDED: `maxMessages`; with a store, of what it has only the ids.
  readonly #messages = new Map<MessageId, Readable | undefined>()
  readonly #fold = new Fold(id => this.#messageOf(id))
  readonly #stored: ((id: MessageId) => Readable | undefined) | undefined
  /** Lines that a program was told of and that have lost their body since: by id, their authors. */
  // BOUNDED: `maxMessages`.
  readonly #emptied = new Map<MessageId, IdentityKey>()
  readonly #maxMessages: number

  /**
   * Of the messages before the last `maxMessages` nothing is known any more: what is about them tells nothing. `stored`: reads
   * a message that was taken, so that none is kept here. Default: all are.
   */
  constructor(maxMessages: number, stored?: (id: MessageId) => Readable | undefined) {
    this.#maxMessages = maxMessages
    this.#stored = stored
  }

  /** Takes a message of which the program was told before, when it had a body. */
  pass(message: Readable): void {
    const isLine = message.kind === KIND_TEXT || message.kind === KIND_REPLY
    if (isLine && message.body === undefined) this.#emptied.set(message.id, message.author)
    this.take(message, true)
  }

  /** What this message tells. `history`: it was said before somebody listened. */
  take(message: Readable, history: boolean): LineEvent[] {
    if (this.#messages.has(message.id)) return []
    this.#messages.set(message.id, this.#stored === undefined ? message : undefined)
    const changes = [...this.#fold.add(message), ...this.#takeBackEmptied(message)]
    this.#forgetFirst()
    return changes.map(change =>
      change.type === 'line'
        ? { type: 'message', message: chatMessageFrom(change.line, history) }
        : changeEvent(change, message, history)
    )
  }

  #takeBackEmptied(message: Readable): Change[] {
    const said = this.#emptied.size === 0 ? undefined : readSaid(message)
    if (said?.type !== 'deletion') return []
    const lines = said.targets.filter(id => this.#emptied.get(id) === message.author)
    for (const id of lines) this.#emptied.delete(id)
    return lines.map(about => ({ type: 'delete', about }))
  }

  #messageOf(id: MessageId): Readable | undefined {
    if (!this.#messages.has(id)) return undefined
    return this.#messages.get(id) ?? this.#stored?.(id)
  }

  #forgetFirst(): void {
    if (this.#messages.size <= this.#maxMessages) return
    for (const id of this.#messages.keys()) {
      const message = this.#messageOf(id)
      if (message !== undefined) this.#fold.remove(message)
      this.#messages.delete(id)
      this.#emptied.delete(id)
      return
    }
  }
}
