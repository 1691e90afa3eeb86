import { type KeyPair, keyPairFromSeed } from '../../src/base/crypto.js'
import { type IdentityKey, idFromBytes, type MessageId, type PeerKey } from '../../src/base/ids.js'
import { pick } from '../../src/base/pick.js'
import { bytesOf, type Random } from '../../src/base/random.js'
import { ticketId } from '../../src/protocol/access/admission.js'
import { INSTANCE_BYTES, MAX_EPHEMERAL_BODY_BYTES } from '../../src/protocol/config.js'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import {
  encodeInvitationBody,
  encodeInvitationUseBody
} from '../../src/protocol/wire/bodies/invitation.js'
import { encodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import { encodeRoomCardBody } from '../../src/protocol/wire/bodies/room-card.js'
import { encodeSuspicionBody } from '../../src/protocol/wire/bodies/suspicion.js'
import { encodeTextBody } from '../../src/protocol/wire/bodies/text.js'
import { encodeTypingBody } from '../../src/protocol/wire/bodies/typing.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import {
  KIND_DELETION,
  KIND_DIRECT,
  KIND_INVITATION,
  KIND_INVITATION_USE,
  KIND_PRESENCE,
  KIND_ROOM_CARD,
  KIND_SUSPICION,
  KIND_TEXT,
  KIND_TYPING
} from '../../src/protocol/wire/kinds.js'
import { type Draft, type MessageRoom, NONCE_BYTES, seal } from '../../src/protocol/wire/message.js'

/** What an attacker knows when it makes a frame. */
export interface Attacker {
  readonly random: Random
  readonly room: MessageRoom
  readonly identity: KeyPair
  /** ms since 1970. */
  readonly now: number
  /** Presences of others that it heard, sealed; old ones among them. */
  readonly heard: readonly Uint8Array[]
  /** Members that it knows of. */
  readonly members: readonly { readonly identity: KeyPair['publicKey']; readonly device: PeerKey }[]
}

type Attack = (attacker: Attacker) => Frame

const randomId = <T extends string>(random: Random) =>
  idFromBytes(bytesOf(random, 32)) as unknown as T
const stranger = (random: Random) => keyPairFromSeed(bytesOf(random, 32))

function signed(attacker: Attacker, by: KeyPair, draft: Partial<Draft>): Uint8Array {
  const nonce = bytesOf(attacker.random, NONCE_BYTES)
  const whole = { kind: KIND_TEXT, clock: attacker.now, parents: [], body: new Uint8Array(0) }
  return seal({ ...whole, ...draft, nonce }, by, attacker.room).sealed
}

const pushed = (sealed: Uint8Array): Frame => ({ type: 'message', hops: 1, sealed })
const stored = (sealed: Uint8Array): Frame => ({ type: 'stored', sealed })
const text = (random: Random) => encodeTextBody({ nick: 'eve', text: `buy ${random()}` })

