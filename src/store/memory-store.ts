import type { MessageId } from '../base/ids.js'
import { byClockAndId, type Kept, type MessageStore } from './store.js'

/** Keeps messages as long as the process lives: for rooms that leave nothing on the disk, and for tests. */
export class MemoryStore implements MessageStore {
  readonly isBehind = false
  // BOUNDED: by the owner, who deletes what its timeline forgets.
  readonly #messages = new Map<MessageId, Kept>()
  #closed = false

  put(message: Kept): void {
    if (!this.#closed) this.#messages.set(message.id, message)
  }

  delete({ id }: Pick<Kept, 'id'>): void {
    if (!this.#closed) this.#messages.delete(id)
  }

  async load(): Promise<readonly Kept[]> {
    return [...this.#messages.values()].sort(byClockAndId)
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true
  }
}
