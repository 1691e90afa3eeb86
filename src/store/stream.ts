import { openDatabase } from './level-database.js'
import { messagesIn } from './read-all.js'
import type { Kept } from './store.js'
import { isCorrupt, storeFailed } from './store-errors.js'

/**
 * The messages of a database that nobody has open, ordered by clock and id, some by some. `ondamaged`: some of them cannot be
 * read. Throws STORE_IN_USE, STORE_NEWER, STORE_FAILED.
 */
export async function* streamStored(
  directory: string,
  ondamaged: () => void
): AsyncGenerator<readonly Kept[]> {
  const { aside, database, isDamaged } = await openDatabase(directory)
  if (isDamaged || aside !== undefined) ondamaged()
  try {
    yield* messagesIn(database)
  } catch (thrown) {
    if (!isCorrupt(thrown)) throw storeFailed(directory, thrown)
    ondamaged()
  } finally {
    await database.close()
  }
}