/** Everything that an attacker does, by name: each call makes one frame of it. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  spam: a => pushed(signed(a, a.identity, { body: text(a.random) })),
  'spam by strangers': a => pushed(signed(a, stranger(a.random), { body: text(a.random) })),
  'invisible future': a =>
    pushed(signed(a, stranger(a.random), { kind: 77, clock: a.now + 299_000 })),
  'invisible history': a =>
    stored(
      signed(a, stranger(a.random), { kind: 77, clock: a.now - Math.floor(a.random() * 6e8) })
    ),
  'orphans of one parent': a =>
    stored(signed(a, a.identity, { kind: 77, parents: ['ab'.repeat(32) as MessageId] })),
  'large ephemeral': a =>
    pushed(
      signed(a, stranger(a.random), {
        kind: 129,
        body: bytesOf(a.random, MAX_EPHEMERAL_BODY_BYTES)
      })
    ),
  'invented members': a => pushed(presence(a, stranger(a.random), randomId(a.random))),
  "claims on others' devices": a =>
    pushed(presence(a, a.identity, pick(a.members, a.random)?.device ?? randomId(a.random))),
  replays: a => pushed(pick(a.heard, a.random) ?? signed(a, a.identity, {})),
  suspicions: a => pushed(suspicion(a)),
  'random announcements': a => ({
    type: 'ihave',
    entries: Array.from({ length: 128 }, () => ({ id: randomId<MessageId>(a.random), hops: 1 }))
  }),
  grafts: a => ({ type: 'graft', ids: [randomId<MessageId>(a.random)] }),
  wants: a => ({
    type: 'want',
    ids: Array.from({ length: 512 }, () => randomId<MessageId>(a.random))
  }),
  'junk for negentropy': a => ({
    type: 'reconcile',
    step: 'open',
    payload: bytesOf(a.random, Math.floor(a.random() * 2_000))
  }),
  joins: () => ({ type: 'join' }),
  'pushing in': () => ({ type: 'neighbor', priority: 'high' }),
  'forward-joins': a => ({ type: 'forward-join', peer: randomId<PeerKey>(a.random), ttl: 6 }),
  shuffles: a => ({
    type: 'shuffle',
    origin: randomId<PeerKey>(a.random),
    ttl: 6,
    peers: Array.from({ length: 64 }, () => randomId<PeerKey>(a.random))
  }),
  pongs: () => ({ type: 'pong' }),
  'claims to have told everybody': a => ({
    type: 'mesh',
    reached: Math.floor(a.random() * 256),
    sealed: signed(a, a.identity, { body: text(a.random) })
  }),
  'invented invitations': a => pushed(signed(a, somebody(a), invitation(a))),
  'uses of invitations': a => pushed(signed(a, somebody(a), use(a))),
  cards: a =>
    pushed(
      signed(a, somebody(a), {
        kind: KIND_ROOM_CARD,
        body: encodeRoomCardBody({ nick: 'eve', title: 'Free', description: '', rules: '' })
      })
    ),
  'words for one member': a =>
    pushed(signed(a, somebody(a), { kind: KIND_DIRECT, body: bytesOf(a.random, 104) })),
  typing: a =>
    pushed(
      signed(a, somebody(a), { kind: KIND_TYPING, body: encodeTypingBody({ writing: true }) })
    ),
  deletions: a => pushed(signed(a, somebody(a), deletion(a))),
  offers: a => ({ type: 'offer', ids: randomIds(a.random, 512) }),
  inquiries: () => ({ type: 'inquire', departed: true, neighbors: true }),
  'the living among the gone': a => ({
    type: 'departed',
    sealed: pick(a.heard, a.random) ?? signed(a, a.identity, {})
  })
}

const randomIds = (random: Random, count: number) =>
  Array.from({ length: count }, () => randomId<MessageId>(random))

/** The attacker itself, or somebody whom nobody knows. */
const somebody = (a: Attacker) => (a.random() < 0.5 ? a.identity : stranger(a.random))

function invitation({ now, random }: Attacker): Partial<Draft> {
  const terms = { expires: now + 3_600_000, uses: 1 + Math.floor(random() * 200), anyone: true }
  const body = encodeInvitationBody({ ticket: bytesOf(random, 32), ...terms })
  return { kind: KIND_INVITATION, body }
}

function use({ random }: Attacker): Partial<Draft> {
  const ticket = ticketId(bytesOf(random, 32))
  const newcomer = randomId<IdentityKey>(random)
  const body = encodeInvitationUseBody({ invitation: ticket, newcomer, used: 1 })
  return { kind: KIND_INVITATION_USE, body }
}

function deletion({ random }: Attacker): Partial<Draft> {
  return { kind: KIND_DELETION, body: encodeDeletionBody({ targets: randomIds(random, 64) }) }
}

function presence(attacker: Attacker, by: KeyPair, device: PeerKey): Uint8Array {
  const [leaving, bot, routine] = [attacker.random() < 0.5, false, false]
  const instance = bytesOf(attacker.random, INSTANCE_BYTES)
  const flags = { leaving, bot, routine }
  const body = encodePresenceBody({ device, instance, ...flags, interval: 10_000, nick: 'eve' })
  return signed(attacker, by, { kind: KIND_PRESENCE, body })
}

function suspicion(attacker: Attacker): Uint8Array {
  const suspect = pick(attacker.members, attacker.random)
  const identity = idFromBytes(suspect?.identity ?? new Uint8Array(32)) as never
  const device = suspect?.device ?? randomId<PeerKey>(attacker.random)
  const ahead = attacker.random() < 0.5 ? 0 : 600_000
  const body = encodeSuspicionBody({ identity, device, clock: attacker.now + ahead })
  return signed(attacker, attacker.identity, { kind: KIND_SUSPICION, body })
}
