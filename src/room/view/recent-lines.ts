import type { MessageId } from '../../base/ids.js'
import type { ChatMessage, DirectMessage } from '../../protocol/events.js'
import type { RoomUpdate } from '../events.js'

/** Guess: a long look back. */
const MAX_LINES = 1_000

/** A line with the text that it has now: said to all, or to one member alone (`to`). */
export type RecentLine = Pick<
  ChatMessage & Partial<DirectMessage>,
  'from' | 'id' | 'nick' | 'text' | 'time' | 'to'
>

/** The newest lines of a room: what others answer, change, and react to, and what commands choose from. */
export class RecentLines {
  // BOUNDED: MAX_LINES, the oldest goes first.
  readonly #lines = new Map<MessageId, RecentLine>()

  /** How many there are. */
  get size(): number {
    return this.#lines.size
  }

  /** The line of this id, if it is one of them. */
  get(id: MessageId): RecentLine | undefined {
    return this.#lines.get(id)
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<RecentLine> {
    return this.#lines.values()
  }

  /** The last line that fits is 1, the one before it 2. */
  back(count: number, fits: (line: RecentLine) => boolean): RecentLine | undefined {
    return [...this.#lines.values()].filter(fits).at(-count)
  }

  /** Adds what was said, and follows what becomes of it. */
  take(update: RoomUpdate): void {
    switch (update.type) {
      case 'message':
      case 'direct':
        this.#add(update.message)
        break
      case 'redated':
        this.#rename(update.previous, update.message)
        break
      case 'edit':
        this.#edit(update.id, update.text)
        break
      case 'delete':
        this.#lines.delete(update.id)
        break
      case 'forged':
        for (const id of update.ids) this.#lines.delete(id)
    }
  }

  #add(line: RecentLine): void {
    this.#lines.set(line.id, line)
    if (this.#lines.size <= MAX_LINES) return
    const oldest = this.#lines.keys().next()
    if (!oldest.done) this.#lines.delete(oldest.value)
  }

  // It may be for one member alone, which the message does not say.
  #rename(previous: MessageId, message: RecentLine): void {
    const line = this.#lines.get(previous)
    if (line === undefined) return
    this.#lines.delete(previous)
    this.#add(line.to === undefined ? message : { ...message, to: line.to })
  }

  // In its place.
  #edit(id: MessageId, text: string): void {
    const line = this.#lines.get(id)
    if (line !== undefined) this.#lines.set(id, { ...line, text })
  }
}
