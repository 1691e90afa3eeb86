import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SwarmchatError } from '../base/errors.js'
import { ensureDirectory } from '../home/directory.js'
import type { Identity } from '../home/identity.js'
import { nameRoom, roomDirectory } from '../home/room-directory.js'
import { messageRoom } from '../protocol/access/room-cipher.js'
import { type CheckedMessage, reopen } from '../protocol/wire/message.js'
import { MemoryStore } from '../store/memory-store.js'
import type { MessageStore } from '../store/store.js'
import type { UnkeptEvent } from './events.js'
import type { RoomKeys } from './keys.js'

/** Whatever else the process does waits for so many messages to be opened: about 20 ms. */
const OPENED_AT_ONCE = 500

/** Where a room's messages are kept, and what was kept when it was opened. */
export class RoomHistory {
  readonly store: MessageStore
  #messages: readonly CheckedMessage[]
  #problem: UnkeptEvent | undefined
  #onproblem: ((problem: UnkeptEvent) => void) | undefined

  constructor(store: MessageStore, messages: readonly CheckedMessage[] = []) {
    this.store = store
    this.#messages = messages
  }

  /** What was kept, in the room's order; none the second time, for a room has it then. */
  take(): readonly CheckedMessage[] {
    const messages = this.#messages
    this.#messages = []
    return messages
  }

  /** Hears, at most once, why nothing is kept on the disk from now on: also if that was so before. */
  onproblem(listener: (problem: UnkeptEvent) => void): void {
    this.#onproblem = listener
    if (this.#problem !== undefined) listener(this.#problem)
  }

  /** Nothing is kept on the disk from now on. */
  fail(problem: SwarmchatError): void {
    if (this.#problem !== undefined) return
    const { code, message } = problem
    const text = `${message} This program keeps what is said in memory only.`
    this.#problem = { type: 'unkept', code, text }
    this.#onproblem?.(this.#problem)
  }
}

/** Where the messages of this identity are kept in the room of these keys. */
export function historyDirectory(home: string, { topic }: RoomKeys, { key }: Identity): string {
  return join(roomDirectory(home, topic), 'messages', key)
}

/**
 * The history of a room, kept in this home; in memory if there is none, and if the disk cannot be used: then with the
 * problem. Rejects for mistakes of ours alone.
 */
export async function openHistory(
  home: string | undefined,
  keys: RoomKeys,
  identity: Identity
): Promise<RoomHistory> {
  if (home === undefined) return new RoomHistory(new MemoryStore())
  try {
    return await openKept(home, keys, identity)
  } catch (thrown) {
    if (!(thrown instanceof SwarmchatError)) throw thrown
    const history = new RoomHistory(new MemoryStore())
    history.fail(thrown)
    return history
  }
}

/** What is kept in a store, as messages of this room; bytes that are damaged are passed over. Throws STORE_FAILED. */
export async function readHistory(
  store: MessageStore,
  { secret }: RoomKeys
): Promise<CheckedMessage[]> {
  const room = messageRoom(secret)
  const kept = await store.load()
  const messages: CheckedMessage[] = []
  for (const [at, each] of kept.entries()) {
    const message = reopen(each, room)
    if (message !== undefined) messages.push(message)
    if (at % OPENED_AT_ONCE === OPENED_AT_ONCE - 1) await nextTurn()
  }
  return messages
}

async function openKept(home: string, keys: RoomKeys, identity: Identity): Promise<RoomHistory> {
  // Loaded when it is needed: the library of the database has native code.
  const { LevelStore } = await import('../store/level-store.js')
  const directory = ensureDirectory(historyDirectory(home, keys, identity))
  nameRoom(home, keys)
  let history: RoomHistory | undefined
  const store = await LevelStore.open(directory, problem => history?.fail(problem))
  try {
    history = new RoomHistory(store, await readHistory(store, keys))
    return history
  } catch (thrown) {
    await store.close()
    throw thrown
  }
}
