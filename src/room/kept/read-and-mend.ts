import type { MessageTable } from '../../protocol/history/message-table.js'
import type { LevelStore } from '../../store/level-store.js'
import type { BeforeMuch } from '../../store/store.js'
import type { RoomKeys } from '../keys.js'
import { readHistory } from './read-history.js'
import { shelvedIn } from './shelved.js'

interface Found {
  readonly shelved: MessageTable
  readonly path: string | undefined
}

/** What a store has; if some of it is damaged, that is put aside, at this path. */
export async function readAndMend(
  store: LevelStore,
  keys: RoomKeys,
  beforeMuch?: BeforeMuch
): Promise<Found> {
  const shelved = await shelvedIn(store, keys, beforeMuch)
  if (!store.isDamaged) return { shelved, path: store.aside }
  const { messages } = await readHistory(store, keys)
  const path = await store.quarantine(messages)
  return { shelved: await shelvedIn(store, keys), path }
}
