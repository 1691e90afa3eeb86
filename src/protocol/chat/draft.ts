import type { MessageId } from '../../base/ids.js'
import { MAX_TEXT_BYTES } from '../config.js'
import type { Inviting, Saying } from '../events.js'
import { encodeDeletionBody } from '../wire/bodies/deletion.js'
import {
  encodeInvitationBody,
  encodeInvitationRevocationBody,
  encodeInvitationUseBody
} from '../wire/bodies/invitation.js'
import { encodeReactionBody } from '../wire/bodies/reaction.js'
import { encodeRoomCardBody } from '../wire/bodies/room-card.js'
import { encodeSubjectBody } from '../wire/bodies/subject.js'
import { encodeLineAbout, encodeTextBody } from '../wire/bodies/text.js'
import {
  KIND_DELETION,
  KIND_EDIT,
  KIND_INVITATION,
  KIND_INVITATION_REVOCATION,
  KIND_INVITATION_USE,
  KIND_REACTION,
  KIND_REPLY,
  KIND_ROOM_CARD,
  KIND_SUBJECT,
  KIND_TEXT
} from '../wire/kinds.js'
import { encodeText } from '../wire/text.js'

/** What is said to everybody. */
export type SaidToAll = Exclude<Saying, { type: 'direct' }> | Inviting

/** The message that says this. `withEdits`: a line of ours and the edits of it, which are taken back together. */
export function draftOf(
  nick: string,
  saying: SaidToAll,
  withEdits: (id: MessageId) => readonly MessageId[]
): { readonly kind: number; readonly body: Uint8Array } {
  switch (saying.type) {
    case 'say': {
      const { replyTo: target, text } = saying
      if (target === undefined) return { kind: KIND_TEXT, body: encodeTextBody({ nick, text }) }
      return { kind: KIND_REPLY, body: encodeLineAbout({ nick, target, text }) }
    }
    case 'edit': {
      const { id: target, text } = saying
      return { kind: KIND_EDIT, body: encodeLineAbout({ nick, target, text }) }
    }
    case 'delete':
      return { kind: KIND_DELETION, body: encodeDeletionBody({ targets: withEdits(saying.id) }) }
    case 'react': {
      const { emoji: sign, id: target, removed } = saying
      return { kind: KIND_REACTION, body: encodeReactionBody({ target, sign, removed }) }
    }
    case 'subject': {
      const { subject } = saying
      return { kind: KIND_SUBJECT, body: encodeSubjectBody({ nick, subject }) }
    }
    case 'card': {
      const { description, rules, title } = saying
      const body = encodeRoomCardBody({ nick, title, description, rules })
      return { kind: KIND_ROOM_CARD, body }
    }
    case 'invite':
      return { kind: KIND_INVITATION, body: encodeInvitationBody(saying) }
    case 'admit':
      return { kind: KIND_INVITATION_USE, body: encodeInvitationUseBody(saying) }
    case 'revoke':
      return { kind: KIND_INVITATION_REVOCATION, body: encodeInvitationRevocationBody(saying) }
  }
}

/** Why a text is not said; undefined if it can be. */
export function objection(text: string): 'empty' | 'too-long' | undefined {
  if (text.trim() === '') return 'empty'
  return encodeText(text).byteLength > MAX_TEXT_BYTES ? 'too-long' : undefined
}

/** The line that it is about. */
export function aboutOf(saying: SaidToAll): MessageId | undefined {
  if (saying.type === 'say') return saying.replyTo
  return 'id' in saying ? saying.id : undefined
}
