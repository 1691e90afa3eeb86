import type { MessageId } from '../../base/ids.js'
import type { KnownMessage } from '../wire/message.js'
import type { MessageTable } from './message-table.js'
import { type MessageNode, Shelf, type ShelfOptions, type ShelvedMessage } from './shelf.js'
import { MAX_FRESH_MESSAGES } from './tuning.js'

/**
 * The messages of a timeline: whole ones, and those whose bytes are with the store. A message is whole until its signature
 * was checked, because only then it is stored, and until some more have come, because what is to be stored is handed out at
 * the end of a turn. Without a shelf all stay whole.
 */
export class Messages {
  // BOUNDED: by the timeline, who forgets what is too much.
  readonly #whole = new Map<MessageId, KnownMessage>()
  // BOUNDED: #maxFresh: those of the whole ones that are going to the shelf, the next one first.
  readonly #fresh = new Set<MessageId>()
  readonly #shelf: Shelf | undefined
  readonly #maxFresh: number

  constructor(shelf: ShelfOptions | undefined) {
    this.#maxFresh = shelf?.maxFresh ?? MAX_FRESH_MESSAGES
    this.#shelf = shelf && new Shelf(shelf)
  }

  get size(): number {
    return this.#whole.size + (this.#shelf?.size ?? 0)
  }

  /** How many of them are whole. */
  get wholeCount(): number {
    return this.#whole.size
  }

  has(id: MessageId): boolean {
    return this.#whole.has(id) || this.#shelf?.has(id) === true
  }

  /** All but what it says: never read from the store. */
  node(id: MessageId): MessageNode | undefined {
    return this.#whole.get(id) ?? this.#shelf?.node(id)
  }

  /** The whole message; undefined if the store cannot give it. */
  get(id: MessageId): KnownMessage | undefined {
    return this.#whole.get(id) ?? this.#shelf?.get(id)
  }

  /** Puts a message here, or in place of the one with this id. */
  set(message: KnownMessage): void {
    const { id } = message
    this.#shelf?.delete(id)
    this.#whole.set(id, message)
    this.#fresh.delete(id)
    if (this.#shelf === undefined || !message.isVerified) return
    this.#fresh.add(id)
    if (this.#fresh.size > this.#maxFresh) this.#shelve(this.#fresh.values().next().value)
  }

  /** Puts a message here that the store has. */
  setShelved(message: ShelvedMessage): void {
    this.#shelf?.set(message)
  }

  /** False if there is no store. */
  get hasShelf(): boolean {
    return this.#shelf !== undefined
  }

  /** Puts these rows of a table here, where nothing is, and there is a store. */
  adopt(table: MessageTable, rows: Uint32Array): void {
    this.#shelf?.adopt(table, rows)
  }

  delete(id: MessageId): void {
    this.#whole.delete(id)
    this.#fresh.delete(id)
    this.#shelf?.delete(id)
  }

  /** Those that are whole, in no order. */
  whole(): KnownMessage[] {
    return [...this.#whole.values()]
  }

  /** Those whose bytes are with the store, in no order. */
  shelved(): ShelvedMessage[] {
    return [...(this.#shelf?.nodes() ?? [])]
  }

  #shelve(id: MessageId | undefined): void {
    const message = id && this.#whole.get(id)
    if (!message?.isVerified) return
    this.#fresh.delete(message.id)
    this.#whole.delete(message.id)
    this.#shelf?.setWhole(message)
  }
}
