import type { Author } from './author.js'
import { decodeTextBody, encodeTextBody } from './bodies.js'
import { MAX_TEXT_BYTES, type Millis } from './config.js'
import { type IdentityKey, type MessageId, shortId } from './ids.js'
import { KIND_TEXT, type VerifiedMessage } from './message.js'
import { Receipts } from './receipts.js'
import type { Roster } from './roster.js'
import { encodeText } from './text.js'
import type { Timeline } from './timeline.js'
import type { Turn } from './turn.js'

/** What chatting needs of the room. */
export interface ChatParts {
  readonly turn: Turn
  readonly author: Author
  readonly roster: Roster
  readonly timeline: Timeline
  readonly publish: (message: VerifiedMessage) => void
}

/** Lines of chat: said, shown, and who has ours. */
export class Chat {
  readonly #parts: ChatParts
  readonly #receipts: Receipts
  #startedAt: Millis = Number.NEGATIVE_INFINITY

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#receipts = new Receipts(id => parts.timeline.get(id))
  }

  /** What was said before now is history. */
  start(): void {
    this.#startedAt = this.#parts.turn.now
  }

  say(nick: string, text: string): void {
    const { author, publish, turn } = this.#parts
    const why = objection(text)
    if (why !== undefined) {
      turn.emit({ type: 'unsent', text, why })
      return
    }
    const message = author.write(KIND_TEXT, encodeTextBody({ nick, text }), turn.now)
    this.#receipts.track(message.id)
    publish(message)
  }

  /** Tells of a message, where it is one that people see. */
  show(message: VerifiedMessage): void {
    const body = message.kind === KIND_TEXT ? decodeTextBody(message.body) : undefined
    if (body === undefined) return
    const { author: from, clock: time, id } = message
    const nick = body.nick === '' ? shortId(from) : body.nick
    const history = time < this.#startedAt
    this.#parts.turn.emit({
      type: 'message',
      message: { id, from, nick, text: body.text, time, history }
    })
  }

  /** A member has shown that it has these messages. */
  seen(member: IdentityKey, heads: readonly MessageId[]): void {
    const { author, roster, turn } = this.#parts
    if (member === author.key) return
    const receipts = this.#receipts.seen(member, heads)
    if (receipts.length === 0) return
    const others = new Set(roster.others()).add(member).size
    for (const { have, id } of receipts) {
      turn.emit({ type: 'receipt', id, have, members: Math.max(have, others) })
    }
  }
}

function objection(text: string): 'empty' | 'too-long' | undefined {
  if (text.trim() === '') return 'empty'
  return encodeText(text).byteLength > MAX_TEXT_BYTES ? 'too-long' : undefined
}
