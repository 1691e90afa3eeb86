import { MAX_SUBJECT_BYTES } from '../../config.js'
import { ByteReader, ByteWriter } from '../bytes.js'
import { decodeText, encodeText } from '../text.js'
import { readNick, writeNick } from './nick-field.js'

/** The body of a subject, kind 8: what the room is about, as somebody put it. The newest counts. */
export interface SubjectBody {
  readonly nick: string
  /** At most 512 bytes of UTF-8; empty: about nothing in particular. */
  readonly subject: string
}

/** RangeError for a subject that is too long: a bug of ours. */
export function encodeSubjectBody({ nick, subject }: SubjectBody): Uint8Array {
  const bytes = encodeText(subject)
  if (bytes.byteLength > MAX_SUBJECT_BYTES) throw new RangeError('the subject is too long')
  return writeNick(new ByteWriter(), nick).bytes(bytes).finish()
}

/** Undefined for what cannot be shown. */
export function decodeSubjectBody(body: Uint8Array): SubjectBody | undefined {
  const reader = new ByteReader(body)
  const nick = readNick(reader)
  const bytes = reader.rest()
  const subject = bytes.byteLength > MAX_SUBJECT_BYTES ? undefined : decodeText(bytes)
  if (reader.failed || nick === undefined || subject === undefined) return undefined
  return { nick, subject }
}
