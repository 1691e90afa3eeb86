import type { Kept, MessageStore } from './store.js'

/** Messages written at once. */
const AT_ONCE = 1_000

/** Puts as many messages as there are, and resolves when they are written. */
export async function putAll(
  store: Pick<MessageStore, 'put' | 'flush'>,
  messages: readonly Kept[]
): Promise<void> {
  for (let at = 0; at < messages.length; at += AT_ONCE) {
    for (const message of messages.slice(at, at + AT_ONCE)) store.put(message)
    await store.flush()
  }
}
