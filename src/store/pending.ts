import type { MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { keyOf } from './layout.js'
import type { Kept } from './store.js'

/** A change of the database. */
export type Change =
  | {
      readonly type: 'put'
      readonly key: Uint8Array
      readonly value: Uint8Array
      /** When it came here, on the clock that never jumps. */
      readonly at: Millis
    }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** The change that puts this message, which came here at this time. */
export const putOf = (message: Kept, at: Millis): Change => {
  return { type: 'put', key: keyOf(message), value: message.sealed, at }
}

/** More that waits for a disk, or in so many bytes, says that it is too slow. Guess: some minutes of a busy room. */
const MAX_WAITING = 20_000
const MAX_WAITING_BYTES = 32 << 20

/**
 * What is yet to be written: the latest change of each message. It is the only place where that is: nothing is given up, but
 * for deletions, which the owner asks for again when it opens the database.
 */
export class Pending {
  // BOUNDED: by the owner, who deletes what its timeline forgets; of deletions MAX_WAITING.
  readonly #changes = new Map<MessageId, Change>()
  #bytes = 0
  #deletions = 0

  get size(): number {
    return this.#changes.size
  }

  /** True if more waits than a disk that works lets wait. */
  get isTooMuch(): boolean {
    return this.size - this.#deletions > MAX_WAITING || this.#bytes > MAX_WAITING_BYTES
  }

  get(id: MessageId): Change | undefined {
    return this.#changes.get(id)
  }

  add(id: MessageId, change: Change): void {
    this.drop(id)
    if (change.type === 'del' && this.#deletions === MAX_WAITING) return
    if (change.type === 'del') this.#deletions += 1
    this.#changes.set(id, change)
    this.#bytes += sizeOf(change)
  }

  /** The same, unless something is to be written of this message already. */
  addNew(id: MessageId, change: Change): void {
    if (!this.#changes.has(id)) this.add(id, change)
  }

  /** Nothing is to be written of this message. */
  drop(id: MessageId): void {
    const change = this.#changes.get(id)
    if (change === undefined) return
    this.#changes.delete(id)
    this.#bytes -= sizeOf(change)
    if (change.type === 'del') this.#deletions -= 1
  }

  /** What came until then is not to be written; which messages that was. */
  dropUntil(at: Millis): MessageId[] {
    const dropped: MessageId[] = []
    for (const [id, change] of this.#changes)
      if (change.type === 'put' && change.at <= at) dropped.push(id)
    for (const id of dropped) this.drop(id)
    return dropped
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#changes.clear()
    this.#bytes = 0
    this.#deletions = 0
  }

  /** All that waits now. */
  all(): Iterable<[MessageId, Change]> {
    return this.#changes.entries()
  }

  /** What waits, the first first; as much as can be written at once. */
  next(): [MessageId, Change][] {
    const found: [MessageId, Change][] = []
    let bytes = 0
    for (const entry of this.#changes) {
      if (found.length === MAX_WAITING || bytes > MAX_WAITING_BYTES) break
      found.push(entry)
      bytes += sizeOf(entry[1])
    }
    return found
  }

  /** These were written; what has changed since still waits. */
  written(changes: readonly [MessageId, Change][]): void {
    for (const [id, change] of changes) if (this.#changes.get(id) === change) this.drop(id)
  }
}

function sizeOf(change: Change): number {
  return change.key.byteLength + (change.type === 'put' ? change.value.byteLength : 0)
}
