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
import { ID_BYTES, type IdentityKey, idFromBytes, idToBytes, type Topic } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { ByteReader } from '../wire/bytes.js'
import { ROOM_SECRET_BYTES } from './room-secret.js'

// An invitation that admits carries no room secret, but a seed. From it come a topic of its own, where whoever made it can be
// found, and a key that the newcomer proves to have. The answer is sealed to the seed, and signed by who invited, so that
// nobody else who has the link can lead a newcomer astray. All of it is bound to one connection.

/** Length in bytes of the seed of an invitation that admits. */
export const TICKET_SEED_BYTES = 16

/** What is said to a newcomer; the last three are refusals. */
export type Verdict = 'granted' | 'expired' | 'used-up' | 'revoked'

/** An invitation that admits, as its maker knows it. */
export interface AdmissionState {
  /** ms since 1970. */
  readonly expires: Millis
  /** So many identities may come by it. */
  readonly uses: number
  readonly isRevoked: boolean
  /** Who has come by it, as it was stored. */
  readonly newcomers: readonly IdentityKey[]
}

/** An answer to a newcomer: the room secret, or why not. */
export type Answer =
  | { readonly verdict: 'granted'; readonly secret: Uint8Array }
  | { readonly verdict: Exclude<Verdict, 'granted'> }

/** One connection between a newcomer and who admits. */
interface Meeting {
  /** 16 bytes. */
  readonly seed: Uint8Array
  /** The Noise handshake hash of this very connection. */
  readonly handshakeHash: Uint8Array
}

const VERDICTS: readonly Verdict[] = ['granted', 'expired', 'used-up', 'revoked']
const [REQUEST_DOMAIN, ANSWER_DOMAIN] = [domain('admission-request'), domain('admission-answer')]
/** A key is used for one answer. */
const NONCE = b4a.alloc(CIPHER_NONCE_BYTES)
/** Which invitation, who, and two signatures. */
export const REQUEST_BYTES = 2 * ID_BYTES + 2 * SIGNATURE_BYTES

/** Where whoever lets in by the invitation of this seed is found in the DHT. */
export function admissionTopic(seed: Uint8Array): Topic {
  return idFromBytes(hash([domain('admission-topic')], seed))
}

/** What an invitation is called among those of its maker. It does not give the seed away. */
export function ticketId(seed: Uint8Array): Topic {
  return idFromBytes(ticketOf(seed).publicKey)
}

/**
 * Whether somebody comes in now, `wall` in ms since 1970. Who came by this invitation before has not used it again: the answer
 * may have been lost.
 */
export function decideAdmission(
  { expires, isRevoked, newcomers, uses }: AdmissionState,
  newcomer: IdentityKey,
  wall: Millis
): Verdict {
  if (isRevoked) return 'revoked'
  if (wall >= expires) return 'expired'
  if (newcomers.includes(newcomer)) return 'granted'
  return newcomers.length < uses ? 'granted' : 'used-up'
}

/** What a newcomer asks with: 192 bytes. */
export function askAdmission(identity: KeyPair, meeting: Meeting): Uint8Array {
  const asked = askedBytes(identity.publicKey, meeting)
  const proof = sign(asked, ticketOf(meeting.seed).secretKey)
  return b4a.concat([mark(meeting), identity.publicKey, proof, sign(asked, identity.secretKey)])
}

/** Which of these seeds somebody asks by, on this connection; undefined if by none. Costs a hash for each. */
export function seedAsked(
  request: Uint8Array,
  seeds: readonly Uint8Array[],
  handshakeHash: Uint8Array
): Uint8Array | undefined {
  if (request.byteLength !== REQUEST_BYTES) return undefined
  const asked = request.subarray(0, ID_BYTES)
  return seeds.find(seed => equalSecrets(mark({ seed, handshakeHash }), asked))
}

/** Who asks, by this invitation and on this connection; undefined for what does not prove both. */
export function whoAsks(request: Uint8Array, meeting: Meeting): IdentityKey | undefined {
  if (request.byteLength !== REQUEST_BYTES) return undefined
  const reader = new ByteReader(request.subarray(ID_BYTES))
  const identity = reader.bytes(ID_BYTES)
  const [proof, signature] = [reader.bytes(SIGNATURE_BYTES), reader.bytes(SIGNATURE_BYTES)]
  const asked = askedBytes(identity, meeting)
  const isTicket = verify(asked, proof, ticketOf(meeting.seed).publicKey)
  return isTicket && verify(asked, signature, identity) ? idFromBytes(identity) : undefined
}

/** The answer to the newcomer of this connection, once: sealed to the seed, signed by who invited. */
export function sealAnswer(answer: Answer, inviter: KeyPair, meeting: Meeting): Uint8Array {
  const secret = answer.verdict === 'granted' ? answer.secret : b4a.alloc(ROOM_SECRET_BYTES)
  const said = b4a.concat([b4a.from([VERDICTS.indexOf(answer.verdict)]), secret])
  const signature = sign(answeredBytes(said, meeting), inviter.secretKey)
  return sealSecret(b4a.concat([said, signature]), ANSWER_DOMAIN, NONCE, answerKey(meeting))
}

/** Undefined for what is no answer of this inviter on this connection. */
export function openAnswer(
  sealed: Uint8Array,
  inviter: IdentityKey,
  meeting: Meeting
): Answer | undefined {
  const opened = openSecret(sealed, ANSWER_DOMAIN, NONCE, answerKey(meeting))
  if (opened?.byteLength !== 1 + ROOM_SECRET_BYTES + SIGNATURE_BYTES) return undefined
  const said = opened.subarray(0, 1 + ROOM_SECRET_BYTES)
  const signature = opened.subarray(said.byteLength)
  if (!verify(answeredBytes(said, meeting), signature, idToBytes(inviter))) return undefined
  const verdict = VERDICTS[said[0] ?? VERDICTS.length]
  if (verdict !== 'granted') return verdict && { verdict }
  return { verdict, secret: Uint8Array.from(said.subarray(1)) }
}

function ticketOf(seed: Uint8Array): KeyPair {
  return keyPairFromSeed(hash([domain('ticket')], seed))
}

/** Names the invitation to who has its seed, and to nobody else. */
function mark({ handshakeHash, seed }: Meeting): Uint8Array {
  return hash([domain('admission-mark'), handshakeHash], seed)
}

function askedBytes(identity: Uint8Array, { handshakeHash }: Meeting): Uint8Array {
  return b4a.concat([REQUEST_DOMAIN, handshakeHash, identity])
}

function answeredBytes(said: Uint8Array, { handshakeHash }: Meeting): Uint8Array {
  return b4a.concat([ANSWER_DOMAIN, handshakeHash, said])
}

function answerKey({ handshakeHash, seed }: Meeting): Uint8Array {
  return hash([ANSWER_DOMAIN, handshakeHash], seed)
}
