import b4a from 'b4a'
import {
  CIPHER_NONCE_BYTES,
  domain,
  equalSecrets,
  hash,
  type KeyPair,
  keyPairFromSeed,
  openSecret,
  SIGNATURE_BYTES,
  sealSecret,
  sign,
  verify
} from '../../base/crypto.js'
import {
  ID_BYTES,
  type IdentityKey,
  type InvitationId,
  idFromBytes,
  idToBytes,
  type Topic
} from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { ByteReader } from '../wire/bytes.js'
import { ROOM_SECRET_BYTES } from './room-secret.js'

// An invitation that admits carries no room secret, but a seed, which gives a key pair, the ticket. Whoever has the link proves to
// have its secret key; whoever lets in needs the public one alone, which gives the topic where they are found. The answer is
// sealed to the public key. It is signed by who invited, or the link has a commitment to the room secret, so that
// nobody else who has the link can lead a newcomer astray. All of it is bound to one connection.

/** Length in bytes of the seed of an invitation that admits. */
export const TICKET_SEED_BYTES = 16

/** What is said to a newcomer; the last three are refusals. */
export type Verdict = 'granted' | 'expired' | 'used-up' | 'revoked'

/** An invitation that admits, as whoever lets in knows it. */
export interface AdmissionState {
  /** ms since 1970. */
  readonly expires: Millis
  /** So many identities may come by it; 0: any number. */
  readonly uses: number
  readonly isRevoked: boolean
  /** Who has come by it, as it was stored. */
  readonly newcomers: readonly IdentityKey[]
  /** So many have come by it: more than those, if it is not known who all of them were. Default: those. */
  readonly used?: number | undefined
}

/** An answer to a newcomer: the room secret, or why not. */
export type Answer =
  | { readonly verdict: 'granted'; readonly secret: Uint8Array }
  | { readonly verdict: Exclude<Verdict, 'granted'> }

/** One connection between a newcomer and who admits. */
interface Meeting {
  /** The public key of the ticket, 32 bytes. */
  readonly ticket: Uint8Array
  /** The Noise handshake hash of this very connection. */
  readonly handshakeHash: Uint8Array
}

const VERDICTS: readonly Verdict[] = ['granted', 'expired', 'used-up', 'revoked']
const [REQUEST_DOMAIN, ANSWER_DOMAIN] = [domain('admission-request'), domain('admission-answer')]
/** A key is used for one answer. */
const NONCE = b4a.alloc(CIPHER_NONCE_BYTES)
/** Which invitation, who, and two signatures. */
export const REQUEST_BYTES = 2 * ID_BYTES + 2 * SIGNATURE_BYTES

/** The key pair that the seed of an invitation gives: its ticket. */
export function ticketOf(seed: Uint8Array): KeyPair {
  return keyPairFromSeed(hash([domain('ticket')], seed))
}

/** Where whoever lets in by the invitation of this ticket (its public key) is found in the DHT. */
export function admissionTopic(ticket: Uint8Array): Topic {
  return idFromBytes(hash([domain('admission-topic')], ticket))
}

/** What the invitation of this ticket is called, by people and in messages. It gives neither the ticket nor the topic away. */
export function ticketId(ticket: Uint8Array): InvitationId {
  return idFromBytes(hash([domain('ticket-id')], ticket))
}

/** What a link says of the room secret, so that a newcomer knows it who is told it: 32 bytes. It does not lead to the room. */
export function commitmentTo(roomSecret: Uint8Array): Uint8Array {
  return hash([domain('admission-commitment')], roomSecret)
}

/**
 * Whether somebody comes in now, `wall` in ms since 1970. Who came by this invitation before has not used it again: the answer
 * may have been lost.
 */
export function decideAdmission(
  { expires, isRevoked, newcomers, used = 0, uses }: AdmissionState,
  newcomer: IdentityKey,
  wall: Millis
): Verdict {
  if (isRevoked) return 'revoked'
  if (wall >= expires) return 'expired'
  if (newcomers.includes(newcomer)) return 'granted'
  return uses === 0 || Math.max(newcomers.length, used) < uses ? 'granted' : 'used-up'
}

