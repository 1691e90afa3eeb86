import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessageId } from '../../base/ids.js'
import type { Identity } from '../../home/identity.js'
import type { ReadMessage } from '../../protocol/chat/directs.js'
import type { KnownMessage } from '../../protocol/wire/message.js'
import type { ArrivedSoFar } from '../../store/arrival-log.js'
import type { Arrival } from '../../store/arrivals.js'
import type { LevelStore } from '../../store/level-store.js'
import { type Log, type Logged, logOf, uncounted } from '../../store/log.js'
import type { RoomUpdate } from '../events.js'
import type { RoomKeys } from '../keys.js'
import { inOrder, type Updates } from '../order/ordered.js'

/** A message of the room that is kept, and which one it was to come. */
export interface LoggedMessage extends ReadMessage {
  readonly number: number
}

/** What the log needs of a room: its machine is one. */
interface LogSource {
  /** One that is kept. */
  read(id: MessageId): ReadMessage | undefined
}

/** Whatever else happens waits for so many messages to be read: some ms. Guess. */
const READ_AT_ONCE = 200

const NOTHING: ArrivedSoFar = { epoch: '', last: 0, arrivals: [] }

/** Hears what happens in a room, in order. */
export interface LogListener {
  /** Something happened, in the order in which a person reads it. */
  readonly onupdate?: (update: RoomUpdate) => void
  /** These came, and are on the disk. Who wants to know what they say reads them. */
  readonly onarrive?: (arrived: readonly Arrival[]) => void
}

/** Which history it is, wherever it is kept. */
export interface LogPlace {
  readonly home: string
  readonly keys: RoomKeys
  readonly identity: Identity
}

/**
 * The order in which what is kept of a room came: that in which it is shown. So a line that has overtaken another one of its
 * author comes after that.
 */
export class RoomLog {
  /** False while the disk cannot be written, or another program of ours keeps the room. */
  isKept = true
  /** True if another program of ours kept the room when it was opened. */
  isBeside = false
  readonly place: LogPlace
  // BOUNDED: by what waits to be shown.
  readonly #held = new Set<MessageId>()
  // BOUNDED: by the owner: a chat, a bot, programs that follow over the socket.
  readonly #listeners = new Set<LogListener>()
  #store: LevelStore | undefined
  #source: () => LogSource | undefined = () => undefined

  constructor(place: LogPlace) {
    this.place = place
  }

  /** The store whose order this is. */
  use(store: LevelStore): void {
    this.#store = store
  }

  /** Follows a room from now on. `source`: what it has at that moment. */
  attach(room: Updates, source: () => LogSource): void {
    this.#source = source
    room.on('update', update => {
      const id = sourceOf(update)
      if (id !== undefined) this.#held.add(id)
      // What is kept has an order of its own: what was said to us alone need not wait for the history around it.
      if (update.type === 'direct') this.#shown(update)
    })
    inOrder(room, update => {
      if (update.type !== 'direct') this.#shown(update)
    })
  }

  /** True: it is yet to be shown. */
  isHeld(id: MessageId): boolean {
    return this.#held.has(id)
  }

  /** These are on the disk, in this order. */
  arrived(arrivals: readonly Arrival[]): void {
    for (const { onarrive } of this.#listeners) onarrive?.(arrivals)
  }

  /** Tells of what comes from now on, until the function is called that this gives. */
  listen(listener: LogListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The same for messages as they are kept. */
  follow(listener: (messages: readonly Logged[]) => void): () => void {
    return this.listen({
      onarrive: arrived =>
        listener(
          arrived.flatMap(({ id, number }) => {
            const message = this.message(id)
            return message === undefined ? [] : loggedOf(message, number)
          })
        )
    })
  }

  /** What the numbers belong to. Throws STORE_FAILED. */
  async epoch(): Promise<string | undefined> {
    return (await this.#store?.arrived())?.epoch
  }

  /** All that is kept now, as it is kept. Throws STORE_FAILED. */
  async kept(): Promise<Log> {
    return this.#store === undefined ? uncounted([]) : logOf(this.#store)
  }

  /** The order of arrival alone, of what is kept now. Throws STORE_FAILED. */
  async arrivals(): Promise<ArrivedSoFar> {
    const { arrivals, epoch, last } = (await this.#store?.arrived()) ?? NOTHING
    return { epoch, last, arrivals: arrivals.filter(({ number }) => number <= last) }
  }

  /** What the room has of one, read from the disk where it is not in memory. */
  message(id: MessageId): KnownMessage | undefined {
    return this.#source()?.read(id)?.message
  }

  /** What the room has of these, in their order, one by one: read from the disk where it is not in memory. */
  async *read(kept: readonly Arrival[]): AsyncGenerator<LoggedMessage> {
    for (const [at, each] of kept.entries()) {
      const logged = this.#logged(each)
      if (logged !== undefined) yield logged
      if (at % READ_AT_ONCE === READ_AT_ONCE - 1) await nextTurn()
    }
  }

  #logged({ id, number }: Arrival): LoggedMessage | undefined {
    const read = this.#source()?.read(id)
    return read && { ...read, number }
  }

  #shown(update: RoomUpdate): void {
    const id = sourceOf(update)
    for (const { onupdate } of this.#listeners) onupdate?.(update)
    if (id === undefined) return
    this.#held.delete(id)
    this.#store?.released(id)
  }
}

/** The message that made something happen; undefined where none did. */
export function sourceOf(update: RoomUpdate): MessageId | undefined {
  switch (update.type) {
    case 'message':
    case 'direct':
    case 'redated':
      return update.message.id
    case 'edit':
    case 'delete':
    case 'reaction':
      return update.by
    case 'subject':
    case 'card':
      return update.id
    default:
      return undefined
  }
}

function loggedOf({ clock, id, sealed }: KnownMessage, number: number): Logged {
  return { clock, id, sealed, number }
}
