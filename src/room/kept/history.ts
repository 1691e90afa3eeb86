import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { deferred } from '../../async/deferred.js'
import type { SwarmchatError } from '../../base/errors.js'
import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { MessageTable } from '../../protocol/history/message-table.js'
import type { Kept } from '../../protocol/machine/room-machine.js'
import type { CheckedMessage } from '../../protocol/wire/message.js'
import type { LevelStore } from '../../store/level-store.js'
import { type Log, uncounted } from '../../store/log.js'
import type { Merged } from '../../store/merged.js'
import { type Shared, type StopSharing, share } from '../../store/sharing.js'
import type { MessageStore, Kept as StoredMessage } from '../../store/store.js'
import type { HistoryEvent } from '../events.js'
import type { RoomKeys } from '../keys.js'
import type { Beside } from './beside.js'
import { mergeInto } from './merging.js'
import { readAndMend } from './read-and-mend.js'
import { readHistory } from './read-history.js'
import type { RoomLog } from './room-log.js'
import { shelvedIn } from './shelved.js'

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
  /** Takes in what the room lacks of these. */
  readonly merge: (messages: readonly CheckedMessage[]) => Merged
  /** Forgets all that the room has, at once, but for those that stay; how many messages. */
  readonly forget: (stays?: ReadonlySet<MessageId>) => number
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
  /** There is an owner, or never will be one. */
  readonly #begun = deferred()
  #isKept = true
  #isClosed = false
  // BOUNDED: by what other programs delete until the room is started.
  #undone: (() => void)[] = []
  // BOUNDED: by the programs that wait for our database.
  readonly #watchers = new Set<() => void>()
  #beside: Beside | undefined
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
    const disk = this.#disk
    if (disk === undefined) return
    const { log } = disk
    const shared: Shared = {
      log: () => this.#readable(log),
      follow: log.follow.bind(log),
      merge: parts => this.#merge(disk, parts),
      forget: () => this.#forget(disk),
      deletedAt: () => disk.store.deletions.at,
      ondeleted: listener => {
        this.#watchers.add(listener)
        return () => void this.#watchers.delete(listener)
      }
    }
    this.#stopSharing = await share(shared, path).catch(() => undefined)
  }

  /** Writes what waits, and gives the database free for others. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#begun.resolve()
    this.#beside?.end()
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
    this.#begun.resolve()
    for (const event of this.#untold.splice(0)) owner.tell(event)
    for (const forget of this.#undone.splice(0)) forget()
    this.#beside?.start()
  }

  /** Another program has the database: it is ours when that one ends. */
  waitBeside(beside: Beside): void {
    this.#beside = beside
  }

  /** Another program deleted all that was kept at this time, ms since 1970: of what is here, these stay. */
  deletedThere(at: Millis, stays: ReadonlySet<MessageId>): void {
    if (this.#owner === undefined) this.#undone.push(() => this.deletedThere(at, stays))
    else this.#forgetBut(this.#owner, at, stays)
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

  /**
   * Everything is kept again, and given to others at this path: `isComplete` if what came meanwhile is on the disk as well, else it
   * is put there now.
   */
  async resume(isComplete: boolean, path: string): Promise<void> {
    if (!isComplete && this.#disk !== undefined) await this.#bringTogether(this.#disk)
    // Whoever asks for something just now is not cut off.
    if (this.#stopSharing === undefined || !existsSync(path)) await this.share(path)
    if (this.#isKept) return
    this.#setKept(true)
    this.#tell({ type: 'kept', text: 'What is said in this room is kept on the disk again.' })
  }

  /** All that there is: what cannot be written waits in memory. */
  async #readable(log: RoomLog): Promise<Log> {
    return this.#isKept ? log.kept() : uncounted(await this.store.load())
  }

  /** Rejects if it cannot be written. */
  async #merge({ keys, store }: Disk, parts: AsyncIterable<readonly StoredMessage[]>) {
    await this.#begun.promise
    const { merge } = this.#changing()
    const merged = await mergeInto({ merge, flush: () => store.flush() }, keys, parts)
    this.#changing()
    return merged
  }

  async #forget({ store }: Disk): Promise<number> {
    await this.#begun.promise
    const owner = this.#owner
    if (owner === undefined) throw new Error('nothing can be deleted now')
    let count = 0
    await store.clear(() => {
      count = owner.forget()
    })
    for (const wake of this.#watchers) wake()
    this.#tellForgotten(count)
    // A disk that was full need not be so any more.
    if (!this.#isKept) await store.retry()
    return count
  }

  // What is not checked yet has come as history: there, only its date tells whether it was said later.
  #forgetBut(owner: HistoryOwner, at: Millis, stays: ReadonlySet<MessageId>): void {
    const all = new Set(stays)
    for (const { clock, id, isVerified } of owner.kept().messages)
      if (!isVerified && clock > at) all.add(id)
    const count = owner.forget(all)
    if (count > 0) this.#tellForgotten(count)
  }

  #tellForgotten(count: number): void {
    const what = count === 1 ? 'a message' : `${count} messages`
    const rest = this.#isKept ? ' What is said from now on is kept.' : ''
    const text = `Another program of yours has deleted what was kept of this room here: ${what}.${rest}`
    this.#tell({ type: 'forgotten', count, text })
  }

  /** The room, whose disk can be written. */
  #changing(): HistoryOwner {
    if (this.#owner === undefined || !this.#isKept) throw new Error('nothing can be written now')
    return this.#owner
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
    if (isKept) this.#beside?.end()
    if (this.log !== undefined) this.log.isKept = isKept
  }

  #tell(event: HistoryEvent): void {
    if (this.#owner === undefined) this.#untold.push(event)
    else this.#owner.tell(event)
  }
}
