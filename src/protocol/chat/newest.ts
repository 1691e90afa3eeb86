import TinyQueue from 'tinyqueue'
import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'

/** The place of a message in the room's order. */
export interface Place {
  readonly id: MessageId
  readonly clock: Millis
}

export function placeOf({ clock, id }: Place): Place {
  return { clock, id }
}

/** The room's order: by clock, then by id. */
export function byPlace(a: Place, b: Place): number {
  if (a.clock !== b.clock) return a.clock - b.clock
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Places that are gone and still in the order are thrown away when there are so many more than others. Guess: seldom. */
const STALE_PLACES = 32

/** Messages of which the newest counts, whatever the order in which they come and go. Each costs O(log n). */
export class Newest<P extends Place> {
  #newest: P | undefined
  // BOUNDED: by the owner of this, who removes what is not kept any more. Made for the second message: most are alone.
  #older: Map<MessageId, P> | undefined
  /** The same and some that are gone, the newest first. Made when the newest goes for the first time: it seldom does. */
  #order: TinyQueue<P> | undefined

  /** The one that counts. */
  get newest(): P | undefined {
    return this.#newest
  }

  get isEmpty(): boolean {
    return this.#newest === undefined
  }

  /** Of all, counting or not. */
  ids(): readonly MessageId[] {
    const newest = this.#newest === undefined ? [] : [this.#newest.id]
    return [...(this.#older?.keys() ?? []), ...newest]
  }

  add(place: P): void {
    const newest = this.#newest
    const isNewest = newest === undefined || byPlace(newest, place) < 0
    if (isNewest) this.#newest = place
    const older = isNewest ? newest : place
    if (older === undefined) return
    this.#older ??= new Map()
    this.#older.set(older.id, older)
    this.#order?.push(older)
    this.#tidy()
  }

  delete(id: MessageId): void {
    if (this.#newest?.id !== id) {
      this.#older?.delete(id)
      this.#tidy()
      return
    }
    this.#newest = this.#takeNewestOlder()
  }

  #takeNewestOlder(): P | undefined {
    const older = this.#older
    if (older === undefined) return undefined
    this.#order ??= new TinyQueue([...older.values()], (a, b) => byPlace(b, a))
    for (let place = this.#order.pop(); place; place = this.#order.pop()) {
      if (older.get(place.id) !== place) continue
      older.delete(place.id)
      return place
    }
    return undefined
  }

  #tidy(): void {
    const places = this.#older?.size ?? 0
    if ((this.#order?.length ?? 0) > 2 * places + STALE_PLACES) this.#order = undefined
  }
}
