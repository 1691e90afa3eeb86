import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { firstHeardIn } from '../history/first-heard.js'
import { MessageTable, type ShelvedMessages } from '../history/message-table.js'
import type { MessageNode } from '../history/shelf.js'
import { MAX_SETTLED_AUTHORS, NEWCOMER_MILLIS } from '../history/tuning.js'

/** Whoever comes after a restart is to find as many places. */
const MAX_RESTORED_AUTHORS = MAX_SETTLED_AUTHORS / 2

/**
 * Who has said something that is kept here, and was first heard here long enough ago to be settled. Of more than have a place those
 * have it that were first heard earliest: waiting is all that an identity costs, and whoever comes later pushes nobody out.
 *
 * What the store says of that is what counts. Where it says nothing, as of messages without a table, an author counts as
 * first heard at the date of its oldest message, which is its own word.
 */
export function restoredAuthors(
  messages: readonly MessageNode[],
  shelved: ShelvedMessages,
  wall: Millis
): IdentityKey[] {
  const isTable = shelved instanceof MessageTable
  const told = oldestOf(isTable ? messages : [...shelved, ...messages])
  const heard = isTable ? new Map([...told, ...firstHeardIn(shelved, wall)]) : told
  const settled = [...heard].filter(([, since]) => since <= wall - NEWCOMER_MILLIS)
  settled.sort(([, a], [, b]) => a - b)
  return settled.slice(0, MAX_RESTORED_AUTHORS).map(([author]) => author)
}

/** When the oldest message of each author is dated. */
function oldestOf(messages: readonly MessageNode[]): Map<IdentityKey, Millis> {
  const oldest = new Map<IdentityKey, Millis>()
  for (const { author, clock } of messages)
    oldest.set(author, Math.min(clock, oldest.get(author) ?? clock))
  return oldest
}
