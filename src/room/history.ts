import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import b4a from 'b4a'
import { domain, hash } from '../base/crypto.js'
import { SwarmchatError } from '../base/errors.js'
import { idToBytes } from '../base/ids.js'
import { ensureDirectory } from '../home/directory.js'
import type { Identity } from '../home/identity.js'
import { nameRoom, roomDirectory } from '../home/room-directory.js'
import { messageRoom } from '../protocol/access/room-cipher.js'
import { type CheckedMessage, type KnownMessage, reopen } from '../protocol/wire/message.js'
import type { LevelStore } from '../store/level-store.js'
import type { StoreListeners } from '../store/listeners.js'
import { type Log, uncounted } from '../store/log.js'
import { MemoryStore } from '../store/memory-store.js'
import { readShared, type StopSharing, share } from '../store/sharing.js'
import { byClockAndId, type Kept, type MessageStore } from '../store/store.js'
import type { HistoryEvent } from './events.js'
import type { RoomKeys } from './keys.js'
import { RoomLog } from './room-log.js'

/** Whatever else the process does waits for so many messages to be opened: about 20 ms. */
const OPENED_AT_ONCE = 500

/** The room whose history it is. */
export interface HistoryOwner {
  readonly tell: (event: HistoryEvent) => void
  /** Takes messages that were on the disk all the time. */
  readonly restore: (messages: readonly CheckedMessage[]) => void
  /** All that the room has. */
  readonly all: () => readonly KnownMessage[]
}

/** Where a room's messages are kept, and what was kept when it was opened. */
export class RoomHistory {
  readonly store: MessageStore
  /** The order in which messages come; undefined where nothing is kept on the disk. */
  readonly log: RoomLog | undefined
  #messages: readonly CheckedMessage[]
  // BOUNDED: what happens between opening a history and starting its room.
  #untold: HistoryEvent[] = []
  #owner: HistoryOwner | undefined
  #isKept = true
  #stopSharing: StopSharing | undefined

  constructor(store: MessageStore, messages: readonly CheckedMessage[] = [], log?: RoomLog) {
    this.store = store
    this.log = log
    this.#messages = messages
  }

