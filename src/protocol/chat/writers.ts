import type { IdentityKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import type { Author } from '../history/author.js'
import type { Roster } from '../presence/roster.js'
import type { Turn } from '../turn.js'
import { decodeTypingBody, encodeTypingBody } from '../wire/bodies/typing.js'
import { KIND_TYPING } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import {
  MAX_TYPING_MEMBERS,
  MAX_WRITERS,
  TYPING_LATE_MILLIS,
  TYPING_PAUSE_MILLIS,
  WRITER_PAUSE_MILLIS
} from './tuning.js'

/** What it needs of the room. */
export interface WriterParts {
  readonly turn: Turn
  readonly author: Author
  readonly roster: Roster
  /** An observer is no member, and writes nothing. */
  readonly observer: boolean
  readonly publish: (message: VerifiedMessage) => void
}

/** What was told of somebody last. */
interface Told {
  /** When they were told of as writing. */
  readonly at: Millis
  /** False if it was told since that they no longer do. */
  readonly isWriting: boolean
}

/** Who is writing a line. Told now and then while one writes, kept nowhere, and never in a crowd: there it would be noise. */
export class Writers {
  readonly #parts: WriterParts
  #toldAt: Millis = Number.NEGATIVE_INFINITY
  /** True if the others believe that we are writing. */
  #isTold = false
  // BOUNDED: MAX_WRITERS, the oldest goes first.
  readonly #heard = new Recent<IdentityKey, Told>(MAX_WRITERS)

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /** We are writing, or no longer. May be said as often as one likes: the others are told at most every 3 s. */
  say(writing: boolean): void {
    const { observer, roster, turn } = this.#parts
    if (observer || roster.otherCount === 0 || roster.otherCount > MAX_TYPING_MEMBERS) return
    if (writing ? turn.now - this.#toldAt < TYPING_PAUSE_MILLIS : !this.#isTold) return
    if (writing) this.#toldAt = turn.now
    this.#isTold = writing
    this.#publish(writing)
  }

  /** We said it: whoever has that line knows that we write no longer. */
  said(): void {
    this.#isTold = false
    this.#toldAt = Number.NEGATIVE_INFINITY
  }

  /** Somebody said something: what they write from now on is another line. */
  spoke(author: IdentityKey): void {
    this.#heard.delete(author)
  }

  /** Takes what somebody says about that. */
  hear({ author, body, clock }: VerifiedMessage): void {
    const { roster, turn } = this.#parts
    const typing = body && decodeTypingBody(body)
    const isLate = Math.abs(turn.wall - clock) > TYPING_LATE_MILLIS
    if (typing === undefined || isLate || author === this.#parts.author.key) return
    if (roster.member(author) === undefined || !this.#isDue(author, typing.writing)) return
    turn.emit({ type: 'typing', identity: author, writing: typing.writing })
  }

  // No author is told of more often than honest ones speak, and nobody stops who has not begun.
  #isDue(author: IdentityKey, writing: boolean): boolean {
    const { now } = this.#parts.turn
    const last = this.#heard.get(author)
    const isDue = writing
      ? last === undefined || now - last.at >= WRITER_PAUSE_MILLIS
      : last?.isWriting === true
    if (isDue)
      this.#heard.set(author, { at: writing ? now : (last?.at ?? now), isWriting: writing })
    return isDue
  }

  #publish(writing: boolean): void {
    const { author, publish, turn } = this.#parts
    publish(author.write(KIND_TYPING, encodeTypingBody({ writing }), turn.wall))
  }
}
