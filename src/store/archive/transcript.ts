import b4a from 'b4a'
import { domain, hash, type KeyPair, sign, verify } from '../../base/crypto.js'
import {
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId,
  parseId,
  type Topic
} from '../../base/ids.js'
import { readSaid, type Said } from '../../protocol/chat/said.js'
import type { CheckedMessage } from '../../protocol/wire/message.js'

// A transcript: the messages of a room as NDJSON, in the room's order, between a first and a last line. docs/transcripts.md
// is its reference.

/** Version of this format. */
export const TRANSCRIPT_VERSION = 1

/** The first line: which room it is, by its topic. The name is the room's secret, and is not there. */
export interface StartLine {
  readonly type: 'transcript'
  readonly version: number
  readonly topic: Topic
}

/** A message, signed by its author. */
export interface MessageLine {
  readonly type: 'message'
  readonly id: MessageId
  readonly from: IdentityKey
  /** ms since 1970. */
  readonly time: number
  /** The signed bytes, base64. */
  readonly sealed: string
  /** True: its author took it back, and its body is not among the bytes. */
  readonly deleted?: true
  /** What it says, for whoever cannot open the bytes. */
  readonly said?: Said
}

/** The last line: how much there was, signed by whoever wrote the transcript. */
export interface EndLine {
  readonly type: 'end'
  readonly messages: number
  /** A hash over all ids in their order. */
  readonly digest: string
  readonly by: IdentityKey
  /** Base64. */
  readonly signature: string
}

export type TranscriptLine = StartLine | MessageLine | EndLine

const END_DOMAIN = domain('transcript')

/** The hash over the ids of a transcript, in their order. */
export class IdDigest {
  #hash: Uint8Array = b4a.alloc(32)
  #count = 0

  get count(): number {
    return this.#count
  }

  get hex(): string {
    return b4a.toString(this.#hash, 'hex')
  }

  add(id: MessageId): void {
    this.#hash = hash([this.#hash, idToBytes(id)])
    this.#count += 1
  }

  /** The last line of a transcript of these ids. */
  end(topic: Topic, { publicKey, secretKey }: KeyPair): EndLine {
    const signature = b4a.toString(sign(this.#signed(topic), secretKey), 'base64')
    const by = idFromBytes<IdentityKey>(publicKey)
    return { type: 'end', messages: this.#count, digest: this.hex, by, signature }
  }

  /** True if the line was signed for these ids by whom it names. */
  isSignedBy({ by, signature }: EndLine, topic: Topic): boolean {
    const bytes = b4a.from(signature, 'base64')
    return bytes.byteLength === 64 && verify(this.#signed(topic), bytes, idToBytes(by))
  }

  #signed(topic: Topic): Uint8Array {
    const count = b4a.from(String(this.#count))
    return b4a.concat([END_DOMAIN, idToBytes(topic), this.#hash, count])
  }
}

/** `isSealed`: without what it says. */
export function messageLine(message: CheckedMessage, isSealed: boolean): MessageLine {
  const { author: from, clock: time, id, isBare, sealed } = message
  const said = isSealed ? undefined : readSaid(message)
  const bytes = b4a.toString(sealed, 'base64')
  const line = { type: 'message', id, from, time, sealed: bytes } as const
  return { ...line, ...(isBare && { deleted: true as const }), ...(said && { said }) }
}

/** Undefined for what is no line of a transcript. */
export function parseLine(text: string): TranscriptLine | undefined {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null) return undefined
  const line = value as Record<string, unknown>
  if (line.type === 'transcript') return isStart(line) ? (line as unknown as StartLine) : undefined
  if (line.type === 'message') return isMessage(line) ? (line as unknown as MessageLine) : undefined
  return line.type === 'end' && isEnd(line) ? (line as unknown as EndLine) : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && parseId(value) === value
}

function isStart({ topic, version }: Record<string, unknown>): boolean {
  return typeof version === 'number' && isId(topic)
}

function isMessage({ from, id, sealed, time }: Record<string, unknown>): boolean {
  return isId(id) && isId(from) && typeof time === 'number' && typeof sealed === 'string'
}

function isEnd({ by, digest, messages, signature }: Record<string, unknown>): boolean {
  return (
    isId(by) &&
    typeof digest === 'string' &&
    typeof messages === 'number' &&
    typeof signature === 'string'
  )
}
