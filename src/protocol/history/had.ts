import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import type { Envelope } from '../wire/message.js'

/**
 * What was here and is not any more, and what was refused: nobody asks for it again. One author's cannot push out the
 * others'.
 */
export class Had {
  readonly #max: number
  // BOUNDED: #max.
  readonly #ids = new Set<MessageId>()
  // BOUNDED: the same ids, by their authors.
  readonly #shares = new Shares<IdentityKey>()

  /** Remembers at most `max` ids. */
  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#ids.size
  }

  has(id: MessageId): boolean {
    return this.#ids.has(id)
  }

  add({ author, clock, id }: Pick<Envelope, 'author' | 'clock' | 'id'>): void {
    if (this.has(id)) return
    this.#ids.add(id)
    this.#shares.add(author, { clock, id })
    while (this.size > this.#max) this.#forget(this.#shares.takeFirst()?.id)
  }

  /** Forgets what is dated before this: it is too old to be asked for. What lasts is never dated so: see `datedPlaceOf`. */
  dropBefore(clock: Millis): void {
    for (const { id } of this.#shares.takeBefore(clock)) this.#forget(id)
  }

  #forget(id: string | undefined): void {
    this.#ids.delete(id as MessageId)
  }
}
