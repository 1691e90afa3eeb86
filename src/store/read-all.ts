import { ALL_MESSAGES, keptAt } from './layout.js'
import type { Database, Snapshot } from './level-database.js'
import type { Kept } from './store.js'
import { isCorrupt } from './store-errors.js'

/** Messages read at once. */
const AT_ONCE = 1_000

interface ReadAll {
  readonly found: Kept[]
  readonly isWhole: boolean
}

/** All messages that LevelDB can read, now or at the moment of this snapshot, and whether that is all. */
export async function readAll(database: Database, snapshot?: Snapshot): Promise<ReadAll> {
  const found: Kept[] = []
  const iterator = database.iterator({ ...ALL_MESSAGES, snapshot })
  try {
    for (;;) {
      const entries = await iterator.nextv(AT_ONCE)
      if (entries.length === 0) return { found, isWhole: true }
      for (const [key, value] of entries) {
        const kept = keptAt(key, value)
        if (kept !== undefined) found.push(kept)
      }
    }
  } catch (thrown) {
    if (isCorrupt(thrown)) return { found, isWhole: false }
    throw thrown
  } finally {
    await iterator.close()
  }
}
