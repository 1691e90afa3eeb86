import { type KeyPair, keyPairFromSeed } from '../../src/base/crypto.js'
import type { MessageId, PeerKey } from '../../src/base/ids.js'
import { bytesOf } from '../../src/base/random.js'
import { Recent } from '../../src/base/recent.js'
import { messageRoom } from '../../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../../src/protocol/access/room-secret.js'
import { byPlace } from '../../src/protocol/chat/newest.js'
import { INSTANCE_BYTES, SEEN_MAX } from '../../src/protocol/config.js'
import type { Input, Output } from '../../src/protocol/events.js'
import { DEFAULT_KEEP } from '../../src/protocol/history/keep-limits.js'
import { MAX_LASTING } from '../../src/protocol/history/lasting.js'
import { MessageTable } from '../../src/protocol/history/message-table.js'
import { MAX_STREAMS } from '../../src/protocol/links/tuning.js'
import type { RoomTuning } from '../../src/protocol/machine/options.js'
import { RoomMachine } from '../../src/protocol/machine/room-machine.js'
import {
  KIND_INVITATION,
  KIND_INVITATION_REVOCATION,
  KIND_INVITATION_USE
} from '../../src/protocol/wire/kinds.js'
import { NONCE_BYTES, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { shelvedOf } from '../../src/room/kept/shelved.js'
import { memoiseVerification } from '../support/memoised-crypto.js'
import { broadcastLoads, membershipLoads } from './loads.js'
import type { Birth, Load, SimNode } from './node.js'
import { type Insides, watched } from './spy.js'

const roomSecret = roomSecretFromName('simulated')
/** What lasts has room apart, for each of its kinds. */
const MAX_LASTING_IN_ALL =
  [KIND_INVITATION, KIND_INVITATION_USE, KIND_INVITATION_REVOCATION].length * MAX_LASTING

/** What its messages are bound to and sealed with. */
export const messages = messageRoom(roomSecret)
const { topic } = messages

/** Members share what each of them would make of the same bytes. BOUNDED: half an hour of a busy room. */
const verified = new Recent<MessageId, VerifiedMessage>(65_536)

/** The identity of the member of this index. */
export function identityAt(index: number): KeyPair {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, index + 1)
  return keyPairFromSeed(seed)
}

/** The real thing: the room machine that `Room` drives over hyperdht. */
export class RoomNode implements SimNode {
  readonly #machine: RoomMachine
  readonly #maxMessages: number
  readonly #insides: Insides = {}
  /** What it had before it started; undefined once it has that. */
  #before: MessageTable | undefined

  /**
   * `tuning`: what is tried in place of the defaults; `maxMessages`: how much history it keeps; `hasStore`: its messages are in its
   * store, from which it is restored when it starts again.
   */
  constructor(
    { index, key, memory, random }: Birth,
    tuning: RoomTuning = {},
    maxMessages = DEFAULT_KEEP.maxMessages,
    hasStore = false
  ) {
    memoiseVerification()
    this.#maxMessages = maxMessages
    const identity = identityAt(index)
    this.#machine = new RoomMachine({
      roomSecret,
      topic,
      identity,
      device: key,
      nick: `member ${index}`,
      random,
      keep: { maxMessages },
      verified,
      instance: bytesOf(random, INSTANCE_BYTES),
      nonce: () => bytesOf(random, NONCE_BYTES),
      ...(hasStore && { recall: ({ id }: { id: MessageId }) => memory.get(id)?.sealed }),
      tuning
    })
    if (hasStore) this.#before = MessageTable.of([...memory.values()].sort(byPlace).map(shelvedOf))
  }

  get active(): Iterable<PeerKey> {
    return this.#insides.membership?.active ?? []
  }

  get loads(): readonly Load[] {
    const { broadcast, membership } = this.#insides
    const { messages, streams } = this.#machine.snapshot()
    return [
      ...(membership === undefined ? [] : membershipLoads(membership)),
      ...(broadcast === undefined ? [] : broadcastLoads(broadcast, SEEN_MAX)),
      { name: 'streams', size: streams, max: MAX_STREAMS },
      { name: 'timeline', size: messages, max: this.#maxMessages + MAX_LASTING_IN_ALL }
    ]
  }

  /** Ids of the messages that it has, in the room's order. */
  get log(): readonly MessageId[] {
    return this.#machine.idsBetween(0, Number.POSITIVE_INFINITY)
  }

  handle(input: Input, now: number): Output[] {
    return watched(this.#insides, () => [
      ...this.#restore(now),
      ...this.#machine.handle(input, now)
    ])
  }

  #restore(now: number): Output[] {
    const shelved = this.#before
    this.#before = undefined
    if (shelved === undefined) return []
    return this.#machine.handle({ type: 'restore', messages: [], shelved, isUntold: true }, now)
  }
}
