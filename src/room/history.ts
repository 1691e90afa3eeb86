import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import b4a from 'b4a'
import { domain, hash } from '../base/crypto.js'
import { SwarmchatError } from '../base/errors.js'
import { idToBytes, type MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { ensureDirectory } from '../home/directory.js'
import type { Identity } from '../home/identity.js'
import { nameRoom, roomDirectory } from '../home/room-directory.js'
import { MessageTable } from '../protocol/history/message-table.js'
import type { Kept } from '../protocol/machine/room-machine.js'
import type { LevelStore } from '../store/level-store.js'
import { type Log, uncounted } from '../store/log.js'
import { MemoryStore } from '../store/memory-store.js'
import { readShared, type StopSharing, share } from '../store/sharing.js'
import type { MessageStore } from '../store/store.js'
import type { StoreListeners } from '../store/store-listeners.js'
import type { HistoryEvent } from './events.js'
import type { RoomKeys } from './keys.js'
import { openAll, readHistory } from './read-history.js'
import { RoomLog } from './room-log.js'
import { shelvedIn, shelvedOf } from './shelved.js'

/** Between two tries, while somebody waits. Guess: a program that ends gives its database free within a few of them. */
const RETRY_MILLIS: Millis = 100

/** The room whose history it is. */
export interface HistoryOwner {
  readonly tell: (event: HistoryEvent) => void
  /** Takes messages that the store has. */
  readonly restore: (shelved: MessageTable) => void
  /** The store has these no longer. */
  readonly lose: (ids: readonly MessageId[]) => void
  /** All that the room has. */
  readonly kept: () => Kept
}

/** A store on the disk, and the room that it is of. */
interface Disk {
  readonly store: LevelStore
  readonly keys: RoomKeys
  readonly log: RoomLog
}

/** Where a room's messages are kept, and what was kept when it was opened. */
export class RoomHistory {
  readonly store: MessageStore
  #shelved: MessageTable | undefined
  // BOUNDED: what happens between opening a history and starting its room.
  #untold: HistoryEvent[] = []
  #owner: HistoryOwner | undefined
  #isKept = true
  #isClosed = false
  #stopSharing: StopSharing | undefined
  #checking: Promise<void> | undefined

  readonly #disk: Disk | undefined

  /** `disk`: the store, if it is on a disk. */
  constructor(store: MessageStore, shelved?: MessageTable, disk?: Disk) {
    this.store = store
    this.#shelved = shelved
    this.#disk = disk
  }

  /** The order in which messages come; undefined where nothing is kept on the disk. */
  get log(): RoomLog | undefined {
    return this.#disk?.log
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
    this.#isClosed = true
    await this.#stopSharing?.()
    await this.store.close()
  }

  /** What was kept, in the room's order; none the second time, for a room has it then. */
  take(): MessageTable | undefined {
    const shelved = this.#shelved
    this.#shelved = undefined
    return shelved
  }

  /** Resolves when all that was given to the store is on the disk, or cannot be, after so long. */
  async written(patience: Millis = 0): Promise<void> {
    const until = performance.now() + patience
    while (!this.#isKept && !this.#isClosed && performance.now() < until) {
      await this.#disk?.store.retry()
      await delay(RETRY_MILLIS)
    }
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
  async resume(isComplete: boolean): Promise<void> {
    if (!isComplete && this.#disk !== undefined) await this.#bringTogether(this.#disk)
    if (this.#isKept) return
    this.#setKept(true)
    this.#tell({ type: 'kept', text: 'What is said in this room is kept on the disk again.' })
  }

  /** All that there is: what cannot be written waits in memory. */
  async #readable(log: RoomLog): Promise<Log> {
    return this.#isKept ? log.kept() : uncounted(await this.store.load())
  }

  /** The bytes of a message cannot be read, or are not its own: if that is the store's fault, the store is put aside. */
  unreadable(): void {
    // A disk that fails is another matter: it may be read again.
    if (!this.#isKept || this.#isClosed || this.#disk === undefined) return
    if (this.#checking !== undefined) return
    const checked = () => {
      this.#checking = undefined
    }
    this.#checking = this.#mendDamage(this.#disk).then(checked, checked)
  }

  async #mendDamage({ keys, store }: Disk): Promise<void> {
    const { damaged, messages } = await readHistory(store, keys)
    if (damaged === 0 && !store.isDamaged) return
    const path = await store.quarantine(messages)
    this.#reconsider(await shelvedIn(store, keys))
    this.damaged(path)
  }

  async #bringTogether({ keys, store }: Disk): Promise<void> {
    const { path, shelved } = await readAndMend(store, keys)
    this.#owner?.restore(shelved)
    this.#reconsider(shelved)
    if (path !== undefined) this.damaged(path)
  }

  /** Only these are with the store: it gets what is whole in memory, and the rest is lost. */
  #reconsider(shelved: MessageTable): void {
    const there = new Set(Array.from(shelved, ({ id }) => id))
    const kept = this.#owner?.kept()
    for (const message of kept?.messages ?? [])
      if (message.isVerified && !there.has(message.id)) this.store.put(message)
    const lost = kept?.shelved.filter(message => this.store.recall(message) === undefined) ?? []
    if (lost.length > 0) this.#owner?.lose(lost.map(({ id }) => id))
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
  { key }: Pick<Identity, 'key'>
): string {
  return join(roomDirectory(home, topic), 'messages', key)
}

/**
 * Where the program that has that database open gives it to others. Short: a socket's path may be no longer than about a
 * hundred bytes.
 */
export function sharingPath(
  home: string,
  { topic }: RoomKeys,
  { key }: Pick<Identity, 'key'>
): string {
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

async function openKept(home: string, keys: RoomKeys, identity: Identity): Promise<RoomHistory> {
  // Loaded when it is needed: the library of the database has native code.
  const { LevelStore } = await import('../store/level-store.js')
  const directory = ensureDirectory(historyDirectory(home, keys, identity))
  nameRoom(home, keys)
  const path = sharingPath(home, keys, identity)
  const log = new RoomLog({ home, keys, identity })
  let history: RoomHistory | undefined
  let store: LevelStore | undefined
  const resume = async (isComplete: boolean) => {
    await history?.resume(isComplete)
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
    const { path: aside, shelved } = await readAndMend(store, keys)
    history = new RoomHistory(store, shelved, { store, keys, log })
    if (aside !== undefined) history.damaged(aside)
    await history.share(path)
    return history
  } catch (thrown) {
    await store?.close()
    if (!isTriedAgain(thrown)) throw thrown
    store = LevelStore.later(directory, listeners)
    log.use(store)
    log.isBeside = thrown.code === 'STORE_IN_USE'
    const shelved = await putOfOther(store, path, keys)
    history = new RoomHistory(store, shelved, { store, keys, log })
    history.fail(thrown)
    return history
  }
}

/** What the program has that keeps this history: it is here as well, as if it were going to be written. */
async function putOfOther(store: LevelStore, path: string, keys: RoomKeys): Promise<MessageTable> {
  const { messages } = await openAll((await readShared(path))?.messages ?? [], keys)
  for (const message of messages) store.put(message)
  return MessageTable.of(messages.map(shelvedOf))
}

/** What a store has; if some of it is damaged, that is put aside, at this path. */
async function readAndMend(store: LevelStore, keys: RoomKeys) {
  const shelved = await shelvedIn(store, keys)
  if (!store.isDamaged) return { shelved, path: store.aside }
  const { messages } = await readHistory(store, keys)
  const path = await store.quarantine(messages)
  return { shelved: await shelvedIn(store, keys), path }
}

// Whoever has it may end, and a disk may be mended; a format that is not ours stays so.
function isTriedAgain(thrown: unknown): thrown is SwarmchatError {
  return thrown instanceof SwarmchatError && thrown.code !== 'STORE_NEWER'
}
