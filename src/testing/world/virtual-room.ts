import { hash, type KeyPair, keyPairFromSeed } from '../../base/crypto.js'
import {
  type IdentityKey,
  idFromBytes,
  type MessageId,
  type PeerKey,
  type Topic
} from '../../base/ids.js'
import { bytesOf } from '../../base/random.js'
import type { FoldedLine } from '../../protocol/chat/fold.js'
import { INSTANCE_BYTES } from '../../protocol/config.js'
import type { Input, Output, Saying } from '../../protocol/events.js'
import { RoomMachine } from '../../protocol/machine/room-machine.js'
import { type Performer, perform } from '../../protocol/perform.js'
import type { Member } from '../../protocol/presence/roster.js'
import { NONCE_BYTES } from '../../protocol/wire/message.js'
import { encodeText } from '../../protocol/wire/text.js'
import type { RoomUpdate } from '../../room/events.js'
import { Speaker } from '../../room/speaker.js'
import { type End, performerOn } from './performer.js'
import type { Wire } from './wire.js'

/** Who a virtual room belongs to, and where it is. */
export interface VirtualRoomParts {
  readonly wire: Wire
  readonly name: string
  readonly secret: Uint8Array
  readonly topic: Topic
  readonly nick: string
  readonly bot: boolean
  readonly random: () => number
  /** Added to the times of the protocol. */
  readonly skipped: () => number
}

/** A member's room: the real protocol machine on a virtual wire. Listens and speaks like `Room`. */
export class VirtualRoom extends Speaker implements End {
  readonly name: string
  readonly identity: IdentityKey
  readonly device: PeerKey
  readonly #machine: RoomMachine
  readonly #parts: VirtualRoomParts
  // BOUNDED: outputs of the inputs of one turn.
  readonly #outputs: Output[] = []
  readonly #performs: Partial<Performer>
  #performing = false

  constructor(parts: VirtualRoomParts) {
    super()
    const { bot, name, nick, random, secret, topic } = parts
    const identity = keysOf(`identity ${nick}`)
    this.#parts = parts
    this.#performs = this.#performer(parts.wire)
    this.name = name
    this.identity = idFromBytes(identity.publicKey)
    this.device = idFromBytes(keysOf(`device ${nick} ${random()}`).publicKey)
    this.#machine = new RoomMachine({
      roomSecret: secret,
      topic,
      identity,
      device: this.device,
      nick,
      bot,
      random,
      instance: bytesOf(random, INSTANCE_BYTES),
      nonce: () => bytesOf(random, NONCE_BYTES)
    })
  }

  get nick(): string {
    return this.#machine.nick
  }

  members(): Member[] {
    return this.#machine.members()
  }

  member(identity: IdentityKey): Member | undefined {
    return this.#machine.member(identity)
  }

  /** Starts, and knows these others from a lookup. */
  enter(others: readonly PeerKey[]): void {
    this.#parts.wire.add(this)
    this.feed({ type: 'start' })
    this.feed({ type: 'candidates', peers: others })
  }

  protected override hand(saying: Saying): readonly Output[] {
    return this.feed(saying)
  }

  protected override lineHere(id: MessageId): FoldedLine | undefined {
    return this.#machine.line(id)
  }

  offerCommands(commands: readonly string[]): void {
    this.feed({ type: 'offer-commands', commands })
  }

  rename(nick: string): void {
    this.feed({ type: 'rename', nick })
  }

  /** Says goodbye and is gone. */
  leave(): void {
    this.feed({ type: 'leave' })
    this.#parts.wire.remove(this)
  }

  // What a listener does to the room comes after what it listens to.
  feed(input: Input): Output[] {
    const outputs = this.#machine.handle(input, this.#parts.wire.now)
    this.#outputs.push(...outputs)
    if (this.#performing) return outputs
    this.#performing = true
    for (let next = this.#outputs.shift(); next; next = this.#outputs.shift())
      perform(next, this.#performs)
    this.#performing = false
    return outputs
  }

  #performer(wire: Wire): Partial<Performer> {
    return {
      ...performerOn(wire, this),
      emit: event => {
        if (event.type !== 'device-taken') this.emit('update', this.#dated(event))
      }
    }
  }

  // The protocol's clock stands still where the test kit skips time in which nothing happens.
  #dated(event: RoomUpdate): RoomUpdate {
    if (event.type !== 'message' && event.type !== 'direct') return event
    const time = event.message.time + this.#parts.skipped()
    if (event.type === 'direct') return { ...event, message: { ...event.message, time } }
    return { ...event, message: { ...event.message, time } }
  }
}

function keysOf(name: string): KeyPair {
  return keyPairFromSeed(hash([encodeText(name)]))
}
