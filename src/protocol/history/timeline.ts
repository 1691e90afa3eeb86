import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_PARENTS } from '../config.js'
import { isEphemeral } from '../wire/kinds.js'
import type { CheckedMessage, Envelope, KnownMessage } from '../wire/message.js'
import { Graph } from './graph.js'
import { Had } from './had.js'
import { HeadTurns } from './head-turns.js'
import type { ClockFault, Dates, KeepLimits } from './keep-limits.js'
import { datesTaken, faultOf, keepLimits, oldestKept } from './keep-limits.js'
import { datedPlaceOf } from './lasting.js'
import { LogicalClock } from './logical-clock.js'
import type { MessageTable } from './message-table.js'
import { Messages } from './messages.js'
import type { ItemSet } from './negentropy/item-set.js'
import { Places } from './places.js'
import { type Keepable, Retention } from './retention.js'
import type { MessageNode, Shelved, ShelvedMessage } from './shelf.js'
import { windowAt } from './sorted-heads.js'
import { type Added, NOT_KEPT, type TimelineOptions } from './timeline-options.js'
import { HAD_PER_MESSAGE } from './tuning.js'
import { UnderWay } from './under-way.js'
import { Vouchers } from './vouchers.js'

/** A message is kept, and this one goes for it. */
interface Admitted {
  readonly gone: Keepable | undefined
}

/**
 * The messages of a room: a graph by their parents, and one total order by clock and id. It keeps the logical clock as
 * well: our messages come after all that we have seen.
 */
export class Timeline {
  readonly #keep: KeepLimits
  readonly #onforget: (message: MessageNode) => void
  readonly #clock = new LogicalClock()
  // BOUNDED: by #retention.
  readonly #messages: Messages
  // BOUNDED: by #retention, which counts them: what the store has lost, until it comes again.
  readonly #lost = new Set<MessageId>()
  // BOUNDED: the same messages, in order.
  readonly #places = new Places()
  readonly #retention: Retention
  readonly #had: Had
  readonly #graph: Graph
  readonly #vouchers = new Vouchers()
  readonly #turns: HeadTurns
  /** Which messages are too new to be history. */
  readonly underWay = new UnderWay()
  /** How far back was kept when that was looked at last. */
  #since: Millis = 0

