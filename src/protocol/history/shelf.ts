import { IdNumbers } from '../../base/id-numbers.js'
import { ID_BYTES, type MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { type CheckedMessage, type Envelope, type MessageRoom, reopen } from '../wire/message.js'
import type { MessageNode, ShelvedMessage } from './message-node.js'
import { ID_WORDS, type MessageTable } from './message-table.js'
import { MAX_OPENED_MESSAGES } from './tuning.js'

export type { MessageNode, ShelvedMessage } from './message-node.js'

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
  /** 32 bytes that strangers do not know. Default: zeros. */
  readonly seed?: Uint8Array | undefined
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
  /** Those that came together, and the rows of those of them that are still here: none is in both. */
  #table: MessageTable | undefined
  #rows: IdNumbers
  // BOUNDED: MAX_OPENED_MESSAGES, each at most twice MAX_SEALED_BYTES.
  readonly #opened = new Recent<MessageId, CheckedMessage>(MAX_OPENED_MESSAGES)

  constructor(options: ShelfOptions) {
    this.#options = options
    this.#rows = new IdNumbers(options.seed ?? new Uint8Array(ID_BYTES))
  }

  get size(): number {
    return this.#messages.size + this.#rows.size
  }

  has(id: MessageId): boolean {
    return this.#messages.has(id) || this.#rows.get(id) !== undefined
  }

  /** Puts these rows of a table here, into a shelf that is empty. */
  adopt(table: MessageTable, rows: Uint32Array): void {
    this.#table = table
    if (table.index !== undefined) {
      this.#rows = table.index
      return
    }
    this.#rows.reserve(rows.length)
    for (const row of rows) this.#rows.setAt(table.idWords, row * ID_WORDS, row)
  }

  /** Puts a message here, this very object; one with this id gives way. */
  set(message: ShelvedMessage): void {
    this.#rows.delete(message.id)
    this.#messages.set(message.id, message)
    this.#opened.delete(message.id)
  }

  delete(id: MessageId): void {
    if (this.#messages.delete(id) || this.#rows.delete(id)) this.#opened.delete(id)
  }

  /** What is in memory of a message. */
  node(id: MessageId): ShelvedMessage | undefined {
    const message = this.#messages.get(id)
    if (message !== undefined) return message
    const row = this.#rows.get(id)
    return row === undefined ? undefined : this.#table?.message(row)
  }

  /** All of them, in no order. */
  *nodes(): Generator<ShelvedMessage> {
    yield* this.#messages.values()
    for (const message of this.#table ?? [])
      if (this.#rows.get(message.id) !== undefined) yield message
  }

  /** The whole message, about 30 µs unless it was asked for lately; undefined if its bytes cannot be read. */
  get(id: MessageId): CheckedMessage | undefined {
    const shelved = this.node(id)
    if (shelved === undefined) return undefined
    const known = this.#opened.get(id)
    if (known !== undefined) return known
    const message = this.#open(shelved)
    if (message === undefined) this.#options.onlost?.(id)
    else this.#opened.set(id, message)
    return message
  }

  #open({ clock, id }: ShelvedMessage): CheckedMessage | undefined {
    const { recall, room } = this.#options
    const sealed = recall({ clock, id })
    return sealed && reopen({ id, sealed }, room)
  }
}
