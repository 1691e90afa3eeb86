import { domain, hash, SIGNATURE_BYTES, sign, TAG_BYTES } from '../../src/base/crypto.js'
import { proofKey, prove, type Side, signDevice } from '../../src/protocol/access/handshake.js'
import { boundAt, INFINITY } from '../../src/protocol/history/negentropy/bound.js'
import { MessageWriter } from '../../src/protocol/history/negentropy/message.js'
import { encodePresenceBody, type PresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import { encodeTextBody } from '../../src/protocol/wire/bodies/text.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_PRESENCE, KIND_TEXT, KIND_TYPING } from '../../src/protocol/wire/kinds.js'
import {
  type Draft,
  NONCE_BYTES,
  seal,
  type VerifiedMessage
} from '../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  INSTANCE,
  identityOf,
  keysOf,
  type Peer,
  type Puppet,
  ROOM,
  SECRET,
  TOPIC,
  type World
} from './harness.js'

// What an attacker can say: puppets that dial a machine, shake hands and send whatever a test wants.

/** The hello of a puppet, which dialled unless said otherwise, proving this secret. */
export function hello(
  { device, handshakeHash }: Pick<Puppet, 'device' | 'handshakeHash'>,
  secret = SECRET,
  side: Side = 'initiator'
): Frame {
  const proof = prove(proofKey(secret), { handshakeHash, side, device })
  return { type: 'hello', version: 1, proof }
}

/** The puppet's device, claimed by the identity of this name, for this running program. */
export function identify(
  { device }: Pick<Puppet, 'device'>,
  name: string,
  observer = false,
  instance: Uint8Array = INSTANCE
): Frame {
  const identity = keysOf(`identity ${name}`)
  const signature = signDevice(identity, { topic: TOPIC, device, instance })
  const named = { identity: identity.publicKey, instance, signature }
  return { type: 'identify', ...named, observer }
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

/** A puppet that has shaken hands and asks for no place: within 5 s its link is closed. 100 ms have passed. */
export function guest(world: World, peer: Peer, name = 'eve'): Puppet {
  const puppet = visit(world, peer, name)
  puppet.send(peer.device, hello(puppet))
  puppet.send(peer.device, identify(puppet, name))
  world.run(100)
  return puppet
}

/** A message of any kind, signed by the identity of this name. */
export function messageOf(name: string, draft: Partial<Draft> = {}): VerifiedMessage {
  const body = draft.body ?? encodeTextBody({ nick: name, text: 'hi' })
  const nonce = draft.nonce ?? new Uint8Array(NONCE_BYTES)
  const whole = { kind: KIND_TEXT, clock: EPOCH, parents: [], ...draft, body, nonce }
  return seal(whole, keysOf(`identity ${name}`), ROOM)
}

/** A message that breaks the caps of its kind, well signed by the identity of this name. At most 65,535 bytes of body. */
export function overCap(name: string, kind: number, bodyBytes: number, clock = EPOCH): Uint8Array {
  const { secretKey } = keysOf(`identity ${name}`)
  const small = messageOf(name, { kind, clock, body: new Uint8Array(0) }).sealed
  const head = Buffer.from(small.subarray(0, -SIGNATURE_BYTES - TAG_BYTES))
  const body = ROOM.cipher.seal(head, identityOf(name), new Uint8Array(bodyBytes))
  const bytes = [domain('message'), Buffer.from(TOPIC, 'hex'), head, hash([body])]
  return Buffer.concat([head, sign(Buffer.concat(bytes), secretKey), body])
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
  const usual = {
    instance: INSTANCE,
    leaving: false,
    bot: false,
    routine: true,
    interval: 10_000,
    nick: name
  }
  const bytes = encodePresenceBody({ device: deviceOf(name), ...usual, ...body })
  return messageOf(name, { kind: KIND_PRESENCE, clock, body: bytes })
}

let typed = 0

/** What its author types at that time; another message each time. */
export function typingOf(name: string, clock: number): VerifiedMessage {
  return messageOf(name, {
    kind: KIND_TYPING,
    clock,
    body: Uint8Array.of(0),
    nonce: numbered(++typed)
  })
}

/** A nonce that spells this number: each makes another message. */
export function numbered(number: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES)
  new DataView(nonce.buffer).setUint32(0, number)
  return nonce
}

/** 57 kB that say of 3,000 ranges, each of a ms from this time on, that the other side's fingerprint is wrong. */
export function wrongFingerprints(since: number): Uint8Array {
  const writer = new MessageWriter(57_000)
  const fingerprint = new Uint8Array(16)
  for (let n = 1; n <= 3_000; n++) {
    const upper = n === 3_000 ? INFINITY : boundAt(since + n)
    if (!writer.tryWrite([{ mode: 'fingerprint', upper, fingerprint }])) break
  }
  return writer.finish()
}

/** A puppet pushes a message to the peer, without the wire's delay. */
export function feedPushed(peer: Peer, from: Puppet, { sealed }: { sealed: Uint8Array }): void {
  peer.feed({ type: 'frame', from: from.device, frame: { type: 'message', hops: 1, sealed } })
}

/** A puppet sends a message as history that nobody has asked for, without the wire's delay. */
export function feedStored(peer: Peer, from: Puppet, { sealed }: { sealed: Uint8Array }): void {
  peer.feed({ type: 'frame', from: from.device, frame: { type: 'stored', sealed } })
}
