import { copyId, ID_BYTES, idFromBytes, type MessageId } from '../../../base/ids.js'
import { type Bound, boundAt, INFINITY, separatingPrefix } from './bound.js'
import { addId, fingerprintOf, SUM_WORDS, type Sum, subtract } from './fingerprint.js'
import { checkItem, compareItems, type Entry, entryOf, type Item, sortItems } from './item.js'

/** Items between two remembered sums. Guess: adding 32 ids costs about what hashing a fingerprint does. */
const STRIDE = 32
/** Added and removed items that wait to be merged. Guess: a merge of 100,000 items moves 4 MB. */
const MAX_PENDING = 4_096
const INITIAL_CAPACITY = 64

/**
 * Items in Negentropy's order: by timestamp, then by id. An item is in it once.
 *
 * It can change at any time, also in the middle of an exchange: every message of Negentropy speaks of the set as it
 * is then. 41 bytes of memory an item, up to twice that while the arrays have room to grow. Adding and removing is cheap
 * in any order: what changed waits, and is merged at the next look at the set. A fingerprint costs two sums of at most 31
 * ids, whatever the size of its range; the remembered sums are made when first asked for, and again from the place
 * where an item came in between.
 *
 * BOUNDED: by the owner, who adds what it stores and removes what it forgets.
 */
export class ItemSet {
  #size = 0
  #timestamps = new Float64Array(INITIAL_CAPACITY)
  #ids = new Uint8Array(INITIAL_CAPACITY * ID_BYTES)
  #idWords = new DataView(this.#ids.buffer)
  /** Added since the last merge; none of them is in #removed. BOUNDED: MAX_PENDING. */
  #pending = new Map<MessageId, Item>()
  /** Removed since the last merge. BOUNDED: MAX_PENDING. */
  #removed = new Map<MessageId, Item>()
  /** Sum number n is over the first n * STRIDE items. BOUNDED: one for STRIDE items. */
  #sums = new Uint32Array(SUM_WORDS)
  /** How many sums are right, from the front; the sum over nothing always is. */
  #summed = 1
  #effort = 0

  /** The set of these items, in whatever order they come. RangeError as for `add`. */
  static from(items: Iterable<Item>): ItemSet {
    const set = new ItemSet()
    set.#merge(sortItems([...items].map(checkItem)))
    return set
  }

  /** How many items were moved or summed so far, by looks at a set that had changed: about 10 ns each. */
  get effort(): number {
    return this.#effort
  }

  /** How many items there are. */
  get size(): number {
    this.#settle()
    return this.#size
  }

