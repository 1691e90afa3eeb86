import { idToBytes, type MessageId } from '../../../base/ids.js'

/** What is reconciled: a message's id, and its logical clock in ms (a safe integer, 0 or more) to sort by. */
export interface Item {
  readonly timestamp: number
  readonly id: MessageId
}

/** An item whose id is bytes. */
export interface Entry {
  readonly timestamp: number
  readonly id: Uint8Array
}

/** The same item. RangeError for a timestamp that is no safe integer of 0 or more. */
export function checkItem(item: Item): Item {
  if (Number.isSafeInteger(item.timestamp) && item.timestamp >= 0) return item
  throw new RangeError('a timestamp is a safe integer, 0 or more')
}

export function entryOf({ id, timestamp }: Item): Entry {
  return { timestamp, id: idToBytes(id) }
}

/** In Negentropy's order, in place. */
export function sortItems(items: Item[]): Item[] {
  return items.sort(compareItems)
}

/** Negentropy's order. Hex digits sort as the bytes that they spell. */
export function compareItems(a: Item, b: Item): number {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}
