import { withRoom } from '../../base/columns.js'
import { IdShares } from '../../base/id-shares.js'
import { ID_BYTES, type IdentityKey, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Envelope } from '../wire/message.js'

/**
 * What was here and is not any more, and what was refused: nobody asks for it again. One author's cannot push out the
 * others'.
 */
export class Had {
  readonly #max: number
  // BOUNDED: #max, and one more for a moment.
  readonly #ids: IdShares<IdentityKey, MessageId>
  /** By row: how it is dated. */
  #clocks = new Float64Array()
  /** None is dated before this. */
  #oldest: Millis = Number.POSITIVE_INFINITY

  /** Remembers at most `max` ids. `seed`: 32 bytes that strangers do not know. */
  constructor(max: number, seed: Uint8Array = new Uint8Array(ID_BYTES)) {
    this.#max = max
    this.#ids = new IdShares(seed)
  }

  get size(): number {
    return this.#ids.size
  }

  has(id: MessageId): boolean {
    return this.#ids.has(id)
  }

  add({ author, clock, id }: Pick<Envelope, 'author' | 'clock' | 'id'>): void {
    const row = this.#ids.add(author, id)
    if (row === undefined) return
    this.#clocks = withRoom(this.#clocks, this.#ids.room)
    this.#clocks[row] = clock
    this.#oldest = Math.min(this.#oldest, clock)
    while (this.size > this.#max) this.#ids.takeFirst()
  }

  /** Forgets what is dated before this: it is too old to be asked for. What lasts is never dated so: see `datedPlaceOf`. Costs as much as there are, unless nothing is. */
  dropBefore(clock: Millis): void {
    if (this.#oldest >= clock) return
    this.#oldest = Number.POSITIVE_INFINITY
    this.#ids.removeWhere(row => {
      const dated = this.#clocks[row] as number
      if (dated >= clock) this.#oldest = Math.min(this.#oldest, dated)
      return dated < clock
    })
  }
}
