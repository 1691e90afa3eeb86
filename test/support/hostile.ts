import { proofKey, prove, type Side, signDevice } from '../../src/protocol/access/handshake.js'
import { encodeTextBody } from '../../src/protocol/wire/bodies.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import {
  type Draft,
  KIND_TEXT,
  NONCE_BYTES,
  seal,
  type VerifiedMessage
} from '../../src/protocol/wire/message.js'
import { EPOCH, keysOf, type Peer, type Puppet, SECRET, TOPIC, type World } from './harness.js'

// What an attacker can say: puppets that dial a machine, shake hands and send whatever a test wants.

/** The hello of a puppet that dialled, or was dialled, on its latest connection; it proves this secret. */
export function hello(puppet: Puppet, secret = SECRET, side: Side = 'initiator'): Frame {
  const { device, handshakeHash } = puppet
  const proof = prove(proofKey(secret), { handshakeHash, side, device })
  return { type: 'hello', version: 1, proof }
}

/** The puppet's device, claimed by the identity of this name. */
export function identify(puppet: Puppet, name: string, observer = false): Frame {
  const identity = keysOf(`identity ${name}`)
  const signature = signDevice(identity, TOPIC, puppet.device)
  return { type: 'identify', identity: identity.publicKey, signature, observer }
}

/** A puppet that has dialled the peer, from this address, and said nothing yet. */
export function visit(world: World, peer: Peer, name = 'eve', address?: string): Puppet {
  const puppet = world.puppet(name)
  world.connect(puppet, peer, address)
  return puppet
}

/** A puppet that dials the peer, asks for a place at once, and then says nothing but that it lives. */
export function intrude(
  world: World,
  peer: Peer,
  { address, device, identity }: { device: string; identity: string; address?: string }
): Puppet {
  const puppet = visit(world, peer, device, address)
  puppet.onframe = (from, frame) => {
    if (frame.type === 'ping') puppet.send(from, { type: 'pong' })
  }
  const asks: Frame[] = [{ type: 'join' }, { type: 'neighbor', priority: 'high' }]
  for (const frame of [hello(puppet), identify(puppet, identity), ...asks]) {
    puppet.send(peer.device, frame)
  }
  return puppet
}

/** Makes the puppet answer whoever dials it as a member would, and then say nothing but that it lives. */
export function playMember(puppet: Puppet, identity: string): void {
  puppet.onframe = (from, frame) => {
    switch (frame.type) {
      case 'hello':
        puppet.send(from, hello(puppet, SECRET, 'responder'))
        puppet.send(from, identify(puppet, identity))
        break
      case 'join':
      case 'neighbor':
        puppet.send(from, { type: 'neighbor-reply', accepted: true })
        break
      case 'ping':
        puppet.send(from, { type: 'pong' })
    }
  }
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
