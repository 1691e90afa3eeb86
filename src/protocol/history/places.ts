import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { traitsOf } from '../wire/kinds.js'
import type { Envelope } from '../wire/message.js'
import { LASTING_FROM, placeOf } from './lasting.js'
import type { MessageTable } from './message-table.js'
import { type Bound, boundAt, INFINITY } from './negentropy/bound.js'
import { ItemSet } from './negentropy/item-set.js'

type Placed = Pick<Envelope, 'clock' | 'id' | 'kind'>

/** Where the messages of a timeline are: in what is reconciled, and in the room's one order. */
export class Places {
  // BOUNDED: by the timeline.
  readonly #items = new ItemSet()

  /** What is reconciled: what lasts is behind all dates. */
  get items(): ItemSet {
    return this.#items
  }

  add(message: Placed): void {
    this.#items.add(placeOf(message))
  }

  /** Takes in these rows of a table, in the room's order, where nothing is. */
  fill(table: MessageTable, rows: Uint32Array): void {
    const lasts = (row: number) => traitsOf(table.kind(row)).lasting
    const dated = rows.filter(row => !lasts(row))
    this.#items.fill(table.clocksOf(dated), table.idBytesOf(dated))
    for (const row of rows.filter(lasts)) this.add(table.message(row))
  }

  delete(message: Placed): void {
    this.#items.delete(placeOf(message))
  }

  /** Ids of the messages dated from `since` and before `until`, in total order. */
  idsBetween(since: Millis, until: Millis): MessageId[] {
    const [from, to] = [Math.max(0, since), Math.max(0, until)]
    const isOpen = !Number.isFinite(to)
    const dated = this.#range(boundAt(from), boundAt(isOpen ? LASTING_FROM : to))
    const upper = isOpen ? INFINITY : boundAt(LASTING_FROM + to)
    const lasting = this.#range(boundAt(LASTING_FROM + from), upper)
    const all: MessageId[] = []
    let at = dated.lower
    for (let next = lasting.lower; next < lasting.upper; next += 1) {
      const end = this.#items.lowerBound(this.#dateOf(next), at)
      for (const id of this.#items.ids(at, end)) all.push(id)
      for (const id of this.#items.ids(next, next + 1)) all.push(id)
      at = end
    }
    for (const id of this.#items.ids(at, dated.upper)) all.push(id)
    return all
  }

  #range(from: Bound, to: Bound): { readonly lower: number; readonly upper: number } {
    const items = this.#items
    return { lower: items.lowerBound(from), upper: items.lowerBound(to) }
  }

  /** Where one of those that last would be among the others. */
  #dateOf(index: number): Bound {
    const { prefix, timestamp } = this.#items.boundOf(index)
    return { prefix, timestamp: timestamp - BigInt(LASTING_FROM) }
  }
}
