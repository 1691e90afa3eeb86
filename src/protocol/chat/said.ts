import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { ShelvedMessage } from '../history/shelf.js'
import { decodeDeletionBody } from '../wire/bodies/deletion.js'
import { decodeReactionBody } from '../wire/bodies/reaction.js'
import { decodeRoomCardBody, type RoomCardBody } from '../wire/bodies/room-card.js'
import { decodeSubjectBody } from '../wire/bodies/subject.js'
import { decodeLineAbout, decodeTextBody } from '../wire/bodies/text.js'
import {
  KIND_DELETION,
  KIND_DIRECT,
  KIND_EDIT,
  KIND_REACTION,
  KIND_REPLY,
  KIND_ROOM_CARD,
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
  /** What the room is; all empty: it has no card. */
  | ({ readonly type: 'card' } & RoomCardBody)

type Reader = (body: Uint8Array) => Said | undefined

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [KIND_TEXT, body => tagged('line', decodeTextBody(body))],
  [KIND_REPLY, body => tagged('line', decodeLineAbout(body))],
  [KIND_EDIT, body => tagged('edit', decodeLineAbout(body))],
  [KIND_DELETION, body => tagged('deletion', decodeDeletionBody(body))],
  [KIND_REACTION, body => tagged('reaction', decodeReactionBody(body))],
  [KIND_SUBJECT, body => tagged('subject', decodeSubjectBody(body))],
  [KIND_ROOM_CARD, body => tagged('card', decodeRoomCardBody(body))]
])

const LINE_KINDS: ReadonlySet<number> = new Set([KIND_TEXT, KIND_REPLY])

/** True for a message that is a line if it can be read, and says nothing of other messages that must be known before. */
export function isLineKind(kind: number): boolean {
  return LINE_KINDS.has(kind)
}

/** True for a message that changes what others say. */
export function isMarkKind(kind: number): boolean {
  return READERS.has(kind) && !isLineKind(kind)
}

/**
 * True for a message that is read as soon as it is restored: what changes other lines must be known before they are shown,
 * and whom we (`self`) wrote to, before they write.
 */
export function isReadAtOnce({ author, isBare, kind }: ShelvedMessage, self: IdentityKey): boolean {
  return !isBare && (isMarkKind(kind) || (kind === KIND_DIRECT && author === self))
}

/** Undefined for what says nothing to people: another kind, or a body that cannot be read. */
export function readSaid({ body, kind }: Readable): Said | undefined {
  return body && READERS.get(kind)?.(body)
}

/** The messages that this one takes back, if they are its author's. */
export function deletedBy(message: Readable): readonly MessageId[] {
  const said = message.kind === KIND_DELETION ? readSaid(message) : undefined
  return said?.type === 'deletion' ? said.targets : []
}

function tagged<T extends Said['type'], B extends object>(type: T, body: B | undefined) {
  return body && { type, ...body }
}
