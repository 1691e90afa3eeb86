import { type IdentityKey, type MessageId, shortId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_TEXT_BYTES } from '../config.js'
import type { Author } from '../history/author.js'
import type { Roster } from '../presence/roster.js'
import type { Turn } from '../turn.js'
import { decodeTextBody, encodeTextBody } from '../wire/bodies.js'
import { isEphemeral, KIND_TEXT, type VerifiedMessage } from '../wire/message.js'
import { encodeText } from '../wire/text.js'
import { Receipts } from './receipts.js'

/** What chatting needs of the room. */
export interface ChatParts {
  readonly turn: Turn
  readonly author: Author
  readonly roster: Roster
  readonly publish: (message: VerifiedMessage) => void
}

/** Lines of chat: said, shown, and who has ours. */
export class Chat {
  readonly #parts: ChatParts
  readonly #receipts = new Receipts()
  #startedAt: Millis = Number.NEGATIVE_INFINITY

  constructor(parts: ChatParts) {
    this.#parts = parts
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
    const message = author.write(KIND_TEXT, encodeTextBody({ nick, text }), turn.wall)
    this.#receipts.track(message)
    publish(message)
  }

  /**
   * Takes a message that is new here: tells of it, where people see it, and of what its author is now known to have.
   * `missing`: those of its parents that are not here.
   */
  hear(message: VerifiedMessage, missing: readonly MessageId[]): void {
    this.#show(message, missing)
    if (!isEphemeral(message.kind)) this.#receipts.note(message)
    this.#seen(message.author, message.parents)
  }

  #show(message: VerifiedMessage, missing: readonly MessageId[]): void {
    const body = message.kind === KIND_TEXT ? decodeTextBody(message.body) : undefined
    if (body === undefined) return
    const { author: from, clock: time, id } = message
    const nick = body.nick === '' ? shortId(from) : body.nick
    const history = time < this.#startedAt
    const shown = { id, from, nick, text: body.text, time, history }
    this.#parts.turn.emit({
      type: 'message',
      message: missing.length === 0 ? shown : { ...shown, missing }
    })
  }

  #seen(member: IdentityKey, heads: readonly MessageId[]): void {
    const { author, roster, turn } = this.#parts
    if (member === author.key) return
    const receipts = this.#receipts.seen(member, heads)
    if (receipts.length === 0) return
    const others = roster.countOthers(member)
    for (const { have, id } of receipts) {
      turn.emit({ type: 'receipt', id, have, members: Math.max(have, others) })
    }
  }
}

function objection(text: string): 'empty' | 'too-long' | undefined {
  if (text.trim() === '') return 'empty'
  return encodeText(text).byteLength > MAX_TEXT_BYTES ? 'too-long' : undefined
}
