import type { MessageId } from '../base/ids.js'
import { MessageTable } from '../protocol/history/message-table.js'
import type { Recall } from '../protocol/history/shelf.js'
import { indexedOf } from './index-rows.js'
import { byClockAndId, type Kept, type MessageStore } from './store.js'

/** Keeps messages as long as the process lives: for rooms that leave nothing on the disk, and for tests. */
export class MemoryStore implements MessageStore {
  readonly isBehind = false
  // BOUNDED: by the owner, who deletes what its timeline forgets.
  readonly #messages = new Map<MessageId, Kept>()
  #closed = false

  put({ clock, id, sealed }: Kept): void {
    // Not the message itself, which may have its body beside these bytes.
    if (!this.#closed) this.#messages.set(id, { clock, id, sealed })
  }

  delete({ id }: Pick<Kept, 'id'>): void {
    if (!this.#closed) this.#messages.delete(id)
  }

  readonly recall: Recall = ({ id }) => this.#messages.get(id)?.sealed

  async index(): Promise<MessageTable> {
    return MessageTable.of((await this.load()).map(indexedOf))
  }

  async load(): Promise<readonly Kept[]> {
    return [...this.#messages.values()].sort(byClockAndId)
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true
  }
}
