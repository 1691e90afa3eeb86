import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { domain, hash, keyPairFromSeed, slowHash } from '../../../src/base/crypto.js'
import {
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId,
  type PeerKey
} from '../../../src/base/ids.js'
import {
  admissionTopic,
  askAdmission,
  commitmentTo,
  sealAnswer,
  ticketOf
} from '../../../src/protocol/access/admission.js'
import { cardTarget, sealCardRecord } from '../../../src/protocol/access/card-record.js'
import { sealDeviceRecord, sealEmptyRecord } from '../../../src/protocol/access/device-record.js'
import { proofKey, prove, signDevice } from '../../../src/protocol/access/handshake.js'
import { writeLink, writeTicket } from '../../../src/protocol/access/invitation-link.js'
import { opaqueString, PASSWORD_WORK, passwordSalt } from '../../../src/protocol/access/password.js'
import { messageRoom } from '../../../src/protocol/access/room-cipher.js'
import {
  normaliseRoomName,
  roomSecretFromName,
  topicOf
} from '../../../src/protocol/access/room-secret.js'
import { safetyNumber } from '../../../src/protocol/access/safety-number.js'
import { HEADS_DIGEST_BYTES, INSTANCE_BYTES } from '../../../src/protocol/config.js'
import { ItemSet } from '../../../src/protocol/history/reconcile/reconcile.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import { decodeFrame, encodeFrame } from '../../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { KIND_REPLY, KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import {
  bareMessage,
  MAX_BARE_BYTES,
  MAX_SEALED_BYTES,
  NONCE_BYTES,
  seal,
  type VerifiedMessage
} from '../../../src/protocol/wire/message.js'
import { BODIES, DIRECT_KEY } from '../../support/bodies.js'

// UPDATE_DOCS=1 writes the vectors into the page.

const PAGE = new URL('../../../docs/protocol.md', import.meta.url)
const BLOCK = /(## Test vectors[\s\S]*?```\n)([\s\S]*?)(```)/
const WIDTH = 64
const COLUMN = 15

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const filled = (length: number, value: number) => new Uint8Array(length).fill(value)

async function passwordSecret(password: string): Promise<Uint8Array> {
  const opaque = opaqueString(password)
  if (!opaque.ok) throw new Error(opaque.reason)
  return slowHash(opaque.bytes, passwordSalt('lobby'), PASSWORD_WORK)
}

/** The invitation of the seed 16 × `0e`, from the identity of 32 × `01` to that of 32 × `06`. */
function admissionVectors(handshakeHash: Uint8Array): [string, Uint8Array | string][] {
  const [inviter, newcomer] = [1, 6].map(each => keyPairFromSeed(filled(32, each)))
  if (inviter === undefined || newcomer === undefined) throw new Error('there are two')
  const seed = filled(16, 14)
  const ticket = ticketOf(seed)
  const meeting = { ticket: ticket.publicKey, handshakeHash }
  const by = idFromBytes<IdentityKey>(inviter.publicKey)
  const terms = { name: 'lobby', seed, expires: 1_720_000_000_000, inviter: by }
  const answer = { verdict: 'granted', secret: filled(32, 13) } as const
  const commitment = commitmentTo(answer.secret)
  return [
    ['ticket link', writeTicket(terms)],
    ['ticket topic', admissionTopic(meeting.ticket)],
    ['commitment', commitment],
    ['anyone link', writeTicket({ ...terms, commitment })],
    ['ticket card link', writeTicket({ ...terms, card: filled(32, 15) })],
    ['anyone card link', writeTicket({ ...terms, commitment, card: filled(32, 15) })],
    ['request', askAdmission(newcomer, ticket, handshakeHash)],
    ['answer', sealAnswer(answer, inviter, meeting)]
  ]
}

function otherTopic(): Uint8Array {
  const normal = normaliseRoomName('\ufeff# Größe ΟΔΟΣ\u3000')
  if (!normal.ok) throw new Error(normal.reason)
  return idToBytes(topicOf(roomSecretFromName(normal.name)))
}

/** A frame of every code but ihave, which stands with the messages. */
function framesOf(
  message: VerifiedMessage,
  device: PeerKey,
  mine: Pick<Extract<Frame, { type: 'identify' }>, 'identity' | 'instance' | 'signature'>,
  proof: Uint8Array
): readonly Frame[] {
  const { id, sealed } = message
  const ids = [id]
  const peers = [idFromBytes<PeerKey>(filled(32, 0x0b))]
  return [
    { type: 'hello', version: 1, proof },
    { type: 'identify', ...mine, observer: true },
    { type: 'ping' },
    { type: 'pong' },
    { type: 'goodbye' },
    { type: 'message', hops: 1, sealed },
    { type: 'graft', ids },
    { type: 'prune' },
    { type: 'mesh', reached: 7, sealed },
    { type: 'want', ids },
    { type: 'stored', sealed },
    { type: 'reconcile', step: 'open', payload: Uint8Array.of(0x61, 0, 0, 2, 0) },
    { type: 'offer', ids },
    { type: 'bare', bare: bareMessage(message) },
    { type: 'join' },
    { type: 'forward-join', peer: device, ttl: 6 },
    { type: 'neighbor', priority: 'high' },
    { type: 'neighbor-reply', accepted: true },
    { type: 'disconnect' },
    { type: 'shuffle', origin: device, ttl: 6, peers },
    { type: 'shuffle-reply', peers },
    { type: 'referral', peers },
    { type: 'inquire', departed: true, neighbors: true },
    { type: 'departed', sealed },
    { type: 'neighbors', peers }
  ]
}

function frameVectors(frames: readonly Frame[]): [string, Uint8Array][] {
  return frames.map(frame => {
    const bytes = encodeFrame(frame)
    const read = decodeFrame(bytes)
    expect(read.ok && hex(encodeFrame(read.frame))).toBe(hex(bytes))
    return [`frame ${bytes[0]}`, bytes]
  })
}

async function vectors(): Promise<[name: string, bytes: Uint8Array | string][]> {
  const secret = roomSecretFromName('lobby')
  const room = messageRoom(secret)
  const { topic } = room
  const identity = keyPairFromSeed(filled(32, 1))
  const other = idFromBytes<IdentityKey>(keyPairFromSeed(filled(32, 6)).publicKey)
  const device = idFromBytes<PeerKey>(keyPairFromSeed(filled(32, 2)).publicKey)
  const handshakeHash = filled(64, 3)
  const body = encodeTextBody({ nick: 'ann', text: 'hi' })
  const draft = { kind: KIND_TEXT, clock: 1_720_000_000_000, parents: [], body }
  const message = seal({ ...draft, nonce: filled(NONCE_BYTES, 4) }, identity, room)
  const claim = { topic, device, instance: filled(INSTANCE_BYTES, 5) }
  const head = message.sealed.subarray(0, 59)
  const place = { roomSecret: secret, topic, device }
  const said = { nick: 'ann', since: draft.clock, at: draft.clock }
  const record = sealDeviceRecord(said, identity, place, filled(24, 7))
  const card = { title: 'Lobby', description: 'For all.', rules: 'Be kind.' }
  const cardRecord = sealCardRecord(card, secret)
  const about = BODIES.find(({ name }) => name === 'reply')?.bytes ?? body
  const parents = [0x0f, 0x0a].map(each => idFromBytes<MessageId>(filled(32, each)))
  const heads = ItemSet.from(parents.map(id => ({ id, timestamp: draft.clock })))
  const answering = { kind: KIND_REPLY, clock: draft.clock, parents, body: about }
  const reply = seal({ ...answering, nonce: filled(NONCE_BYTES, 4) }, identity, room)
  const proof = prove(proofKey(secret), { handshakeHash, side: 'initiator', device })
  const signature = signDevice(identity, claim)
  const mine = { identity: identity.publicKey, instance: claim.instance, signature }
  const ihave = encodeFrame({ type: 'ihave', entries: [{ id: message.id, hops: 3 }] })
  return [
    ['roomSecret', secret],
    ['topic', topic],
    ['other topic', otherTopic()],
    ['passwordSalt', passwordSalt('lobby')],
    ['passwordSecret', await passwordSecret('  Correct horse\u3000battery e\u0301 ')],
    ['link', writeLink({ name: 'lobby', secret: filled(32, 13) })],
    ...admissionVectors(handshakeHash),
    ['proofKey', proofKey(secret)],
    ['identity', identity.publicKey],
    ['device', device],
    ['proof', proof],
    ['claim', signature],
    ['head', head],
    ['bodyKey', hash([domain('body'), identity.publicKey], secret)],
    ['bodyNonce', hash([domain('nonce'), head]).subarray(0, 24)],
    ['body', body],
    ['sealed body', message.sealed.subarray(59 + 64)],
    ['sealed', message.sealed],
    ['id', message.id],
    ['bare', bareMessage(message)],
    ['sealed reply', reply.sealed],
    ['id of it', reply.id],
    ['heads digest', heads.fingerprint(0, 2).subarray(0, HEADS_DIGEST_BYTES)],
    ['ihave frame', ihave],
    ['directKey', DIRECT_KEY],
    ['safetyNumber', safetyNumber(idFromBytes(identity.publicKey), other).join('')],
    ['recordKey', hash([domain('record'), idToBytes(device)], secret)],
    ['record', record],
    ['left', sealEmptyRecord(draft.clock, place, filled(24, 7))],
    ['card link', writeLink({ name: 'lobby', secret: filled(32, 13), card: filled(32, 15) })],
    ['card record', cardRecord],
    ['cardTarget', cardTarget(cardRecord)],
    ...BODIES.map(({ bytes, name }): [string, Uint8Array] => [name, bytes]),
    ...frameVectors(framesOf(message, device, mine, proof))
  ]
}

async function block(): Promise<string> {
  const lines = (await vectors()).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value : hex(value)
    const rows = text.match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? []
    return rows.map((row, at) => `${(at === 0 ? name : '').padEnd(COLUMN)}${row}`)
  })
  return `${lines.join('\n')}\n`
}

test('the vectors of docs/protocol.md are what we do', async () => {
  const now = await block()
  const page = readFileSync(PAGE, 'utf8')
  const wanted = page.replace(BLOCK, (_, start, __, end) => `${start}${now}${end}`)
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, wanted)
  else expect(page).toBe(wanted)
  expect(wanted).toContain(now)
  for (const most of [MAX_SEALED_BYTES, MAX_BARE_BYTES])
    expect(page).toContain(`1 to ${most.toLocaleString('en')}`)
})
