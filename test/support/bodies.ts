import { keyPairFromSeed } from '../../src/base/crypto.js'
import { type InvitationId, idFromBytes, type MessageId } from '../../src/base/ids.js'
import { directKey, openDirect, sealDirect } from '../../src/protocol/access/direct.js'
import { decodeDeletionBody, encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import {
  decodeInvitationBody,
  decodeInvitationRevocationBody,
  decodeInvitationUseBody,
  encodeInvitationBody,
  encodeInvitationRevocationBody,
  encodeInvitationUseBody
} from '../../src/protocol/wire/bodies/invitation.js'
import { decodePresenceBody, encodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import { decodeReactionBody, encodeReactionBody } from '../../src/protocol/wire/bodies/reaction.js'
import { decodeRoomCardBody, encodeRoomCardBody } from '../../src/protocol/wire/bodies/room-card.js'
import { decodeSubjectBody, encodeSubjectBody } from '../../src/protocol/wire/bodies/subject.js'
import {
  decodeSuspicionBody,
  encodeSuspicionBody
} from '../../src/protocol/wire/bodies/suspicion.js'
import {
  decodeLineAbout,
  decodeTextBody,
  encodeLineAbout,
  encodeTextBody
} from '../../src/protocol/wire/bodies/text.js'
import { decodeTypingBody, encodeTypingBody } from '../../src/protocol/wire/bodies/typing.js'
import {
  KIND_DELETION,
  KIND_DIRECT,
  KIND_EDIT,
  KIND_INVITATION,
  KIND_INVITATION_REVOCATION,
  KIND_INVITATION_USE,
  KIND_PRESENCE,
  KIND_REACTION,
  KIND_REPLY,
  KIND_ROOM_CARD,
  KIND_SUBJECT,
  KIND_SUSPICION,
  KIND_TEXT,
  KIND_TYPING
} from '../../src/protocol/wire/kinds.js'
import { TOPIC } from './harness.js'

/** One layout of docs/protocol.md: an example, its bytes, and what reads them. */
export interface BodyCase {
  /** As the vectors call it. */
  readonly name: string
  readonly kind: number
  readonly value: unknown
  readonly bytes: Uint8Array
  readonly decode: (bytes: Uint8Array) => unknown
  /** True where bytes behind the last field are passed over, and not part of a text. */
  readonly open: boolean
}

const filled = (length: number, value: number) => new Uint8Array(length).fill(value)
const id = <T extends string>(value: number) => idFromBytes(filled(32, value)) as unknown as T
const target = id<MessageId>(0x0a)
const device = id<never>(0x0b)
const identity = id<never>(0x0c)

function layout<T>(
  name: string,
  kind: number,
  value: T,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
  open = false
): BodyCase {
  return { name, kind, value, bytes: encode(value), decode, open }
}

const line = { nick: 'ann', text: 'hi' }
const about = { target, ...line }
const presence = {
  device,
  instance: filled(8, 5),
  leaving: false,
  bot: true,
  routine: true,
  interval: 10_000,
  nick: 'ann',
  relay: id<never>(0x0d),
  commands: ['roll'],
  nickSince: 1_720_000_000_000,
  headsDigest: filled(8, 0x0f)
}
const invitation = { ticket: filled(32, 0x0e), expires: 1_720_086_400_000, uses: 3, anyone: true }

/** Both ends of direct words in the vectors' room. */
export const ANN = keyPairFromSeed(filled(32, 1))
export const BOB = keyPairFromSeed(filled(32, 6))
export const DIRECT_KEY = directKey(ANN, BOB.publicKey, TOPIC) ?? new Uint8Array(0)

/** Every body that is laid down, one example each. */
export const BODIES: readonly BodyCase[] = [
  layout('text', KIND_TEXT, line, encodeTextBody, decodeTextBody),
  layout('presence', KIND_PRESENCE, presence, encodePresenceBody, decodePresenceBody, true),
  layout('edit', KIND_EDIT, about, encodeLineAbout, decodeLineAbout),
  layout(
    'deletion',
    KIND_DELETION,
    { targets: [target, id<MessageId>(0x0f)] },
    encodeDeletionBody,
    decodeDeletionBody,
    true
  ),
  layout(
    'reaction',
    KIND_REACTION,
    { target, removed: false, sign: '👍' },
    encodeReactionBody,
    decodeReactionBody
  ),
  layout('reply', KIND_REPLY, about, encodeLineAbout, decodeLineAbout),
  {
    name: 'direct',
    kind: KIND_DIRECT,
    value: line,
    bytes: sealDirect(encodeTextBody(line), filled(24, 7), DIRECT_KEY),
    decode: bytes => {
      const opened = openDirect(bytes, DIRECT_KEY)
      return opened && decodeTextBody(opened)
    },
    open: false
  },
  layout(
    'subject',
    KIND_SUBJECT,
    { nick: 'ann', subject: 'lunch' },
    encodeSubjectBody,
    decodeSubjectBody
  ),
  layout(
    'invitation',
    KIND_INVITATION,
    invitation,
    encodeInvitationBody,
    decodeInvitationBody,
    true
  ),
  layout(
    'use',
    KIND_INVITATION_USE,
    { invitation: id<InvitationId>(0x0d), newcomer: identity, used: 2 },
    encodeInvitationUseBody,
    decodeInvitationUseBody,
    true
  ),
  layout(
    'revocation',
    KIND_INVITATION_REVOCATION,
    { invitation: id<InvitationId>(0x0d) },
    encodeInvitationRevocationBody,
    decodeInvitationRevocationBody,
    true
  ),
  layout(
    'card',
    KIND_ROOM_CARD,
    { nick: 'ann', title: 'Lobby', description: 'For all.', rules: 'Be kind.' },
    encodeRoomCardBody,
    decodeRoomCardBody,
    true
  ),
  layout(
    'suspicion',
    KIND_SUSPICION,
    { identity, device, clock: 1_720_000_000_000 },
    encodeSuspicionBody,
    decodeSuspicionBody,
    true
  ),
  layout('typing', KIND_TYPING, { writing: true }, encodeTypingBody, decodeTypingBody, true)
]