  /**
   * Adds an item; one that is in the set already changes nothing. RangeError for a timestamp that is no safe integer
   * of 0 or more: a bug of ours, since no such message is opened.
   */
  add(item: Item): void {
    checkItem(item)
    if (this.#isSettled && this.#comesLast(item)) {
      this.#append(item)
      return
    }
    this.#pending.set(item.id, item)
    this.#removed.delete(item.id)
    if (this.#pending.size >= MAX_PENDING) this.#settle()
  }

  /** Takes these in, where none is: in order, ids of 32 bytes. The arrays are ours from now on. */
  fill(timestamps: Float64Array<ArrayBuffer>, ids: Uint8Array<ArrayBuffer>): void {
    this.#timestamps = timestamps
    this.#ids = ids
    this.#idWords = new DataView(ids.buffer)
    this.#size = timestamps.length
  }

  /** Removes an item; one that is not in the set changes nothing. */
  delete(item: Item): void {
    if (this.#isSettled && this.#isLast(item)) {
      this.#size -= 1
      this.#summed = Math.min(this.#summed, Math.floor(this.#size / STRIDE) + 1)
      return
    }
    this.#pending.delete(item.id)
    this.#removed.set(item.id, item)
    if (this.#removed.size >= MAX_PENDING) this.#settle()
  }

  /** The index of the first item at or above the bound, not below `from`; the size where there is none. */
  lowerBound(bound: Bound, from = 0): number {
    this.#settle()
    // Every timestamp here is a safe integer, so that rounding a larger one changes no comparison.
    return this.#search(Number(bound.timestamp), bound.prefix, from, this.#size)
  }

  /** The shortest bound between the item at `index` and the one before it; infinity at the end. */
  boundBefore(index: number): Bound {
    if (index >= this.size) return INFINITY
    const timestamp = this.#timestampAt(index)
    if (index === 0 || this.#timestampAt(index - 1) !== timestamp) return boundAt(timestamp)
    const prefix = separatingPrefix(this.#idAt(index - 1), this.#idAt(index)).slice()
    return { timestamp: BigInt(timestamp), prefix }
  }

  /** The bound that is the item at `index` itself, id and all; infinity at the end. */
  boundOf(index: number): Bound {
    if (index >= this.size) return INFINITY
    return { timestamp: BigInt(this.#timestampAt(index)), prefix: this.#idAt(index).slice() }
  }

  /** The ids from `lower` to before `upper`, 32 bytes each, one after another, copied. */
  idBytes(lower: number, upper: number): Uint8Array {
    this.#settle()
    return this.#ids.slice(lower * ID_BYTES, Math.min(upper, this.#size) * ID_BYTES)
  }

  /** The ids from `lower` to before `upper`. */
  *ids(lower: number, upper: number): Generator<MessageId> {
    const bytes = this.idBytes(lower, upper)
    for (let at = 0; at < bytes.byteLength; at += ID_BYTES) {
      yield idFromBytes(bytes.subarray(at, at + ID_BYTES))
    }
  }

  /** The fingerprint, 16 bytes, of the items from `lower` to before `upper`. */
  fingerprint(lower: number, upper: number): Uint8Array {
    this.#settle()
    return fingerprintOf(subtract(this.#sumOfFirst(upper), this.#sumOfFirst(lower)), upper - lower)
  }

  #timestampAt(index: number): number {
    return this.#timestamps[index] ?? Number.POSITIVE_INFINITY
  }

  #idAt(index: number): Uint8Array {
    return this.#ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES)
  }

  #search(timestamp: number, prefix: Uint8Array, from: number, to: number): number {
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#isBelow(middle, timestamp, prefix)) low = middle + 1
      else high = middle
    }
    return low
  }

  #isBelow(index: number, timestamp: number, prefix: Uint8Array): boolean {
    const ours = this.#timestampAt(index)
    if (ours !== timestamp) return ours < timestamp
    const start = index * ID_BYTES
    for (let i = 0; i < prefix.byteLength; i++) {
      const difference = (this.#ids[start + i] ?? 0) - (prefix[i] ?? 0)
      if (difference !== 0) return difference < 0
    }
    return false
  }

  /** True if nothing waits to be merged. */
  get #isSettled(): boolean {
    return this.#pending.size + this.#removed.size === 0
  }

  #comesLast({ id, timestamp }: Item): boolean {
    const last = this.#size - 1
    if (last < 0 || this.#timestampAt(last) < timestamp) return true
    return this.#timestampAt(last) === timestamp && idFromBytes(this.#idAt(last)) < id
  }

  #isLast({ id, timestamp }: Item): boolean {
    const last = this.#size - 1
    return (
      last >= 0 && this.#timestampAt(last) === timestamp && idFromBytes(this.#idAt(last)) === id
    )
  }

  // Most that comes is newer than all that is here.
  #append({ id, timestamp }: Item): void {
    this.#reserve(this.#size + 1)
    this.#timestamps[this.#size] = timestamp
    copyId(id, this.#ids, this.#size * ID_BYTES)
    this.#size += 1
  }

  #settle(): void {
    if (this.#removed.size > 0) {
      const removed = sortItems([...this.#removed.values()])
      this.#removed.clear()
      this.#cut(removed)
    }
    if (this.#pending.size === 0) return
    const items = sortItems([...this.#pending.values()])
    this.#pending.clear()
    this.#merge(items)
  }

  /** What stays moves once, over the gaps. */
  #cut(sorted: readonly Item[]): void {
    const gaps = sorted.flatMap(item => this.#indexOf(entryOf(item)) ?? [])
    const [first] = gaps
    if (first === undefined) return
    for (let n = 0; n < gaps.length; n++) {
      const from = (gaps[n] ?? 0) + 1
      this.#move(from, gaps[n + 1] ?? this.#size, from - n - 1)
    }
    this.#size -= gaps.length
    this.#summed = Math.min(this.#summed, Math.floor(first / STRIDE) + 1)
  }

  /** From the back, so that each item that is here already moves once. */
  #merge(sorted: readonly Item[]): void {
    const fresh = this.#withoutKnown(sorted)
    this.#reserve(this.#size + fresh.length)
    let end = this.#size
    for (let left = fresh.length - 1; left >= 0; left--) {
      const entry = fresh[left]
      if (entry === undefined) continue
      const at = this.#search(entry.timestamp, entry.id, 0, end)
      this.#move(at, end, at + left + 1)
      this.#put(entry, at + left)
      end = at
    }
    this.#size += fresh.length
    if (fresh.length > 0) this.#summed = Math.min(this.#summed, Math.floor(end / STRIDE) + 1)
  }

  #withoutKnown(sorted: readonly Item[]): Entry[] {
    return sorted
      .filter((item, i) => i === 0 || compareItems(sorted[i - 1] ?? item, item) !== 0)
      .map(entryOf)
      .filter(entry => this.#indexOf(entry) === undefined)
  }

  #indexOf({ timestamp, id }: Entry): number | undefined {
    const at = this.#search(timestamp, id, 0, this.#size)
    if (at === this.#size || this.#timestampAt(at) !== timestamp) return undefined
    return this.#idAt(at).every((byte, i) => byte === id[i]) ? at : undefined
  }

  #put({ timestamp, id }: Entry, index: number): void {
    this.#timestamps[index] = timestamp
    this.#ids.set(id, index * ID_BYTES)
  }

  #move(from: number, to: number, target: number): void {
    this.#effort += to - from
    this.#timestamps.copyWithin(target, from, to)
    this.#ids.copyWithin(target * ID_BYTES, from * ID_BYTES, to * ID_BYTES)
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#timestamps.length) return
    const next = Math.max(capacity, 2 * this.#timestamps.length)
    const timestamps = new Float64Array(next)
    const ids = new Uint8Array(next * ID_BYTES)
    timestamps.set(this.#timestamps)
    ids.set(this.#ids)
    this.#timestamps = timestamps
    this.#ids = ids
    this.#idWords = new DataView(ids.buffer)
  }

  #sumOfFirst(count: number): Sum {
    const number = Math.floor(count / STRIDE)
    this.#extendSums(number)
    const sum = this.#sums.slice(number * SUM_WORDS, (number + 1) * SUM_WORDS)
    this.#addRange(sum, number * STRIDE, count)
    return sum
  }

  #extendSums(number: number): void {
    if (number < this.#summed) return
    this.#reserveSums(number)
    this.#effort += (number + 1 - this.#summed) * STRIDE
    const sum = this.#sums.slice((this.#summed - 1) * SUM_WORDS, this.#summed * SUM_WORDS)
    for (; this.#summed <= number; this.#summed++) {
      this.#addRange(sum, (this.#summed - 1) * STRIDE, this.#summed * STRIDE)
      this.#sums.set(sum, this.#summed * SUM_WORDS)
    }
  }

  #reserveSums(number: number): void {
    if ((number + 1) * SUM_WORDS <= this.#sums.length) return
    const sums = new Uint32Array((Math.floor(this.#timestamps.length / STRIDE) + 1) * SUM_WORDS)
    sums.set(this.#sums)
    this.#sums = sums
  }

  #addRange(sum: Sum, lower: number, upper: number): void {
    for (let index = lower; index < upper; index++) addId(sum, this.#idWords, index * ID_BYTES)
  }
}
