import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { KnownMessage } from '../wire/message.js'
import type { MessageTable } from './message-table.js'
import { PackedMessage } from './packed-message.js'
import { type MessageNode, Shelf, type ShelfOptions, type ShelvedMessage } from './shelf.js'
import { MAX_FRESH_MESSAGES, MAX_SHARED_AUTHORS } from './tuning.js'

/** A message that is whole, and what stays in memory when it is not. */
interface Whole {
  readonly message: KnownMessage
  readonly shelved: PackedMessage
}

/**
 * The messages of a timeline: whole ones, and those whose bytes are with the store. A message is whole until its signature
 * was checked, because only then it is stored, and until some more have come, because what is to be stored is handed out at
 * the end of a turn. Without a shelf all stay whole.
 */
export class Messages {
  // BOUNDED: by the timeline, who forgets what is too much.
  readonly #whole = new Map<MessageId, Whole>()
  // BOUNDED: #maxFresh: those of the whole ones that are going to the shelf, the next one first.
  readonly #fresh = new Set<MessageId>()
  // BOUNDED: MAX_SHARED_AUTHORS: one copy of each author's key serves all of its messages.
  readonly #authors = new Recent<IdentityKey, IdentityKey>(MAX_SHARED_AUTHORS)
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
    return this.#whole.get(id)?.message ?? this.#shelf?.node(id)
  }

  /** What is in memory of it whatever becomes of it: one object for whoever holds on to it. Its parents may not be there. */
  entry(id: MessageId): Omit<ShelvedMessage, 'parents'> | undefined {
    return this.#whole.get(id)?.shelved ?? this.#shelf?.node(id)
  }

  /** The whole message; undefined if the store cannot give it. */
  get(id: MessageId): KnownMessage | undefined {
    return this.#whole.get(id)?.message ?? this.#shelf?.get(id)
  }

  /** What is to be in memory of this message. */
  entryOf(message: KnownMessage): PackedMessage {
    return new PackedMessage(message, this.#sharedAuthor(message.author))
  }

  /** Puts a message here, or in place of the one with this id. `shelved`: from {@link entryOf}. */
  set(message: KnownMessage, shelved: PackedMessage): void {
    const { id } = message
    this.#shelf?.delete(id)
    this.#whole.set(id, { message, shelved })
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
    return [...this.#whole.values()].map(({ message }) => message)
  }

  /** Those whose bytes are with the store, in no order. */
  shelved(): ShelvedMessage[] {
    return [...(this.#shelf?.nodes() ?? [])]
  }

  #sharedAuthor(author: IdentityKey): IdentityKey {
    const known = this.#authors.get(author)
    if (known === undefined) this.#authors.set(author, author)
    return known ?? author
  }

  #shelve(id: MessageId | undefined): void {
    const whole = id && this.#whole.get(id)
    if (id === undefined || !whole?.message.isVerified) return
    this.#fresh.delete(id)
    this.#whole.delete(id)
    whole.shelved.pack(whole.message.parents)
    this.#shelf?.set(whole.shelved)
  }
}
