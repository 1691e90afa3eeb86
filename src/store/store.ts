import type { MessageTable } from '../protocol/history/message-table.js'
import type { Recall, ShelvedMessage } from '../protocol/history/shelf.js'
import type { Envelope } from '../protocol/wire/message.js'

/** A message as it is kept: its place in the order, and the bytes that cross links, whose body is sealed. */
export type Kept = Pick<Envelope, 'clock' | 'id' | 'sealed'>

/**
 * What the index says of a message that is kept: as much as can be read without opening it. A store cannot tell which
 * messages are bare: it takes none for one.
 */
export type Indexed = ShelvedMessage

/** What comes before much is read: never rejects. */
export type BeforeMuch = () => Promise<unknown>

/**
 * Where a room's messages are kept. What is put here was verified. A store that fails tells its
 * owner once and goes on: the room is never held up by it.
 */
export interface MessageStore {
  /** True while something that was put or deleted is yet to be written, and can be: {@link flush} waits for it. */
  readonly isBehind: boolean
  /** Keeps a message; in place of one with this id, which may have left its body behind since. Never throws. */
  put(message: Kept): void
  /** Keeps it no longer. Never throws. */
  delete(message: Pick<Kept, 'clock' | 'id'>): void
  /** The bytes of a message that was put here, written or not, at once; undefined if they cannot be read. Never throws. */
  readonly recall: Recall
  /**
   * All that is kept, ordered by clock and id, without its bytes; `beforeMuch` is waited for if that keeps the process busy for
   * long. Throws STORE_FAILED.
   */
  index(beforeMuch?: BeforeMuch): Promise<MessageTable>
  /** All that is kept, ordered by clock and id. Throws STORE_FAILED. */
  load(): Promise<readonly Kept[]>
  /** Resolves when all that was put and deleted before will outlive the process, or never will. */
  flush(): Promise<void>
  /** Flushes, and gives the store free for others. Nothing is kept afterwards. Idempotent, never rejects. */
  close(): Promise<void>
}

/** The room's one order: by clock, then by id. */
export function byClockAndId(a: Pick<Kept, 'clock' | 'id'>, b: Pick<Kept, 'clock' | 'id'>): number {
  if (a.clock !== b.clock) return a.clock - b.clock
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
