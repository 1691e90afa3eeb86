import { keyPairFromSeed } from '../../src/base/crypto.js'
import type { PeerKey } from '../../src/base/ids.js'
import { proofKey, prove, signDevice } from '../../src/protocol/access/handshake.js'
import { roomSecretFromName, topicOf } from '../../src/protocol/access/room-secret.js'
import { INSTANCE_BYTES } from '../../src/protocol/config.js'
import type { Input, Output } from '../../src/protocol/events.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import type { Birth, SimNode } from './node.js'

const roomSecret = roomSecretFromName('simulated')
const topic = topicOf(roomSecret)
const identity = keyPairFromSeed(new Uint8Array(32).fill(255))

/** So often a hostile device looks whether it still has its link, in ms. */
const INSIST_MILLIS = 250

/** Whose links are to be taken; nobody's while there is no key. */
export interface Target {
  key: PeerKey | undefined
}

/**
 * One device of a hostile member: it dials the target whenever it is not linked to it, always asks for a place as if it had
 * none, gives everybody a place who asks, and passes nothing on.
 */
export class Eclipser implements SimNode {
  readonly active: Iterable<PeerKey> = []
  readonly loads = []
  readonly #self: PeerKey
  readonly #target: Target
  // BOUNDED: by the links that others make.
  readonly #links = new Set<PeerKey>()

  constructor({ key }: Birth, target: Target) {
    this.#self = key
    this.#target = target
  }

  handle(input: Input): Output[] {
    switch (input.type) {
      case 'start':
        return [this.#again()]
      case 'timer':
        return [this.#again(), ...this.#insist()]
      case 'connected':
        return this.#greet(input)
      case 'disconnected':
        this.#links.delete(input.peer)
        return []
      case 'frame':
        return this.#answer(input.from, input.frame)
      default:
        return []
    }
  }

  #again(): Output {
    return { type: 'timer', after: INSIST_MILLIS, timer: { name: 'refill' } }
  }

  #insist(): Output[] {
    const { key } = this.#target
    if (key === undefined) return []
    return this.#links.has(key) ? this.#ask(key) : [{ type: 'dial', peer: key }]
  }

  #ask(to: PeerKey): Output[] {
    return [{ type: 'send', to, frame: { type: 'neighbor', priority: 'high' } }]
  }

  #greet({ handshakeHash, initiator, peer }: Extract<Input, { type: 'connected' }>): Output[] {
    const side = initiator ? 'initiator' : 'responder'
    const proof = prove(proofKey(roomSecret), { handshakeHash, side, device: this.#self })
    return [{ type: 'send', to: peer, frame: { type: 'hello', version: 1, proof } }]
  }

  #answer(from: PeerKey, frame: Frame): Output[] {
    const reply = (reply: Frame): Output => ({ type: 'send', to: from, frame: reply })
    switch (frame.type) {
      case 'hello': {
        this.#links.add(from)
        const instance = new Uint8Array(INSTANCE_BYTES)
        const signature = signDevice(identity, { topic, device: this.#self, instance })
        const named = { identity: identity.publicKey, instance, signature, observer: false }
        const isTarget = from === this.#target.key
        return [reply({ type: 'identify', ...named }), ...(isTarget ? this.#ask(from) : [])]
      }
      case 'ping':
        return [reply({ type: 'pong' })]
      case 'join':
      case 'neighbor':
        return [reply({ type: 'neighbor-reply', accepted: true })]
      default:
        return []
    }
  }
}
