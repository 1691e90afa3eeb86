import { ByteReader, ByteWriter } from '../bytes.js'

/** The body of kind 129: somebody is writing a line, or no longer. */
export interface TypingBody {
  readonly writing: boolean
}

const WRITING = 1

export function encodeTypingBody({ writing }: TypingBody): Uint8Array {
  return new ByteWriter().uint8(writing ? WRITING : 0).finish()
}

/** Undefined for an empty body. Flags and bytes that a later version may add are passed over. */
export function decodeTypingBody(body: Uint8Array): TypingBody | undefined {
  const reader = new ByteReader(body)
  const writing = (reader.uint8() & WRITING) !== 0
  return reader.failed ? undefined : { writing }
}
