import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { decodeDeletionBody } from '../wire/bodies/deletion.js'
import { decodeReactionBody } from '../wire/bodies/reaction.js'
import { decodeSubjectBody } from '../wire/bodies/subject.js'
import { decodeLineAbout, decodeTextBody } from '../wire/bodies/text.js'
import {
  KIND_DELETION,
  KIND_EDIT,
  KIND_REACTION,
  KIND_REPLY,
  KIND_SUBJECT,
  KIND_TEXT
} from '../wire/kinds.js'

/** What matters of a message for what people see. */
export interface Readable {
  readonly id: MessageId
  readonly kind: number
  readonly author: IdentityKey
  readonly clock: Millis
  /** Undefined if it does not open, or was dropped. */
  readonly body: Uint8Array | undefined
}

/** What a message says to people. */
export type Said =
  | {
      readonly type: 'line'
      /** Empty: the short identity stands for it. */
      readonly nick: string
      readonly text: string
      /** The line that it answers. */
      readonly target?: MessageId
    }
  | {
      readonly type: 'edit'
      readonly target: MessageId
      readonly nick: string
      readonly text: string
    }
  | { readonly type: 'deletion'; readonly targets: readonly MessageId[] }
  | {
      readonly type: 'reaction'
      readonly target: MessageId
      readonly sign: string
      readonly removed: boolean
    }
  /** What the room is about; empty: nothing in particular. */
  | { readonly type: 'subject'; readonly nick: string; readonly subject: string }

type Reader = (body: Uint8Array) => Said | undefined

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [KIND_TEXT, body => tagged('line', decodeTextBody(body))],
  [KIND_REPLY, body => tagged('line', decodeLineAbout(body))],
  [KIND_EDIT, body => tagged('edit', decodeLineAbout(body))],
  [KIND_DELETION, body => tagged('deletion', decodeDeletionBody(body))],
  [KIND_REACTION, body => tagged('reaction', decodeReactionBody(body))],
  [KIND_SUBJECT, body => tagged('subject', decodeSubjectBody(body))]
])

/** Undefined for what says nothing to people: another kind, or a body that cannot be read. */
export function readSaid({ body, kind }: Readable): Said | undefined {
  return body && READERS.get(kind)?.(body)
}

function tagged<T extends Said['type'], B extends object>(type: T, body: B | undefined) {
  return body && { type, ...body }
}