  constructor(options: TimelineOptions = {}) {
    const { isSettled = () => true, keep, onforget = () => {}, seed, shelf } = options
    this.#keep = keepLimits(keep)
    this.#messages = new Messages(shelf && { seed, ...shelf })
    this.#onforget = onforget
    this.#retention = new Retention(this.#keep, isSettled)
    this.#had = new Had(HAD_PER_MESSAGE * this.#keep.maxMessages, seed)
    this.#graph = new Graph({
      get: id => this.#messages.entry(id),
      has: id => this.has(id),
      seed,
      hadOnce: id => this.#had.has(id),
      isOld: ({ clock }) => clock < this.#since
    })
    this.#turns = new HeadTurns(this.#graph.heads, isSettled)
  }

  /** How many messages are kept. */
  get size(): number {
    return this.#messages.size
  }

  /** Sizes of everything held beside the messages, for tests and the simulator. */
  get load(): Graph['load'] & { readonly had: number; readonly whole: number } {
    return { ...this.#graph.load, had: this.#had.size, whole: this.#messages.wholeCount }
  }

  /** The messages as (clock, id) in total order: what is reconciled. */
  get items(): ItemSet {
    return this.#places.items
  }

  /** True if a message names a parent that is not here, and somebody may still have it. */
  hasHoles(now: Millis): boolean {
    return this.#graph.hasHoles(now)
  }

  /** How far back we keep messages, and compare with others. */
  since(wall: Millis): Millis {
    this.#since = oldestKept(this.#keep, wall)
    return this.#since
  }

  has(id: MessageId): boolean {
    return this.#messages.has(id)
  }

  /** True for a message that is here, was here, or was refused: it is not to be asked for. */
  knows(id: MessageId): boolean {
    return this.has(id) || this.#had.has(id)
  }

  /** What the protocol needs of a message, in constant time. */
  node(id: MessageId): MessageNode | undefined {
    return this.#messages.node(id)
  }

  /** The whole message: about 30 µs if its bytes are with the store; undefined as well if they cannot be read. */
  get(id: MessageId): KnownMessage | undefined {
    return this.#messages.get(id)
  }

  /** The ids of the messages that no other has as a parent: the 8 newest, newest first. */
  heads(): MessageId[] {
    return this.#graph.heads.newest(MAX_PARENTS)
  }

  /**
   * The heads that a message of the author `self` is to name, `most` at most: {@link HeadTurns.choose}. None that is dated
   * so far ahead that nobody else can have it, nor one older than what is reconciled.
   */
  nameHeads(most: number, self: IdentityKey, wall: Millis): MessageId[] {
    return this.#turns.choose(windowAt(wall), most, self)
  }

  /** True if {@link nameHeads} has left out the newest head of somebody. */
  get hasHeadsToName(): boolean {
    return this.#turns.hasMore
  }

  /** 8 bytes that are the same for whoever has the same heads. */
  headsDigest(wall: Millis): Uint8Array {
    return this.#graph.heads.digest(windowAt(wall))
  }

  /** Ids of the messages dated from `since` and before `until`, in total order. */
  idsBetween(since: Millis, until: Millis): MessageId[] {
    return this.#places.idsBetween(since, until)
  }

  /** Forgets a message that nobody else is to have; its parents may be heads again. */
  drop({ id }: Pick<MessageNode, 'id'>): void {
    const message = this.node(id)
    this.#lost.delete(id)
    if (message !== undefined) this.#forget(message)
  }

  /** The store has lost these: they are missing as if they had never come. Those that are whole here stay. */
  lose(ids: readonly MessageId[], now: Millis): void {
    const lost = new Set(ids)
    for (const message of this.#messages.shelved()) {
      if (!lost.has(message.id)) continue
      this.#graph.miss(message.id, now)
      this.#takeOut(message)
      this.#lost.add(message.id)
    }
  }

  /** All messages, in total order, but for those that cannot be read. */
  messages(): KnownMessage[] {
    return this.idsBetween(0, Number.POSITIVE_INFINITY).flatMap(id => this.get(id) ?? [])
  }

  /** All messages, in no order: whole, or as the store has them. */
  all(): { readonly messages: KnownMessage[]; readonly shelved: ShelvedMessage[] } {
    return { messages: this.#messages.whole(), shelved: this.#messages.shelved() }
  }

  /** The clock of the next message of ours, in ms: see {@link LogicalClock.tick}. */
  tick(wall: Millis): Millis {
    return this.#clock.tick(wall)
  }

  /** Takes note of a clock that was seen. */
  observe(clock: Millis): void {
    this.#clock.observe(clock)
  }

  /** Why the message would be refused now; undefined if it would not. */
  fault(message: Pick<Envelope, 'clock' | 'kind'>, wall: Millis): ClockFault | undefined {
    this.since(wall)
    return faultOf(message.clock, this.dates(message.kind, wall))
  }

  /** Of which dates messages of this kind are taken now. */
  dates(kind: number, wall: Millis): Dates {
    return datesTaken(kind, this.#keep, wall)
  }

  /** Adds a message that is to be stored. One that is here already, or is ephemeral, changes nothing. */
  add(message: KnownMessage, now: Millis): Added {
    const shelved = this.#messages.entryOf(message)
    const admitted = this.#admit(shelved)
    if (admitted === undefined) return NOT_KEPT
    this.underWay.heard(message.clock, now)
    this.#messages.set(message, shelved)
    const added = this.#graph.add(message, now, shelved)
    this.#vouchers.note(message, added.missing)
    if (admitted.gone !== undefined) this.drop(admitted.gone)
    return { kept: true, ...added }
  }

  /** Adds messages that the store has, as {@link add} would one after the other. */
  shelve(messages: readonly ShelvedMessage[], now: Millis): Shelved {
    const gone: Keepable[] = []
    const fresh: ShelvedMessage[] = []
    const refused: ShelvedMessage[] = []
    for (const message of messages) {
      const admitted = this.#admit(message)
      if (admitted !== undefined) this.#messages.setShelved(message)
      if (admitted?.gone !== undefined) gone.push(admitted.gone)
      const list = admitted === undefined ? refused : fresh
      list.push(message)
    }
    const incomplete = this.#graph.addAll(fresh, now)
    for (const { message, missing } of incomplete) this.#vouchers.note(message, missing)
    for (const each of gone) this.drop(each)
    return { kept: gone.length === 0 ? fresh : fresh.filter(({ id }) => this.has(id)), refused }
  }

  /** As {@link shelve}, for rows of a table, in order, where nothing is and all have room; false if that is not so: then nothing happens. */
  adopt(table: MessageTable, rows: Uint32Array, now: Millis): boolean {
    const isUsed = this.size + this.#had.size + this.#lost.size + this.#graph.load.children > 0
    if (isUsed || !this.#messages.hasShelf) return false
    if (rows.some(row => isEphemeral(table.kind(row)))) return false
    if (!this.#retention.adopt(table, rows)) return false
    if (table.index?.size !== rows.length) table.index = undefined
    if (rows.length > 0) this.observe(table.clock(rows.at(-1) as number))
    this.#messages.adopt(table, rows)
    this.#places.fill(table, rows)
    for (const { message, missing } of this.#graph.adopt(table, rows, now))
      this.#vouchers.note(message, missing)
    table.index = undefined
    return true
  }

  /** Makes room for a message, of which others may be gone; undefined if it is not kept itself. */
  #admit(message: ShelvedMessage): Admitted | undefined {
    this.observe(message.clock)
    if (isEphemeral(message.kind) || this.knows(message.id)) return undefined
    const gone = this.#lost.delete(message.id)
      ? undefined
      : this.#retention.add(message, message.kind)
    if (gone !== message) this.#places.add(message)
    else this.#had.add(datedPlaceOf(message))
    return gone === message ? undefined : { gone }
  }

  /** A message is not taken, and not to be asked for. */
  refuse(message: Envelope): void {
    if (!this.has(message.id)) this.#had.add(datedPlaceOf(message))
  }

  /** A message that is here was checked, or is kept without its body from now on. */
  replace(message: CheckedMessage): void {
    if (this.has(message.id)) this.#messages.set(message, this.#messages.entryOf(message))
  }

  /** The message by which its own author has named this one, if it is here: asked for once. */
  voucherOf(message: Envelope): KnownMessage | undefined {
    const id = this.#vouchers.take(message)
    return id && this.get(id)
  }

  /** An author is no newcomer any more, or is one again. */
  settle(author: IdentityKey, isSettled: boolean): void {
    this.#retention.settle(author, isSettled)
  }

  /** Forgets what is older than what is kept and reconciled: none of it can come again. */
  expire(wall: Millis): void {
    const since = this.since(wall)
    for (const gone of this.#retention.takeBefore(since)) this.drop(gone)
    this.#had.dropBefore(since)
  }

  /** Forgets all that is here, but for those that stay: none of it is asked for again. */
  forgetAll(stays: ReadonlySet<MessageId> = new Set()): void {
    for (const gone of this.#retention.takeAll()) {
      const node = stays.has(gone.id) ? this.node(gone.id) : undefined
      if (node === undefined) this.drop(gone)
      else this.#retention.add(gone, node.kind)
    }
  }

  #forget(message: MessageNode): void {
    this.#onforget(message)
    this.#had.add(datedPlaceOf(message))
    this.#takeOut(message)
  }

  #takeOut(message: MessageNode): void {
    this.#messages.delete(message.id)
    this.#places.delete(message)
    this.#graph.remove(message)
  }
}
