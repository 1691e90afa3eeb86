import { randomBytes } from 'node:crypto'
import type { KeyPair } from '../../src/base/crypto.js'
import type { MessageId, PeerKey, Topic } from '../../src/base/ids.js'
import type { Millis } from '../../src/base/time.js'
import { RoomCipher } from '../../src/protocol/access/room-cipher.js'
import { chatMessageOf } from '../../src/protocol/chat/chat-message.js'
import type { Input, Output } from '../../src/protocol/events.js'
import { encodeTextBody } from '../../src/protocol/wire/bodies/text.js'
import { KIND_TEXT } from '../../src/protocol/wire/kinds.js'
import {
  digestOf,
  type MessageRoom,
  NONCE_BYTES,
  parseMessage,
  seal,
  verifyEnvelope
} from '../../src/protocol/wire/message.js'

/** As many parents as a line has in a busy room. */
const PARENTS = 4

/** What such a room is made with. */
export interface LeastRoom {
  readonly roomSecret: Uint8Array
  readonly topic: Topic
  readonly identity: KeyPair
  readonly nick: string
}

/**
 * The least that a room of our messages can do, in place of the room machine: what is said is sealed, signed and sent to
 * everybody; what comes is hashed, looked up, parsed, verified, opened, stored and told. No limits, no order, no receipts,
 * no presence, no history.
 */
export class LeastMachine {
  readonly #identity: KeyPair
  readonly #nick: string
  readonly #room: MessageRoom
  readonly #peers: PeerKey[] = []
  readonly #seen = new Set<MessageId>()
  #parents: readonly MessageId[] = []

  constructor({ identity, nick, roomSecret, topic }: LeastRoom) {
    this.#identity = identity
    this.#nick = nick
    this.#room = { topic, cipher: new RoomCipher(roomSecret) }
  }

  handle(input: Input, _: Millis, wall: Millis): Output[] {
    if (input.type === 'connected') this.#peers.push(input.peer)
    if (input.type === 'say') return this.#say(input.text, wall)
    return input.type === 'frame' && input.frame.type === 'mesh'
      ? this.#hear(input.frame.sealed)
      : []
  }

  #say(text: string, clock: Millis): Output[] {
    const body = encodeTextBody({ nick: this.#nick, text })
    const draft = { kind: KIND_TEXT, clock, parents: this.#parents, body }
    const message = seal({ ...draft, nonce: randomBytes(NONCE_BYTES) }, this.#identity, this.#room)
    this.#keep(message.id)
    const frame = { type: 'mesh', reached: this.#peers.length, sealed: message.sealed } as const
    return [
      { type: 'store', message },
      ...this.#peers.map(to => ({ type: 'send', to, frame }) as const)
    ]
  }

  #hear(sealed: Uint8Array): Output[] {
    const digest = digestOf(sealed, this.#room.topic)
    if (digest === undefined || this.#seen.has(digest.id)) return []
    const parsed = parseMessage(sealed, this.#room.topic, digest)
    const opened = parsed.ok ? verifyEnvelope(parsed.envelope, this.#room) : parsed
    if (!opened.ok) return []
    this.#keep(opened.message.id)
    const line = chatMessageOf(opened.message, false)
    if (line === undefined) return []
    return [
      { type: 'store', message: opened.message },
      { type: 'emit', event: { type: 'message', message: line } }
    ]
  }

  #keep(id: MessageId): void {
    this.#seen.add(id)
    this.#parents = [id, ...this.#parents].slice(0, PARENTS)
  }
}
