import type { VerifiedMessage } from '../protocol/wire/message.js'

/** Where verified messages are kept. A store that fails must not throw: the room goes on without it. */
export interface MessageStore {
  put(message: VerifiedMessage): void
  close(): Promise<void>
}

/** Keeps nothing: the room's timeline already holds what its window covers. */
export const memoryStore: MessageStore = {
  put: () => {},
  close: async () => {}
}
