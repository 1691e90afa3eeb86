import b4a from 'b4a'
import { domain, equalSecrets, hash, type KeyPair, sign, verify } from '../../base/crypto.js'
import { idToBytes, type PeerKey, type Topic } from '../../base/ids.js'

/** Which end of a connection proves: the one that dialled, or the other. */
export type Side = 'initiator' | 'responder'

/** What a proof of membership is bound to, so that it is worth nothing anywhere else. */
export interface ProofContext {
  /** The Noise handshake hash of this very connection. */
  readonly handshakeHash: Uint8Array
  /** The side that proves. */
  readonly side: Side
  /** The device key of the side that proves. */
  readonly device: PeerKey
}

const PROOF_DOMAIN = domain('proof')
const DEVICE_DOMAIN = domain('device')
const SIDE_BYTES = { initiator: b4a.from([0]), responder: b4a.from([1]) } as const

/** The key of all proofs of a room: not the room secret itself, so that each has one use. */
export function proofKey(roomSecret: Uint8Array): Uint8Array {
  return hash([domain('proof-key')], roomSecret)
}

/** The 32-byte proof that `side` knows the room secret. */
export function prove(key: Uint8Array, context: ProofContext): Uint8Array {
  const { device, handshakeHash, side } = context
  return hash([PROOF_DOMAIN, handshakeHash, SIDE_BYTES[side], idToBytes(device)], key)
}

/** True where the proof is the one that this side with this device key had to give on this connection. */
export function checkProof(key: Uint8Array, context: ProofContext, proof: Uint8Array): boolean {
  return equalSecrets(prove(key, context), proof)
}

/** A device, and the running program that has its key. */
export interface DeviceClaim {
  readonly topic: Topic
  readonly device: PeerKey
  /** 8 bytes. */
  readonly instance: Uint8Array
}

/** The identity's signature that says: this device is mine, in this room. */
export function signDevice(identity: KeyPair, claim: DeviceClaim): Uint8Array {
  return sign(claimBytes(claim), identity.secretKey)
}

/** True where the identity has said that the device is its own. */
export function checkDevice(
  identity: Uint8Array,
  claim: DeviceClaim,
  signature: Uint8Array
): boolean {
  return verify(claimBytes(claim), signature, identity)
}

function claimBytes({ device, instance, topic }: DeviceClaim): Uint8Array {
  return b4a.concat([DEVICE_DOMAIN, idToBytes(topic), idToBytes(device), instance])
}
