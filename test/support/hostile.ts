import { proofKey, prove, signDevice } from '../../src/protocol/access/handshake.js'
import {
  encodePresenceBody,
  encodeTextBody,
  type PresenceBody
} from '../../src/protocol/wire/bodies.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import {
  type Draft,
  KIND_PRESENCE,
  KIND_TEXT,
  NONCE_BYTES,
  seal,
  type VerifiedMessage
} from '../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  keysOf,
  type Peer,
  type Puppet,
  SECRET,
  TOPIC,
  type World
} from './harness.js'

// What an attacker can say: puppets that dial a machine, shake hands and send whatever a test wants.

/** The hello of a puppet that dialled, proving this secret. */
export function hello(puppet: Puppet, secret = SECRET): Frame {
  const { device, handshakeHash } = puppet
  const proof = prove(proofKey(secret), { handshakeHash, side: 'initiator', device })
  return { type: 'hello', version: 1, proof }
}

/** The puppet's device, claimed by the identity of this name. */
export function identify(puppet: Puppet, name: string, observer = false): Frame {
  const identity = keysOf(`identity ${name}`)
  const signature = signDevice(identity, TOPIC, puppet.device)
  return { type: 'identify', identity: identity.publicKey, signature, observer }
}

/** A puppet that has dialled the peer and said nothing yet. */
export function visit(world: World, peer: Peer, name = 'eve'): Puppet {
  const puppet = world.puppet(name)
  world.connect(puppet, peer)
  return puppet
}

/** A puppet that is a neighbour of the peer's: 100 ms have passed. */
export function member(world: World, peer: Peer, name = 'eve', observer = false): Puppet {
  const puppet = visit(world, peer, name)
  puppet.send(peer.device, hello(puppet))
  puppet.send(peer.device, identify(puppet, name, observer))
  if (!observer) puppet.send(peer.device, { type: 'neighbor', priority: 'high' })
  world.run(100)
  return puppet
}

/** A message of any kind, signed by the identity of this name. */
export function messageOf(name: string, draft: Partial<Draft> = {}): VerifiedMessage {
  const body = draft.body ?? encodeTextBody({ nick: name, text: 'hi' })
  const nonce = draft.nonce ?? new Uint8Array(NONCE_BYTES)
  const whole = { kind: KIND_TEXT, clock: EPOCH, parents: [], ...draft, body, nonce }
  return seal(whole, keysOf(`identity ${name}`), TOPIC)
}

/** A line of chat, signed by the identity of this name. */
export function textOf(
  name: string,
  text: string,
  clock = EPOCH,
  parents: VerifiedMessage['id'][] = []
): VerifiedMessage {
  return messageOf(name, { clock, parents, body: encodeTextBody({ nick: name, text }) })
}

/** A presence of the device of this name, signed by the identity of the same name unless `body.device` says otherwise. */
export function presenceOf(
  name: string,
  body: Partial<PresenceBody> = {},
  clock = EPOCH
): VerifiedMessage {
  const usual = { leaving: false, bot: false, routine: true, interval: 10_000, nick: name }
  const bytes = encodePresenceBody({ device: deviceOf(name), ...usual, ...body })
  return messageOf(name, { kind: KIND_PRESENCE, clock, body: bytes })
}
