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
import type { Frame } from '../../src/protocol/wire/frames.js'
import {
  type BareMessage,
  NONCE_BYTES,
  type VerifiedMessage
} from '../../src/protocol/wire/message.js'
import { encodeText } from '../../src/protocol/wire/text.js'
import { Network } from '../../src/testing/world/network.js'
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
  /** When the authors of that were first heard, as a store keeps it. */
  readonly heard = new Map<IdentityKey, number>()
  /** What its store was told to delete. */
  readonly forgotten: MessageId[] = []
  /** What is kept without its body. */
  readonly bare: BareMessage[] = []
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
      store: message => {
        this.stored.push(message)
        if (!this.heard.has(message.author))
          this.heard.set(message.author, world.now + this.skew + this.wallSkew)
      },
      storeBare: message => this.bare.push(message),
      forget: ({ id }) => this.forgotten.push(id),
      invitations: () => {},
      emit: event => this.events.push(event)
    }
  }
}

/** The messages that a member has, in the order of the room. */
export const idsOf = (peer: Peer | undefined) => peer?.machine.history().map(({ id }) => id)

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
export class World extends Network<End> {
  readonly random: () => number
  readonly ends = new Map<PeerKey, End>()
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

  constructor(seed = 1) {
    super(EPOCH)
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

  /** It is gone, and nobody is told. */
  crash(end: End): void {
    end.alive = false
    for (const connection of this.linksOf(end)) {
      this.after(DEAD_MILLIS, () => this.lose(connection, connection.otherSide(end)))
    }
  }

  /** The connection breaks, and both ends are told. */
  cut(a: End, b: End): void {
    const connection = this.link(a, b.device)
    if (connection === undefined) return
    for (const end of [a, b]) this.lose(connection, connection.sideOf(end))
  }

  /** Lets so many ms pass. */
  run(millis: number): void {
    this.runUntil(this.now + millis)
  }

  protected override travel(): number {
    return this.latency
  }

  protected override dialMillis(): number {
    return 2 * this.latency
  }

  protected override deadDialMillis(): number {
    const roundTrip = 2 * this.latency
    return (this.deadAfter ?? roundTrip) - roundTrip
  }

  protected override reach(_from: End, to: PeerKey): End | undefined {
    const end = this.ends.get(to)
    return end?.alive ? end : undefined
  }

  protected override isHere({ alive }: End): boolean {
    return alive
  }

  protected override loses(from: End, to: End): boolean {
    return !this.passes(from.device, to.device)
  }
}
