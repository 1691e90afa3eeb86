import { hash, type KeyPair, keyPairFromSeed } from '../../src/base/crypto.js'
import {
  type IdentityKey,
  idFromBytes,
  type MessageId,
  type PeerKey,
  type Topic
} from '../../src/base/ids.js'
import { bytesOf } from '../../src/base/random.js'
import { messageRoom } from '../../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../../src/protocol/access/room-secret.js'
import { INSTANCE_BYTES } from '../../src/protocol/config.js'
import type { Input, RoomEvent } from '../../src/protocol/events.js'
import { RoomMachine, type RoomMachineOptions } from '../../src/protocol/machine/room-machine.js'
import { type Performer, perform } from '../../src/protocol/perform.js'
import { decodeFrame, encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { NONCE_BYTES, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { encodeText } from '../../src/protocol/wire/text.js'
import { Agenda } from '../../src/testing/world/agenda.js'
import { performerOn, type End as WorldEnd } from '../../src/testing/world/performer.js'
import { seededRandom } from '../../src/testing/world/random.js'
import { memoiseVerification } from './memoised-crypto.js'

memoiseVerification()

const keyPairs = new Map<string, KeyPair>()

/** A key pair that is always the same for the same name. */
export function keysOf(name: string): KeyPair {
  const keys = keyPairs.get(name) ?? keyPairFromSeed(hash([encodeText(name)]))
  keyPairs.set(name, keys)
  return keys
}

export function deviceOf(name: string): PeerKey {
  return idFromBytes(keysOf(`device ${name}`).publicKey)
}

export function identityOf(name: string): IdentityKey {
  return idFromBytes(keysOf(`identity ${name}`).publicKey)
}

export const SECRET = roomSecretFromName('lobby')
/** Which running program a member is, where that does not matter. */
export const INSTANCE = new Uint8Array(INSTANCE_BYTES)
/** What its messages are bound to and sealed with. */
export const ROOM = messageRoom(SECRET)
export const TOPIC: Topic = ROOM.topic

/** When every world begins: a day in 2024. */
export const EPOCH = 1_720_000_000_000

/** Whatever can be at an end of a connection. */
interface End extends WorldEnd {
  alive: boolean
}

/** A room machine in a world, and all that came out of it. */
export class Peer implements End {
  readonly device: PeerKey
  readonly identity: IdentityKey
  readonly machine: RoomMachine
  readonly events: RoomEvent[] = []
  readonly stored: VerifiedMessage[] = []
  /** What its store was told to delete. */
  readonly forgotten: MessageId[] = []
  /** Every frame that was sent, with its receiver. */
  readonly sent: { to: PeerKey; frame: Frame }[] = []
  readonly closed: { peer: PeerKey; reason: string }[] = []
  alive = true
  /** Added to the world's time. */
  skew = 0
  /** Added to the time that messages are dated with, and to no span: the system's clock was set. */
  wallSkew = 0
  /** When its steady clock began: no date can be told from it. */
  readonly #steadyOrigin: number
  readonly #world: World
  readonly #performs: Performer

  constructor(world: World, name: string, options: Partial<RoomMachineOptions> = {}) {
    this.#world = world
    this.#performs = this.#performer(world)
    this.#steadyOrigin = world.steadyOrigin
    this.device = options.device ?? deviceOf(name)
    const identity = options.identity ?? keysOf(`identity ${name}`)
    this.identity = idFromBytes(identity.publicKey)
    this.machine = new RoomMachine({
      roomSecret: SECRET,
      topic: TOPIC,
      nick: name,
      random: world.random,
      instance: bytesOf(world.random, INSTANCE_BYTES),
      nonce: () => bytesOf(world.random, NONCE_BYTES),
      ...options,
      identity,
      device: this.device
    })
  }

  feed(input: Input): void {
    if (!this.alive) return
    const now = this.#world.now + this.skew
    for (const output of this.machine.handle(input, now - this.#steadyOrigin, now + this.wallSkew))
      perform(output, this.#performs)
  }

  say(text: string): void {
    this.feed({ type: 'say', text })
  }

  of<T extends RoomEvent['type']>(type: T): (RoomEvent & { type: T })[] {
    return this.events.filter((event): event is RoomEvent & { type: T } => event.type === type)
  }

  /** What it was told, by text. */
  texts(): string[] {
    return this.of('message').map(({ message }) => message.text)
  }

  #performer(world: World): Performer {
    const onWorld = performerOn<Peer>(world, this)
    return {
      ...onWorld,
      send: (to, frame) => {
        this.sent.push({ to, frame })
        onWorld.send(to, frame)
      },
      lookUp: () => world.lookedUp(this),
      close: (peer, reason) => {
        this.closed.push({ peer, reason })
        onWorld.close(peer, reason)
      },
      store: message => this.stored.push(message),
      forget: ({ id }) => this.forgotten.push(id),
      emit: event => this.events.push(event)
    }
  }
}

/** An end without a machine: tests speak for it. */
export class Puppet implements End {
  readonly device: PeerKey
  alive = true
  readonly heard: Frame[] = []
  readonly inputs: Input[] = []
  readonly #world: World
  onframe: (from: PeerKey, frame: Frame) => void = () => {}

  constructor(world: World, name: string) {
    this.#world = world
    this.device = deviceOf(name)
  }

  feed(input: Input): void {
    this.inputs.push(input)
    if (input.type !== 'frame') return
    this.heard.push(input.frame)
    this.onframe(input.from, input.frame)
  }

  send(to: PeerKey, frame: Frame): void {
    this.#world.send(this, to, frame)
  }

  sendBytes(to: PeerKey, bytes: Uint8Array): void {
    this.#world.sendBytes(this, to, bytes)
  }

  /** The latest connection's. */
  get handshakeHash(): Uint8Array {
    const connected = this.inputs.findLast(input => input.type === 'connected')
    if (connected?.type !== 'connected') throw new Error('the puppet is not connected')
    return connected.handshakeHash
  }

  wasClosed(): boolean {
    return this.inputs.some(({ type }) => type === 'disconnected')
  }
}

/** After so long a connection notices that its other end is dead. */
const DEAD_MILLIS = 4_500

/** Machines, a network in memory between them, and a clock that goes as fast as it can. Deterministic. */
export class World {
  readonly random: () => number
  readonly ends = new Map<PeerKey, End>()
  now = EPOCH
  /** Where the steady clocks of those who join from now on begin; 0: they show the date as well. */
  steadyOrigin = 0
  /** One way, in ms. */
  latency = 10
  /** When a dial of somebody who is not there has failed, in ms; hyperdht takes 8 s. Default: a round trip. */
  deadAfter: number | undefined
  /** Frames for which this gives false are lost. */
  passes: (from: PeerKey, to: PeerKey) => boolean = () => true
  /** Somebody wants a lookup: nobody is found unless a test says so. */
  lookedUp: (by: Peer) => void = () => {}
  readonly #connections = new Set<string>()
  readonly #agenda = new Agenda<() => void>()
  #dialled = 0

  constructor(seed = 1) {
    this.random = seededRandom(seed)
  }

  /** A member that has started; `wallSkew`: how far its system's clock is off. */
  join(name: string, options: Partial<RoomMachineOptions> = {}, wallSkew = 0): Peer {
    const peer = new Peer(this, name, options)
    peer.wallSkew = wallSkew
    this.ends.set(peer.device, peer)
    peer.feed({ type: 'start' })
    return peer
  }

  puppet(name: string): Puppet {
    const puppet = new Puppet(this, name)
    this.ends.set(puppet.device, puppet)
    return puppet
  }

  /** Members that know each other from a lookup. */
  joinAll(...names: string[]): Peer[] {
    const peers = names.map(name => this.join(name))
    this.introduce(...peers)
    return peers
  }

  introduce(...peers: Peer[]): void {
    const devices = peers.map(({ device }) => device)
    for (const peer of peers) peer.feed({ type: 'candidates', peers: devices })
  }

  dial(from: End, to: PeerKey): void {
    const roundTrip = 2 * this.latency
    this.after(roundTrip, () => {
      const end = this.ends.get(to)
      if (!end?.alive) this.#dialDead(from, to, (this.deadAfter ?? roundTrip) - roundTrip)
      else if (from.alive && !this.connected(from.device, to)) this.connect(from, end)
    })
  }

  #dialDead(from: End, to: PeerKey, after: number): void {
    if (after === 0) from.feed({ type: 'dial-failed', peer: to })
    else this.after(after, () => from.feed({ type: 'dial-failed', peer: to }))
  }

  /** `address`: what the responder sees of the initiator. */
  connect(initiator: End, responder: End, address?: string): void {
    this.#connections.add(key(initiator.device, responder.device))
    const handshakeHash = hash([encodeText(`connection ${++this.#dialled}`)])
    const [a, b] = [initiator.device, responder.device]
    initiator.feed({ type: 'connected', peer: b, handshakeHash, initiator: true })
    responder.feed({ type: 'connected', peer: a, handshakeHash, initiator: false, address })
  }

  connected(a: PeerKey, b: PeerKey): boolean {
    return this.#connections.has(key(a, b))
  }

  /** One end closes: the other hears of it after what was sent before. */
  disconnect(from: End, to: PeerKey): void {
    if (!this.#connections.delete(key(from.device, to))) return
    this.after(this.latency, () => {
      if (!this.connected(from.device, to)) {
        this.ends.get(to)?.feed({ type: 'disconnected', peer: from.device })
      }
    })
  }

  send(from: End, to: PeerKey, frame: Frame): void {
    this.sendBytes(from, to, encodeFrame(frame))
  }

  sendBytes(from: End, to: PeerKey, bytes: Uint8Array): void {
    if (!this.connected(from.device, to) || !this.passes(from.device, to)) return
    this.after(this.latency, () => {
      const end = this.ends.get(to)
      if (!end?.alive) return
      const decoded = decodeFrame(bytes)
      if (decoded.ok) end.feed({ type: 'frame', from: from.device, frame: decoded.frame })
      else end.feed({ type: 'bad-frame', from: from.device, detail: decoded.detail })
    })
  }

  /** It is gone, and nobody is told. */
  crash(end: End): void {
    end.alive = false
    for (const other of this.ends.values()) {
      this.after(DEAD_MILLIS, () => this.#lose(other, end))
    }
  }

  /** The connection breaks, and both ends are told. */
  cut(a: End, b: End): void {
    if (!this.#connections.delete(key(a.device, b.device))) return
    a.feed({ type: 'disconnected', peer: b.device })
    b.feed({ type: 'disconnected', peer: a.device })
  }

  #lose(end: End, dead: End): void {
    if (!this.#connections.delete(key(end.device, dead.device))) return
    end.feed({ type: 'disconnected', peer: dead.device })
  }

  after(millis: number, run: () => void): void {
    this.#agenda.add(this.now + millis, run)
  }

  /** Lets so many ms pass. */
  run(millis: number): void {
    const end = this.now + millis
    for (
      let at = this.#agenda.nextAt();
      at !== undefined && at <= end;
      at = this.#agenda.nextAt()
    ) {
      this.now = Math.max(this.now, at)
      this.#agenda.take()?.()
    }
    this.now = end
  }
}

function key(a: PeerKey, b: PeerKey): string {
  return a < b ? `${a}${b}` : `${b}${a}`
}
