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

/**
 * Messages of which only the index is in memory, with all that the protocol notes beside (measured: bench/history.ts); their
 * bytes come back through the store. BOUNDED: by the timeline, of which this is a part.
 */
export class Shelf {
  readonly #options: ShelfOptions
  readonly #messages = new Map<MessageId, ShelvedMessage>()
  // BOUNDED: MAX_SHARED_AUTHORS: one copy of each author's key serves all of its messages.
  readonly #sharedAuthors = new Recent<IdentityKey, IdentityKey>(MAX_SHARED_AUTHORS)
  // BOUNDED: MAX_OPENED_MESSAGES, each at most twice MAX_SEALED_BYTES.
  readonly #opened = new Recent<MessageId, CheckedMessage>(MAX_OPENED_MESSAGES)

  constructor(options: ShelfOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#messages.size
  }

  has(id: MessageId): boolean {
    return this.#messages.has(id)
  }

  /** Puts a message here, this very object; one with this id gives way. */
  set(message: ShelvedMessage): void {
    this.#messages.set(message.id, message)
    this.#opened.delete(message.id)
  }

  /** The same for one that was whole: of what is in memory already nothing is kept twice. */
  setWhole({ author, clock, id, isBare, kind, parents, sealed }: CheckedMessage): void {
    this.set({
      id,
      clock,
      kind,
      author: this.#shared(author),
      parents: parents.map(parent => this.#messages.get(parent)?.id ?? parent),
      bytes: sealed.byteLength,
      isVerified: true,
      isBare
    })
  }

  delete(id: MessageId): void {
    if (this.#messages.delete(id)) this.#opened.delete(id)
  }

  /** What is in memory of a message. */
  node(id: MessageId): ShelvedMessage | undefined {
    return this.#messages.get(id)
  }

  /** All of them, in no order. */
  nodes(): Iterable<ShelvedMessage> {
    return this.#messages.values()
  }

  /** The whole message, about 30 µs unless it was asked for lately; undefined if its bytes cannot be read. */
  get(id: MessageId): CheckedMessage | undefined {
    const shelved = this.#messages.get(id)
    if (shelved === undefined) return undefined
    const known = this.#opened.get(id)
    if (known !== undefined) return known
    const message = this.#open(shelved)
    if (message === undefined) this.#options.onlost?.(id)
    else this.#opened.set(id, message)
    return message
  }

  #shared(author: IdentityKey): IdentityKey {
    const known = this.#sharedAuthors.get(author)
    if (known === undefined) this.#sharedAuthors.set(author, author)
    return known ?? author
  }

  #open({ clock, id }: ShelvedMessage): CheckedMessage | undefined {
    const { recall, room } = this.#options
    const sealed = recall({ clock, id })
    return sealed && reopen({ id, sealed }, room)
  }
}