/** What a newcomer asks with: 192 bytes. */
export function askAdmission(
  identity: KeyPair,
  ticket: KeyPair,
  handshakeHash: Uint8Array
): Uint8Array {
  const meeting = { ticket: ticket.publicKey, handshakeHash }
  const asked = askedBytes(identity.publicKey, meeting)
  const proof = sign(asked, ticket.secretKey)
  return b4a.concat([mark(meeting), identity.publicKey, proof, sign(asked, identity.secretKey)])
}

/** By which of these tickets somebody asks, on this connection; undefined if by none. Costs a hash for each. */
export function ticketAsked(
  request: Uint8Array,
  tickets: readonly Uint8Array[],
  handshakeHash: Uint8Array
): Uint8Array | undefined {
  if (request.byteLength !== REQUEST_BYTES) return undefined
  const asked = request.subarray(0, ID_BYTES)
  return tickets.find(ticket => equalSecrets(mark({ ticket, handshakeHash }), asked))
}

/** Who asks, by this invitation and on this connection; undefined for what does not prove both. */
export function whoAsks(request: Uint8Array, meeting: Meeting): IdentityKey | undefined {
  if (request.byteLength !== REQUEST_BYTES) return undefined
  const reader = new ByteReader(request.subarray(ID_BYTES))
  const identity = reader.bytes(ID_BYTES)
  const [proof, signature] = [reader.bytes(SIGNATURE_BYTES), reader.bytes(SIGNATURE_BYTES)]
  const asked = askedBytes(identity, meeting)
  const isTicket = verify(asked, proof, meeting.ticket)
  return isTicket && verify(asked, signature, identity) ? idFromBytes(identity) : undefined
}

/** The answer to the newcomer of this connection, once: sealed to the ticket, signed by who lets in. */
export function sealAnswer(answer: Answer, signer: KeyPair, meeting: Meeting): Uint8Array {
  const secret = answer.verdict === 'granted' ? answer.secret : b4a.alloc(ROOM_SECRET_BYTES)
  const said = b4a.concat([b4a.from([VERDICTS.indexOf(answer.verdict)]), secret])
  const signature = sign(answeredBytes(said, meeting), signer.secretKey)
  return sealSecret(b4a.concat([said, signature]), ANSWER_DOMAIN, NONCE, answerKey(meeting))
}

/** An answer that was read. `isSure`: false for a refusal that anybody who has the link may have made up. */
export type ReadAnswer = Answer & { readonly isSure: boolean }

/**
 * Undefined for what is no answer on this connection that counts: it is of the inviter, or the link has a commitment to the
 * room secret, and it gives just that, or is a refusal.
 */
export function openAnswer(
  sealed: Uint8Array,
  {
    commitment,
    inviter
  }: { readonly inviter: IdentityKey; readonly commitment?: Uint8Array | undefined },
  meeting: Meeting
): ReadAnswer | undefined {
  const opened = openSecret(sealed, ANSWER_DOMAIN, NONCE, answerKey(meeting))
  if (opened?.byteLength !== 1 + ROOM_SECRET_BYTES + SIGNATURE_BYTES) return undefined
  const said = opened.subarray(0, 1 + ROOM_SECRET_BYTES)
  const signature = opened.subarray(said.byteLength)
  const isInviters = verify(answeredBytes(said, meeting), signature, idToBytes(inviter))
  const verdict = VERDICTS[said[0] ?? VERDICTS.length]
  if (verdict === undefined || (!isInviters && commitment === undefined)) return undefined
  if (verdict !== 'granted') return { verdict, isSure: isInviters }
  const secret = Uint8Array.from(said.subarray(1))
  const isTheOne = commitment === undefined || equalSecrets(commitmentTo(secret), commitment)
  return isTheOne ? { verdict, secret, isSure: true } : undefined
}

/** Names the invitation to who has its ticket, and to nobody else. */
function mark({ handshakeHash, ticket }: Meeting): Uint8Array {
  return hash([domain('admission-mark'), handshakeHash], ticket)
}

function askedBytes(identity: Uint8Array, { handshakeHash }: Meeting): Uint8Array {
  return b4a.concat([REQUEST_DOMAIN, handshakeHash, identity])
}

function answeredBytes(said: Uint8Array, { handshakeHash }: Meeting): Uint8Array {
  return b4a.concat([ANSWER_DOMAIN, handshakeHash, said])
}

function answerKey({ handshakeHash, ticket }: Meeting): Uint8Array {
  return hash([ANSWER_DOMAIN, handshakeHash], ticket)
}
