import type { KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, type PeerKey, type Topic } from '../../base/ids.js'
import {
  checkDevice,
  checkProof,
  proofKey,
  prove,
  type Side,
  signDevice
} from '../access/handshake.js'
import { PROTOCOL_VERSION } from '../config.js'
import type { Reason } from '../events.js'
import type { HelloFrame, IdentifyFrame } from '../wire/frames.js'
import type { Link } from './link.js'

/** Who we are on every link. */
export interface HandshakerOptions {
  readonly roomSecret: Uint8Array
  readonly topic: Topic
  readonly identity: KeyPair
  /** The key of our end of every connection. */
  readonly device: PeerKey
  readonly observer: boolean
  /** 8 bytes: which running program this is. */
  readonly instance: Uint8Array
}

/** What a frame of the handshake led to. */
export type Step =
  | { readonly type: 'reply'; readonly frame: IdentifyFrame }
  | {
      readonly type: 'up'
      readonly identity: IdentityKey
      readonly instance: Uint8Array
      readonly observer: boolean
    }
  | { readonly type: 'fault'; readonly reason: Reason }

const OUT_OF_TURN: Step = { type: 'fault', reason: 'protocol-error' }
const NOT_A_MEMBER: Step = { type: 'fault', reason: 'not-a-member' }

/** The handshake of a link: proofs both ways first, and names only to those who have proved. */
export class Handshaker {
  readonly #topic: Topic
  readonly #device: PeerKey
  readonly #proofKey: Uint8Array
  readonly #identify: IdentifyFrame

  constructor({ device, identity, instance, observer, roomSecret, topic }: HandshakerOptions) {
    this.#topic = topic
    this.#device = device
    this.#proofKey = proofKey(roomSecret)
    const signature = signDevice(identity, { topic, device, instance })
    this.#identify = {
      type: 'identify',
      identity: identity.publicKey,
      instance,
      signature,
      observer
    }
  }

  /** Our first frame. */
  hello({ handshakeHash, initiator }: Link): HelloFrame {
    const context = { handshakeHash, side: sideOf(initiator), device: this.#device }
    return { type: 'hello', version: PROTOCOL_VERSION, proof: prove(this.#proofKey, context) }
  }

  /** Takes the other side's next frame. */
  take(link: Link, frame: HelloFrame | IdentifyFrame): Step {
    if (frame.type === 'hello') return this.#hello(link, frame)
    return link.phase === 'proved' ? this.#identified(link, frame) : OUT_OF_TURN
  }

  // A later version speaks ours to us; version 0 never was.
  #hello(link: Link, { proof, version }: HelloFrame): Step {
    if (link.phase !== 'greeting' || version < 1) return OUT_OF_TURN
    const { handshakeHash, peer } = link
    const context = { handshakeHash, side: sideOf(!link.initiator), device: peer }
    if (!checkProof(this.#proofKey, context, proof)) return NOT_A_MEMBER
    return { type: 'reply', frame: this.#identify }
  }

  #identified({ peer }: Link, frame: IdentifyFrame): Step {
    const { identity, instance, observer, signature } = frame
    const claim = { topic: this.#topic, device: peer, instance }
    if (!checkDevice(identity, claim, signature)) return NOT_A_MEMBER
    return { type: 'up', identity: idFromBytes(identity), instance, observer }
  }
}

function sideOf(initiator: boolean): Side {
  return initiator ? 'initiator' : 'responder'
}
