import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_TEXT_BYTES } from '../config.js'
import type { Author } from '../history/author.js'
import type { Timeline } from '../history/timeline.js'
import type { Roster } from '../presence/roster.js'
import type { Turn } from '../turn.js'
import { encodeTextBody } from '../wire/bodies/text.js'
import { KIND_TEXT } from '../wire/kinds.js'
import type { KnownMessage, VerifiedMessage } from '../wire/message.js'
import { encodeText } from '../wire/text.js'
import { chatMessageOf } from './chat-message.js'
import type { Directs } from './directs.js'
import { Receipts } from './receipts.js'

/** What chatting needs of the room. */
export interface ChatParts {
  readonly turn: Turn
  readonly author: Author
  readonly timeline: Timeline
  readonly roster: Roster
  readonly directs: Directs
  readonly publish: (message: VerifiedMessage) => void
}

/** Lines of chat: said, shown, and who has ours. */
export class Chat {
  readonly #parts: ChatParts
  readonly #receipts = new Receipts()
  #startedAt: Millis = Number.NEGATIVE_INFINITY
  // BOUNDED: by the timeline, which has the same messages; empty once the room has started.
  #untold: KnownMessage[] = []
  /** What a message of ours was called that is being said anew. */
  #former: MessageId | undefined

  constructor(parts: ChatParts) {
    this.#parts = parts
  }

  /** What was said before now is history; what was restored of it, and not told yet, is told. */
  start(): void {
    const { timeline, turn } = this.#parts
    const untold = this.#untold.filter(({ id }) => timeline.has(id))
    this.#untold = []
    for (const message of untold) this.#show(message, [], true)
    this.#startedAt = turn.wall
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

  /** Says something to one member, if it can be sent: too long, or too much at once, cannot. */
  sayTo(to: IdentityKey, nick: string, text: string): void {
    const { directs, publish } = this.#parts
    const message = directs.write(to, nick, text)
    if (message === undefined) return
    this.#receipts.track(message)
    publish(message)
  }

  /** What a stranger writes to us alone is shown from now on, or not. */
  judge(identity: IdentityKey, accept: boolean): void {
    const { directs } = this.#parts
    if (accept) directs.accept(identity)
    else directs.ignore(identity)
  }

  /** Takes a message that we had in this room before: it may still be received. */
  restore(message: KnownMessage, isUntold: boolean): void {
    if (isUntold) this.#untold.push(message)
    this.#parts.directs.restore(message)
    this.#noteOwn(message)
    if (message.author === this.#parts.author.key) this.#receipts.track(message)
    else this.#receipts.note(message)
  }

  /**
   * Our clock was set back: what we said by the former one, dated so that everybody refuses it, is
   * signed anew with the right date and said once more. Not if somebody has some of it: then the
   * others' clocks are as ours was. Gives how many.
   */
  redate(): number {
    const { author, timeline, turn } = this.#parts
    const ahead = timeline
      .after(turn.wall + MAX_CLOCK_AHEAD_MILLIS)
      .filter(message => message.author === author.key)
    if (ahead.some(({ id }) => this.#receipts.isTaken(id))) return 0
    for (const message of ahead) timeline.drop(message)
    for (const message of ahead) this.#sayAnew(message)
    return ahead.length
  }

  #sayAnew({ body, id, kind }: KnownMessage): void {
    const { author, publish, turn } = this.#parts
    if (body === undefined) return
    const message = author.write(kind, body, turn.wall)
    this.#receipts.track(message)
    this.#former = id
    publish(message)
    this.#former = undefined
  }

  /**
   * Takes a message that is new here, and kept or not: tells of it, where people see it, and of what its author is now
   * known to have. `missing`: those of its parents that are not here.
   */
  hear(message: KnownMessage, kept: boolean, missing: readonly MessageId[]): void {
    this.#noteOwn(message)
    this.#parts.directs.meet(message)
    this.#show(message, missing)
    if (kept) this.#receipts.note(message)
    this.#seen(message.author, message.parents)
  }

  /** A message is not kept any more. */
  forget(message: KnownMessage): void {
    this.#receipts.forget(message)
  }

  // Our next message vouches for it.
  #noteOwn(message: KnownMessage): void {
    if (message.isVerified) this.#parts.author.note(message)
  }

  /** True for a message that people see as a line. */
  shows(message: KnownMessage): boolean {
    return chatMessageOf(message, false) !== undefined
  }

  #show(
    message: KnownMessage,
    missing: readonly MessageId[],
    history = message.clock < this.#startedAt
  ): void {
    if (this.#former === undefined) this.#parts.directs.hear(message, history)
    const line = chatMessageOf(message, history)
    if (line === undefined) return
    const shown = missing.length === 0 ? line : { ...line, missing }
    const { turn } = this.#parts
    if (this.#former === undefined) turn.emit({ type: 'message', message: shown })
    else turn.emit({ type: 'redated', previous: this.#former, message: shown })
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
