import type { IdentityKey, MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { RoomUpdate } from '../room/events.js'

/** Lines that can be answered, edited or quoted. Guess: more than anybody scrolls back. */
const MAX_SPOKEN = 500
/** Longest quotation, in characters. Guess: enough to know which line is meant. */
const MAX_QUOTED = 32

/** A line that was shown. */
export interface SpokenLine {
  readonly id: MessageId
  readonly from: IdentityKey
  readonly nick: string
  readonly time: Millis
  /** The beginning of its text: not made safe. */
  readonly text: string
  /** Whom it is for, if it is a private message: it can only be answered. */
  readonly to?: IdentityKey
}

const kept = new WeakMap<object, SpokenLines>()

/** The lines of a room that were shown last; the same for all who ask. */
export function spokenIn(room: object): SpokenLines {
  const spoken = kept.get(room) ?? new SpokenLines()
  kept.set(room, spoken)
  return spoken
}

/** The lines that were shown last, in the order in which they were shown. */
export class SpokenLines {
  // BOUNDED: MAX_SPOKEN, the oldest goes first.
  readonly #lines = new Map<MessageId, SpokenLine>()

  take(update: RoomUpdate): void {
    if (update.type === 'message' || update.type === 'direct') this.#add(update.message)
    else if (update.type === 'redated') this.#rename(update.previous, update.message)
    else if (update.type === 'delete') this.#lines.delete(update.id)
    else if (update.type === 'edit') this.#edit(update.id, update.text)
    else if (update.type === 'forged') for (const id of update.ids) this.#lines.delete(id)
  }

  get(id: MessageId): SpokenLine | undefined {
    return this.#lines.get(id)
  }

  /** The last line that fits is 1, the one before it 2. */
  back(count: number, fits: (line: SpokenLine) => boolean): SpokenLine | undefined {
    const fitting = [...this.#lines.values()].filter(fits)
    return fitting[fitting.length - count]
  }

  #add({ from, id, nick, text, time, to }: SpokenLine): void {
    const line = { id, from, nick, time, text: excerpt(text) }
    this.#lines.set(id, to === undefined ? line : { ...line, to })
    const [oldest] = this.#lines.keys()
    if (this.#lines.size > MAX_SPOKEN && oldest !== undefined) this.#lines.delete(oldest)
  }

  #edit(id: MessageId, text: string): void {
    const line = this.#lines.get(id)
    if (line !== undefined) this.#lines.set(id, { ...line, text: excerpt(text) })
  }

  #rename(previous: MessageId, line: SpokenLine): void {
    this.#lines.delete(previous)
    this.#add(line)
  }
}

function excerpt(text: string): string {
  const [start = ''] = text
    .trim()
    .slice(0, 4 * MAX_QUOTED)
    .split(/\r?\n/, 1)
  const characters = [...start]
  if (characters.length <= MAX_QUOTED && start === text.trim()) return start
  return `${characters.slice(0, MAX_QUOTED).join('').trimEnd()}…`
}