  /** Gives what is kept to other programs of the same user from now on, as far as that is possible. Never rejects. */
  async share(path: string): Promise<void> {
    await this.#stopSharing?.()
    const { log } = this
    if (log === undefined) return
    const shared = { log: () => this.#readable(log), follow: log.follow.bind(log) }
    this.#stopSharing = await share(shared, path).catch(() => undefined)
  }

  /** Writes what waits, and gives the database free for others. Never rejects. */
  async close(): Promise<void> {
    await this.#stopSharing?.()
    await this.store.close()
  }

  /** What was kept, in the room's order; none the second time, for a room has it then. */
  take(): readonly CheckedMessage[] {
    const messages = this.#messages
    this.#messages = []
    return messages
  }

  /** Resolves when all that was given to the store is on the disk, or cannot be. */
  async written(): Promise<void> {
    if (this.store.isBehind) await this.store.flush()
  }

  /** Tells the owner how the disk fares from now on, and how it has fared. */
  follow(owner: HistoryOwner): void {
    this.#owner = owner
    for (const event of this.#untold.splice(0)) owner.tell(event)
  }

  /** Nothing is kept on the disk from now on. */
  fail({ code, message }: SwarmchatError): void {
    if (!this.#isKept) return
    this.#setKept(false)
    const text = `${message} This program keeps what is said in memory only.`
    this.#tell({ type: 'unkept', code, text })
  }

  /** Something was damaged, and is here now. */
  damaged(path: string): void {
    const text = `The history of this room was damaged. Its files are in ${path}; what is good of them is kept, and members are asked for the rest.`
    this.#tell({ type: 'damaged', path, text })
  }

  /** Everything is kept again: `isComplete` if what came meanwhile is on the disk as well, else it is put there now. */
  async resume(store: LevelStore, keys: RoomKeys, isComplete: boolean): Promise<void> {
    if (!isComplete) await this.#bringTogether(store, keys)
    if (this.#isKept) return
    this.#setKept(true)
    this.#tell({ type: 'kept', text: 'What is said in this room is kept on the disk again.' })
  }

  /** All that there is: what cannot be written is in memory. */
  async #readable(log: RoomLog): Promise<Log> {
    if (this.#isKept || this.#owner === undefined) return log.kept()
    const all = this.#owner.all().filter(({ isVerified }) => isVerified)
    return uncounted(all.toSorted(byClockAndId))
  }

  async #bringTogether(store: LevelStore, keys: RoomKeys): Promise<void> {
    const { isDamaged, messages } = await readHistory(store, keys)
    if (isDamaged || store.isDamaged) this.damaged(await store.quarantine(messages))
    this.#owner?.restore(messages)
    const all = this.#owner?.all() ?? []
    await store.putAll(all.filter(({ isVerified }) => isVerified))
  }

  #setKept(isKept: boolean): void {
    this.#isKept = isKept
    if (this.log !== undefined) this.log.isKept = isKept
  }

  #tell(event: HistoryEvent): void {
    if (this.#owner === undefined) this.#untold.push(event)
    else this.#owner.tell(event)
  }
}

/** Where the messages of this identity are kept in the room of these keys. */
export function historyDirectory(
  home: string,
  { topic }: Pick<RoomKeys, 'topic'>,
  { key }: Identity
): string {
  return join(roomDirectory(home, topic), 'messages', key)
}

/**
 * Where the program that has that database open gives it to others. Short: a socket's path may be no longer than about a
 * hundred bytes.
 */
export function sharingPath(home: string, { topic }: RoomKeys, { key }: Identity): string {
  const name = hash([domain('sharing'), idToBytes(topic), idToBytes(key)])
  return join(home, 'run', b4a.toString(name.subarray(0, 8), 'hex'))
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

/** What was read of a store. */
export interface ReadHistory {
  /** In the room's order. */
  readonly messages: CheckedMessage[]
  /** True if some were damaged: those are not among them. */
  readonly isDamaged: boolean
}

/** What is kept in a store, as messages of this room. Throws STORE_FAILED. */
export async function readHistory(store: MessageStore, keys: RoomKeys): Promise<ReadHistory> {
  return openAll(await store.load(), keys)
}

/** The same for what another program has given. */
export async function openAll(kept: readonly Kept[], { secret }: RoomKeys): Promise<ReadHistory> {
  const room = messageRoom(secret)
  const messages: CheckedMessage[] = []
  for (const [at, each] of kept.entries()) {
    const message = reopen(each, room)
    if (message !== undefined && message.clock === each.clock) messages.push(message)
    if (at % OPENED_AT_ONCE === OPENED_AT_ONCE - 1) await nextTurn()
  }
  return { messages, isDamaged: messages.length < kept.length }
}

async function openKept(home: string, keys: RoomKeys, identity: Identity): Promise<RoomHistory> {
  // Loaded when it is needed: the library of the database has native code.
  const { LevelStore } = await import('../store/level-store.js')
  const directory = ensureDirectory(historyDirectory(home, keys, identity))
  nameRoom(home, keys)
  const path = sharingPath(home, keys, identity)
  const log = new RoomLog()
  let history: RoomHistory | undefined
  let store: LevelStore | undefined
  const resume = async (isComplete: boolean) => {
    if (store === undefined) return
    await history?.resume(store, keys, isComplete)
    await history?.share(path)
  }
  const listeners: StoreListeners = {
    onfail: problem => history?.fail(problem),
    // What fails meanwhile is told by the store, which goes on trying.
    onresume: isComplete => void resume(isComplete).catch(() => {}),
    onarrive: arrivals => log.arrived(arrivals),
    isHeld: id => log.isHeld(id)
  }
  try {
    store = await LevelStore.open(directory, listeners)
    log.use(store)
    history = await readAndMend(store, keys, log)
    await history.share(path)
    return history
  } catch (thrown) {
    await store?.close()
    if (!isTriedAgain(thrown)) throw thrown
    store = LevelStore.later(directory, listeners)
    log.use(store)
    history = new RoomHistory(store, await readOfOther(path, keys), log)
    history.fail(thrown)
    return history
  }
}

async function readOfOther(path: string, keys: RoomKeys): Promise<readonly CheckedMessage[]> {
  const kept = await readShared(path)
  return (await openAll(kept?.messages ?? [], keys)).messages
}

async function readAndMend(store: LevelStore, keys: RoomKeys, log: RoomLog): Promise<RoomHistory> {
  const { isDamaged, messages } = await readHistory(store, keys)
  const history = new RoomHistory(store, messages, log)
  const path = isDamaged || store.isDamaged ? await store.quarantine(messages) : store.aside
  if (path !== undefined) history.damaged(path)
  return history
}

// Whoever has it may end, and a disk may be mended; a format that is not ours stays so.
function isTriedAgain(thrown: unknown): thrown is SwarmchatError {
  return thrown instanceof SwarmchatError && thrown.code !== 'STORE_NEWER'
}
