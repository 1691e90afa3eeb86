import { SwarmchatError } from '../../base/errors.js'
import { ensureDirectory } from '../../home/directory.js'
import type { Identity } from '../../home/identity.js'
import { nameRoom } from '../../home/room-directory.js'
import { MessageTable } from '../../protocol/history/message-table.js'
import type { LevelStore } from '../../store/level-store.js'
import { MemoryStore } from '../../store/memory-store.js'
import { readShared } from '../../store/sharing.js'
import type { BeforeMuch } from '../../store/store.js'
import type { StoreListeners } from '../../store/store-listeners.js'
import type { RoomKeys } from '../keys.js'
import { Beside } from './beside.js'
import { RoomHistory } from './history.js'
import { historyDirectory, sharingPath } from './history-place.js'
import { readAndMend } from './read-and-mend.js'
import { openAll } from './read-history.js'
import { type LogPlace, RoomLog } from './room-log.js'
import { shelvedOf } from './shelved.js'

/**
 * The history of a room, kept in this home; in memory if there is none, and if the disk cannot be used: then with the
 * problem. `beforeMuch` is waited for before much of it is read. Rejects for mistakes of ours alone.
 */
export async function openHistory(
  home: string | undefined,
  keys: RoomKeys,
  identity: Identity,
  beforeMuch?: BeforeMuch
): Promise<RoomHistory> {
  if (home === undefined) return new RoomHistory(new MemoryStore())
  try {
    return await openKept({ home, keys, identity }, beforeMuch)
  } catch (thrown) {
    if (!(thrown instanceof SwarmchatError)) throw thrown
    const history = new RoomHistory(new MemoryStore())
    history.fail(thrown)
    return history
  }
}

async function openKept(place: LogPlace, beforeMuch?: BeforeMuch): Promise<RoomHistory> {
  const { home, identity, keys } = place
  // Loaded when it is needed: the library of the database has native code.
  const { LevelStore } = await import('../../store/level-store.js')
  const directory = ensureDirectory(historyDirectory(home, keys, identity))
  nameRoom(home, keys)
  const path = sharingPath(home, keys, identity)
  const log = new RoomLog(place)
  let history: RoomHistory | undefined
  let store: LevelStore | undefined
  const listeners: StoreListeners = {
    onfail: problem => history?.fail(problem),
    // What fails meanwhile is told by the store, which goes on trying.
    onresume: isComplete => void history?.resume(isComplete, path).catch(() => {}),
    onarrive: arrivals => log.arrived(arrivals),
    ondeleted: (at, stays) => history?.deletedThere(at, stays),
    isHeld: id => log.isHeld(id)
  }
  try {
    store = await LevelStore.open(directory, listeners)
    log.use(store)
    const { path: aside, shelved } = await readAndMend(store, keys, beforeMuch)
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
    // Before it is read: that takes a while, and whoever deletes what is kept is to know of us by then.
    const beside = log.isBeside ? new Beside(store, path) : undefined
    const shelved = await putOfOther(store, path, keys)
    history = new RoomHistory(store, shelved, { store, keys, log })
    history.fail(thrown)
    if (beside !== undefined) history.waitBeside(beside)
    return history
  }
}

/** What the program has that keeps this history: it is here as well, as if it were going to be written. */
async function putOfOther(store: LevelStore, path: string, keys: RoomKeys): Promise<MessageTable> {
  // What is deleted while it is read counts as read before that.
  const asked = performance.now()
  const { messages } = await openAll((await readShared(path))?.messages ?? [], keys)
  if (store.deletions.isSince(asked)) return MessageTable.of([])
  for (const message of messages) store.put(message, asked)
  return MessageTable.of(messages.map(shelvedOf))
}

// Whoever has it may end, and a disk may be mended; a format that is not ours stays so.
function isTriedAgain(thrown: unknown): thrown is SwarmchatError {
  return thrown instanceof SwarmchatError && thrown.code !== 'STORE_NEWER'
}
