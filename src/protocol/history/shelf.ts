import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { type CheckedMessage, type Envelope, type MessageRoom, reopen } from '../wire/message.js'
import { MAX_OPENED_MESSAGES, MAX_SHARED_AUTHORS } from './tuning.js'

/** What the protocol needs of a message that is kept: all but what it says. */
export interface MessageNode {
  readonly id: MessageId
  readonly kind: number
  readonly author: IdentityKey
  readonly clock: Millis
  readonly parents: readonly MessageId[]
  /** False for one at its author's word. */
  readonly isVerified: boolean
  /** True if it has left its body behind. */
  readonly isBare: boolean
}

/** A message whose bytes are with the store. */
export interface ShelvedMessage extends MessageNode {
  readonly isVerified: true
  /** Of the sealed message. */
  readonly bytes: number
}

/** What became of messages that the store has. */
export interface Shelved {
  readonly kept: readonly ShelvedMessage[]
  /** Those that are not taken, or were here. */
  readonly refused: readonly ShelvedMessage[]
}

/** True for one of which the store has the bytes, and only the rest is in memory. */
export function isShelved(node: MessageNode): node is ShelvedMessage {
  return 'bytes' in node
}

/**
 * Gives the sealed bytes of a message that was handed out to be stored, at once; undefined if they cannot be read. They need
 * not be right: whoever asks checks them against the id.
 */
export type Recall = (place: Pick<Envelope, 'clock' | 'id'>) => Uint8Array | undefined

/** Where the bytes of messages are. */
export interface ShelfOptions {
  /** Checked messages that stay whole. Default MAX_FRESH_MESSAGES. */
  readonly maxFresh?: number
  readonly recall: Recall
  /** Opens them. */
  readonly room: MessageRoom
  /** Hears of a message whose bytes cannot be read, or are not its own. Default: nobody. */
  readonly onlost?: ((id: MessageId) => void) | undefined
}

const BARE = 1
const KIND_SHIFT = 1
const BYTES_SHIFT = 9
const KIND_MASK = 0xff

/**
 * Messages of which only the index is in memory, about 430 bytes each with all that the protocol notes beside (measured: bench/history.ts), in columns instead of
 * objects; their bytes come back through the store. BOUNDED: by the timeline, of which this is a part.
 */
export class Shelf {
  readonly #options: ShelfOptions
  readonly #slots = new Map<MessageId, number>()
  // BOUNDED: MAX_SHARED_AUTHORS: one copy of each author's key serves all of its messages.
  readonly #sharedAuthors = new Recent<IdentityKey, IdentityKey>(MAX_SHARED_AUTHORS)
  // Columns, by slot.
  readonly #ids: MessageId[] = []
  readonly #authors: IdentityKey[] = []
  readonly #clocks: Millis[] = []
  readonly #parents: (readonly MessageId[])[] = []
  /** Size, kind and whether it is bare, in one number that needs no memory of its own. */
  readonly #facts: number[] = []
  // BOUNDED: by the slots.
  readonly #free: number[] = []
  // BOUNDED: MAX_OPENED_MESSAGES, each at most twice MAX_SEALED_BYTES.
  readonly #opened = new Recent<MessageId, CheckedMessage>(MAX_OPENED_MESSAGES)

  constructor(options: ShelfOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#slots.size
  }

  has(id: MessageId): boolean {
    return this.#slots.has(id)
  }

  /** Puts a message here; one with this id gives way. `parents`: what is in memory once, as far as possible. */
  set(
    message: ShelvedMessage,
    parents: readonly MessageId[] = message.parents.map(id => this.#copyOf(id))
  ): void {
    const { author, bytes, clock, id, isBare, kind } = message
    const former = this.#slots.get(id)
    const slot = former ?? this.#free.pop() ?? this.#ids.length
    if (former === undefined) this.#slots.set(id, slot)
    else this.#opened.delete(id)
    this.#ids[slot] = id
    this.#authors[slot] = this.#shared(author)
    this.#clocks[slot] = clock
    this.#parents[slot] = parents
    this.#facts[slot] = (bytes << BYTES_SHIFT) | (kind << KIND_SHIFT) | (isBare ? BARE : 0)
  }

  delete(id: MessageId): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    this.#slots.delete(id)
    this.#opened.delete(id)
    this.#parents[slot] = []
    this.#free.push(slot)
  }

  /** What is in memory of a message. */
  node(id: MessageId): ShelvedMessage | undefined {
    const slot = this.#slots.get(id)
    return slot === undefined ? undefined : this.#at(slot)
  }

  /** All of them, in no order. */
  *nodes(): Generator<ShelvedMessage> {
    for (const slot of this.#slots.values()) yield this.#at(slot)
  }

  /** The whole message, about 30 µs unless it was asked for lately; undefined if its bytes cannot be read. */
  get(id: MessageId): CheckedMessage | undefined {
    const slot = this.#slots.get(id)
    if (slot === undefined) return undefined
    const known = this.#opened.get(id)
    if (known !== undefined) return known
    const message = this.#open(id, this.#clocks[slot] ?? 0)
    if (message === undefined) this.#options.onlost?.(id)
    else this.#opened.set(id, message)
    return message
  }

  #shared(author: IdentityKey): IdentityKey {
    const known = this.#sharedAuthors.get(author)
    if (known === undefined) this.#sharedAuthors.set(author, author)
    return known ?? author
  }

  /** The same id; that of the message itself if it is here, so that it is in memory once. */
  #copyOf(id: MessageId): MessageId {
    const slot = this.#slots.get(id)
    return (slot === undefined ? undefined : this.#ids[slot]) ?? id
  }

  #open(id: MessageId, clock: Millis): CheckedMessage | undefined {
    const { recall, room } = this.#options
    const sealed = recall({ clock, id })
    return sealed && reopen({ id, sealed }, room)
  }

  #at(slot: number): ShelvedMessage {
    const facts = this.#facts[slot] ?? 0
    return {
      id: this.#ids[slot] as MessageId,
      author: this.#authors[slot] as IdentityKey,
      clock: this.#clocks[slot] ?? 0,
      parents: this.#parents[slot] ?? [],
      kind: (facts >> KIND_SHIFT) & KIND_MASK,
      bytes: facts >> BYTES_SHIFT,
      isVerified: true,
      isBare: (facts & BARE) !== 0
    }
  }
}
