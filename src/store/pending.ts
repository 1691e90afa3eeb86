import type { MessageId } from '../base/ids.js'

/** A change of the database. */
export type Change =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** Changes that wait for a slow disk, or for one that is full. Guess: some minutes of a busy room. */
const MAX_WAITING = 20_000
/** The same in bytes. Guess: memory that a chat may take for a while. */
const MAX_WAITING_BYTES = 32 << 20

/** What is yet to be written: the latest change of each message. */
export class Pending {
  // BOUNDED: MAX_WAITING, MAX_WAITING_BYTES.
  readonly #changes = new Map<MessageId, Change>()
  #bytes = 0
  #isLost = false

  /** True if more came than can wait, and what waited was given up. */
  get isLost(): boolean {
    return this.#isLost
  }

  get size(): number {
    return this.#changes.size
  }

  /** Adds a change; false if that was more than can wait: then nothing is left. */
  add(id: MessageId, change: Change): boolean {
    this.#remove(id)
    this.#changes.set(id, change)
    this.#bytes += sizeOf(change)
    if (this.size <= MAX_WAITING && this.#bytes <= MAX_WAITING_BYTES) return true
    this.#changes.clear()
    this.#bytes = 0
    this.#isLost = true
    return false
  }

  /** All that waits now. */
  all(): [MessageId, Change][] {
    return [...this.#changes]
  }

  /** These were written; what has changed since still waits. */
  written(changes: readonly [MessageId, Change][]): void {
    for (const [id, change] of changes) if (this.#changes.get(id) === change) this.#remove(id)
  }

  /** The owner gives everything once more. */
  beginAnew(): void {
    this.#isLost = false
  }

  #remove(id: MessageId): void {
    const change = this.#changes.get(id)
    if (change === undefined) return
    this.#changes.delete(id)
    this.#bytes -= sizeOf(change)
  }
}

function sizeOf(change: Change): number {
  return change.key.byteLength + (change.type === 'put' ? change.value.byteLength : 0)
}
