import { atMost } from '../../async/at-most.js'
import { type Deferred, deferred } from '../../async/deferred.js'
import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { RoomUpdate } from '../events.js'

/** So long whoever leaves waits for somebody to have what was said last. Guess: to meet a member on a busy machine. */
const LAST_WORDS_MILLIS: Millis = 10_000

/** The room that is spoken in: `Room` is one. */
export interface SpokenIn {
  readonly identity: IdentityKey
  on(event: 'update', listener: (update: RoomUpdate) => void): unknown
}

/**
 * Keeps in mind whether anybody has what we said last: a program that speaks and leaves at once would be gone before it has
 * met anybody.
 */
export class LastWords {
  readonly #self: IdentityKey
  #unheard: MessageId | undefined
  #heard: Deferred = deferred()

  constructor(room: SpokenIn) {
    this.#self = room.identity
    room.on('update', update => this.#take(update))
  }

  /** Resolves when another member has what was said last, at once if nothing was; after ten seconds in any case. */
  async heard(): Promise<void> {
    if (this.#unheard !== undefined) await atMost(LAST_WORDS_MILLIS, this.#heard.promise)
  }

  #take(update: RoomUpdate): void {
    switch (update.type) {
      case 'message': {
        const { from, history, id } = update.message
        if (from === this.#self && !history) this.#unheard = id
        break
      }
      case 'direct': {
        const { from, history, id } = update.message
        if (from === this.#self && !history) this.#unheard = id
        break
      }
      case 'edit':
      case 'delete':
      case 'reaction':
        if (update.from === this.#self && !update.history) this.#unheard = update.by
        break
      case 'subject':
      case 'card':
        if (update.from === this.#self && !update.history) this.#unheard = update.id
        break
      case 'redated':
        if (update.previous === this.#unheard) this.#unheard = update.message.id
        break
      case 'receipt':
        if (update.id === this.#unheard && update.have > 0) this.#wasHeard()
    }
  }

  #wasHeard(): void {
    this.#unheard = undefined
    this.#heard.resolve()
    this.#heard = deferred()
  }
}
