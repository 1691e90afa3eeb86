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
  idsBetween(since: Millis, until: Millis, clockOf: (id: MessageId) => Millis): MessageId[] {
    const [from, to] = [Math.max(0, since), Math.max(0, until)]
    const end = Number.isFinite(to)
    const dated = this.#between(boundAt(from), boundAt(end ? to : LASTING_FROM))
    const upper = end ? boundAt(LASTING_FROM + to) : INFINITY
    const lasting = this.#between(boundAt(LASTING_FROM + from), upper)
    return lasting.length === 0 ? dated : merged(dated, lasting, clockOf)
  }

  #between(from: Bound, to: Bound): MessageId[] {
    const items = this.#items
    return [...items.ids(items.lowerBound(from), items.lowerBound(to))]
  }
}

/** Two lists that are in order, as one. */
function merged(
  a: readonly MessageId[],
  b: readonly MessageId[],
  clockOf: (id: MessageId) => Millis
): MessageId[] {
  const all: MessageId[] = []
  let at = 0
  for (const id of b) {
    const clock = clockOf(id)
    for (let next = a[at]; next !== undefined; next = a[at]) {
      const theirs = clockOf(next)
      if (theirs > clock || (theirs === clock && next > id)) break
      all.push(next)
      at += 1
    }
    all.push(id)
  }
  for (; at < a.length; at++) all.push(a[at] as MessageId)
  return all
}
