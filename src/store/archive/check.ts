import { isDeepStrictEqual } from 'node:util'
import b4a from 'b4a'
import { IdSet } from '../../base/id-set.js'
import { type IdentityKey, shortId, type Topic } from '../../base/ids.js'
import { byPlace, type Place } from '../../protocol/chat/newest.js'
import { readSaid } from '../../protocol/chat/said.js'
import { isEphemeral } from '../../protocol/wire/kinds.js'
import {
  type CheckedMessage,
  type MessageRoom,
  open,
  openBare
} from '../../protocol/wire/message.js'
import {
  type EndLine,
  IdDigest,
  type MessageLine,
  parseLine,
  type StartLine,
  TRANSCRIPT_VERSION
} from './transcript.js'

/** What is wrong with a transcript. */
export interface Flaw {
  /** Counted from 1; undefined for what is about all of it. */
  readonly line: number | undefined
  /** For programs. */
  readonly kind: 'altered' | 'added' | 'missing' | 'order'
  /** As a sentence. */
  readonly text: string
}

/** What a whole transcript is worth. */
export interface TranscriptReport {
  readonly topic: Topic | undefined
  /** Messages that are their authors'. */
  readonly messages: number
  readonly flaws: number
  /** Whoever signed that this is all; undefined if nobody did. */
  readonly by: IdentityKey | undefined
  /** Messages that others name as their parents and that are not there: they were not kept when it was written. */
  readonly absent: number
  /** True if the texts beside the sealed bytes were compared with them: that takes the room's name. */
  readonly textsChecked: boolean
}

/** How a transcript is checked. */
export interface CheckOptions {
  /** Opens the bodies. Default: they stay closed. */
  readonly room?: MessageRoom | undefined
  readonly onflaw: (flaw: Flaw) => void
  /** Hears of each message that is its author's, in the order of the lines. */
  readonly onmessage?: (message: CheckedMessage) => void
}

/** Checks a transcript line by line: every signature, id, parent and the order. Needs no network and no home. */
export class TranscriptCheck {
  readonly #options: CheckOptions
  // BOUNDED: by the transcript, at most 46 bytes a message.
  readonly #ids = new IdSet(Math.random)
  // BOUNDED: by the transcript, as much for each parent that did not come before its child.
  readonly #notBefore = new IdSet(Math.random)
  readonly #digest = new IdDigest()
  #line = 0
  #flaws = 0
  #start: StartLine | undefined
  #end: EndLine | undefined
  #last: Place | undefined

  constructor(options: CheckOptions) {
    this.#options = options
  }

  /** The topic of the room that it says it is of, when its first line was taken. */
  get topic(): Topic | undefined {
    return this.#start?.topic
  }

  /** Takes the next line, without its line feed. */
  take(text: string): void {
    this.#line += 1
    if (text.trim() === '') return
    const line = parseLine(text)
    if (line === undefined) this.#flaw('altered', 'it is no line of a transcript')
    else if (this.#end !== undefined) this.#flaw('added', 'it comes after the end')
    else if (line.type === 'transcript') this.#takeStart(line)
    else if (this.#start === undefined)
      this.#flaw('missing', 'the first line of the transcript is not before it')
    else if (line.type === 'end') this.#takeEnd(line, this.#start.topic)
    else this.#takeMessage(line, this.#start.topic)
  }

  /** No more lines come. */
  end(): TranscriptReport {
    this.#line = 0
    if (this.#start === undefined) this.#flaw('missing', 'its first line is missing')
    else if (this.#end === undefined) this.#flaw('missing', 'its end is missing: it was cut off')
    const { room } = this.#options
    return {
      topic: this.topic,
      messages: this.#ids.size,
      flaws: this.#flaws,
      by: this.#end?.by,
      absent: this.#notBefore.countOutside(this.#ids),
      textsChecked: room?.cipher !== undefined
    }
  }

  #takeStart(line: StartLine): void {
    const { room } = this.#options
    if (this.#start !== undefined) this.#flaw('added', 'a transcript begins once')
    else if (line.version !== TRANSCRIPT_VERSION)
      this.#flaw('altered', 'its format is of another version')
    else if (room !== undefined && room.topic !== line.topic)
      this.#flaw('altered', 'it is of another room')
    this.#start ??= line
  }

  #takeMessage(line: MessageLine, topic: Topic): void {
    const message = this.#open(line, topic)
    if (message === undefined) return
    if (this.#ids.has(message.id)) {
      this.#flaw('added', 'the message was there before')
      return
    }
    if (this.#last !== undefined && byPlace(this.#last, message) > 0)
      this.#flaw('order', 'it is out of order')
    this.#last = { id: message.id, clock: message.clock }
    this.#note(message)
    this.#options.onmessage?.(message)
  }

  #note({ id, parents }: CheckedMessage): void {
    this.#ids.add(id)
    this.#digest.add(id)
    for (const parent of parents) if (!this.#ids.has(parent)) this.#notBefore.add(parent)
  }

  #open(line: MessageLine, topic: Topic): CheckedMessage | undefined {
    const room = this.#options.room ?? { topic }
    const bytes = b4a.from(line.sealed, 'base64')
    const opened = line.deleted === true ? openBare(bytes, topic) : open(bytes, { ...room, topic })
    if (!opened.ok) {
      this.#flaw('altered', 'its bytes are not what its author signed')
      return undefined
    }
    const { message } = opened
    const fault = isEphemeral(message.kind)
      ? 'no transcript has messages of this kind'
      : faultOf(line, message)
    if (fault !== undefined) this.#flaw('altered', fault)
    return fault === undefined ? message : undefined
  }

  #takeEnd(line: EndLine, topic: Topic): void {
    this.#end = line
    const who = shortId(line.by)
    if (line.messages > this.#digest.count)
      this.#flaw(
        'missing',
        `${line.messages - this.#digest.count} of ${line.messages} messages are missing`
      )
    else if (line.messages < this.#digest.count)
      this.#flaw('added', `${this.#digest.count - line.messages} messages were added`)
    else if (line.digest !== this.#digest.hex)
      this.#flaw('altered', 'these are not the messages that it was written with')
    else if (!this.#digest.isSignedBy(line, topic))
      this.#flaw('altered', `${who} has not signed that this is all`)
  }

  #flaw(kind: Flaw['kind'], text: string): void {
    this.#flaws += 1
    this.#options.onflaw({ line: this.#line === 0 ? undefined : this.#line, kind, text })
  }
}

/** What the line says beside the bytes and the bytes do not. */
function faultOf(
  { from, id, said, time }: MessageLine,
  message: CheckedMessage
): string | undefined {
  if (id !== message.id) return 'its id is not that of its bytes'
  if (from !== message.author) return 'its author is not that of its bytes'
  if (time !== message.clock) return 'its time is not that of its bytes'
  const isReadable = said !== undefined && message.body !== undefined
  if (isReadable && !isDeepStrictEqual(said, readable(message)))
    return 'its text is not what was sealed'
  if (said !== undefined && message.isBare) return 'it was deleted, and has a text beside it'
  return undefined
}

// As it is after a way through JSON.
function readable(message: CheckedMessage): unknown {
  return JSON.parse(JSON.stringify(readSaid(message) ?? null))
}
