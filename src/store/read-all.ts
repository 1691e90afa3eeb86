import type { MessageId } from '../base/ids.js'
import { ALL_MESSAGES, keptAt } from './layout.js'
import { type Database, PIECE_BYTES, type Snapshot } from './level-database.js'
import type { Change } from './pending.js'
import { byClockAndId, type Kept } from './store.js'
import { isCorrupt } from './store-errors.js'

/** Messages read at once. */
const AT_ONCE = 1_000

/** What was read of a database. */
export interface ReadAll {
  readonly found: Kept[]
  readonly isWhole: boolean
}

/** All messages that LevelDB can read, now or at the moment of this snapshot, and whether that is all. */
export async function readAll(database: Database, snapshot?: Snapshot): Promise<ReadAll> {
  const found: Kept[] = []
  try {
    for await (const some of messagesIn(database, snapshot))
      for (const kept of some) found.push(kept)
    return { found, isWhole: true }
  } catch (thrown) {
    if (isCorrupt(thrown)) return { found, isWhole: false }
    throw thrown
  }
}

/** The same, some by some. Throws what LevelDB does, also if some of it cannot be read. */
export async function* messagesIn(
  database: Database,
  snapshot?: Snapshot
): AsyncGenerator<readonly Kept[]> {
  const iterator = database.iterator({
    ...ALL_MESSAGES,
    snapshot,
    highWaterMarkBytes: PIECE_BYTES
  })
  try {
    for (;;) {
      const entries = await iterator.nextv(AT_ONCE)
      if (entries.length === 0) return
      yield entries.flatMap(([key, value]) => keptAt(key, value) ?? [])
    }
  } finally {
    await iterator.close()
  }
}

/** What is kept when these changes are made as well, ordered by clock and id. */
export function withChanges(
  kept: readonly Kept[],
  changes: Iterable<[MessageId, Change]>
): readonly Kept[] {
  const all = new Map(kept.map(message => [message.id, message]))
  let isChanged = false
  for (const [id, change] of changes) {
    all.delete(id)
    const message = change.type === 'put' ? keptAt(change.key, change.value) : undefined
    if (message !== undefined) all.set(id, message)
    isChanged = true
  }
  return isChanged ? [...all.values()].sort(byClockAndId) : kept
}
