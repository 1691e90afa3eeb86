import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { keptIdentity } from '../../home/identity.js'
import { roomDirectory } from '../../home/room-directory.js'
import { type Log, type Logged, logOf } from '../../store/log.js'
import { readShared } from '../../store/sharing.js'
import type { Indexed, Kept } from '../../store/store.js'
import type { RoomKeys } from '../keys.js'
import { historyDirectory, sharingPath } from './history-place.js'

/** ROOM_NOT_KEPT: nothing of a room is kept in this home. Exit code 1. */
export const roomNotKept = (name: string) =>
  new SwarmchatError('ROOM_NOT_KEPT', `Nothing of the room ${name} is kept here.`, {
    hint: 'swarmchat rooms lists those that are. If the room has a password, give that: --password',
    exitCode: 1
  })

/**
 * All that is kept of a room, in its order: of the program that has the database open, if one has. Throws ROOM_NOT_KEPT,
 * STORE_IN_USE, STORE_NEWER, STORE_FAILED, and what `keptIdentity` throws.
 */
export async function loadKept(home: string, keys: RoomKeys): Promise<Log> {
  const { directory, path } = keptPlace(home, keys)
  return askOrOpen(
    path,
    async log => log,
    () => loadFrom(directory)
  )
}

/** A program that has a database open has at least so long until it answers. Guess: it is just starting, on a busy machine. */
export const PATIENCE_MILLIS: Millis = 5_000
/** It is asked again after this. Guess. */
export const ASK_AGAIN_MILLIS: Millis = 100
/** How often it is asked at most. */
export const MAX_ASKED = PATIENCE_MILLIS / ASK_AGAIN_MILLIS

/**
 * What `read` makes of what the program gives that has the database open; of `open` if none has. Throws STORE_IN_USE if one has it and
 * does not answer for seconds, and what both throw.
 */
export function askOrOpen<T extends object>(
  path: string,
  read: (log: Log) => Promise<T>,
  open: () => Promise<T>
): Promise<T> {
  const ask = async () => {
    const shared = await readShared(path)
    return shared && read(shared)
  }
  return either(ask, open)
}

/** What `ask` gives of the program that has a database open; of `open` if none has. Throws as {@link askOrOpen} does. */
export async function either<T extends object>(
  ask: () => Promise<T | undefined>,
  open: () => Promise<T>
): Promise<T> {
  for (let asked = 1; ; asked += 1) {
    const answer = await ask()
    if (answer !== undefined) return answer
    try {
      return await open()
    } catch (thrown) {
      if (codeOf(thrown) !== 'STORE_IN_USE' || asked === MAX_ASKED) throw thrown
    }
    await sleep(ASK_AGAIN_MILLIS)
  }
}

/**
 * The same, some by some: never all of it in memory, unless another program has the database open. It is open here until the
 * last was taken. `ondamaged`: some of it cannot be read.
 */
export async function* streamKept(
  home: string,
  keys: RoomKeys,
  ondamaged: () => void
): AsyncGenerator<readonly Kept[]> {
  const { directory, path } = keptPlace(home, keys)
  const parts = await askOrOpen<AsyncGenerator<readonly Kept[]>>(
    path,
    async ({ messages }) => only(messages),
    () => begun(streamFrom(directory, ondamaged))
  )
  yield* parts
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value
}

/** The same, once it has its first value, or has thrown what keeps it from that. */
async function begun<T>(values: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await values.next()
  return (async function* () {
    try {
      if (first.done !== true) yield first.value
      yield* values
    } finally {
      await values.return(undefined)
    }
  })()
}

/** Where a room is kept, and where the program that has it open gives it. Throws ROOM_NOT_KEPT, and what `loadIdentity` throws. */
export function keptPlace(home: string, keys: RoomKeys) {
  if (!existsSync(roomDirectory(home, keys.topic))) throw roomNotKept(keys.name)
  const identity = keptIdentity(home)
  const directory = historyDirectory(home, keys, identity)
  if (!existsSync(directory)) throw roomNotKept(keys.name)
  return { directory, path: sharingPath(home, keys, identity) }
}

/** All of a database that nobody has open. Throws STORE_IN_USE, STORE_NEWER, STORE_FAILED. */
export function loadFrom(directory: string): Promise<Log> {
  return withStore(directory, logOf)
}

/** What there is in a database, of which only a part is read. */
export interface KeptParts extends Omit<Log, 'messages'> {
  /** In the room's order. */
  readonly index: readonly Indexed[]
  /** Those of them that can be read. */
  read(wanted: readonly Indexed[]): Logged[]
}

/** Reads some of a database that nobody has open. Throws STORE_IN_USE, STORE_NEWER, STORE_FAILED. */
export function readParts<T>(
  directory: string,
  work: (parts: KeptParts) => Promise<T>
): Promise<T> {
  return withStore(directory, async store => {
    const index = [...(await store.index())]
    const { arrivals, epoch, last } = await store.arrived()
    const numbers = new Map(arrivals.map(({ id, number }) => [id, number]))
    const read = (wanted: readonly Indexed[]) =>
      wanted.flatMap(({ clock, id }) => {
        const sealed = store.recall({ clock, id })
        return sealed === undefined ? [] : { clock, id, sealed, number: numbers.get(id) ?? 0 }
      })
    return work({ epoch, last, index, read })
  })
}

type LevelStore = import('../../store/level-store.js').LevelStore

async function withStore<T>(
  directory: string,
  work: (store: LevelStore) => Promise<T>
): Promise<T> {
  const { LevelStore } = await import('../../store/level-store.js')
  const { writablePlace } = await import('./writable-place.js')
  const place = writablePlace(directory)
  try {
    const store = await LevelStore.open(place.directory)
    return await work(store).finally(() => store.close())
  } finally {
    place.leave()
  }
}

async function* streamFrom(
  directory: string,
  ondamaged: () => void
): AsyncGenerator<readonly Kept[]> {
  const { streamStored } = await import('../../store/stream.js')
  const { writablePlace } = await import('./writable-place.js')
  const place = writablePlace(directory)
  try {
    yield* streamStored(place.directory, ondamaged)
  } finally {
    place.leave()
  }
}
